"""What a calendar says about a plan: which freezes it meets, which CIs it would change outside of their windows, and
when it could happen instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cmdb.changes.periods import Period, Periods, common, united, without
from cmdb.changes.recurrence import occurrences
from cmdb.graph.selectors.selection import Selection
from cmdb.graph.topology import Topology
from cmdb.model.calendar import CalendarEntry
from cmdb.model.inventory import Inventory

AHEAD = timedelta(days=366)
"""How far a window is looked for."""


@dataclass(frozen=True, slots=True)
class Met:
    """An entry that concerns some of the CIs in question, and when it takes place."""

    entry: CalendarEntry
    period: Period
    cis: tuple[str, ...]


class Calendar:
    """A calendar as the CIs of one inventory have to heed it. Raises `SelectorError` where an entry's selector is
    wrong."""

    def __init__(
        self, entries: Iterable[CalendarEntry], inventory: Inventory, topology: Topology | None = None
    ) -> None:
        selection = Selection(inventory, topology)
        self._entries = tuple(
            _Entry(entry, None if entry.applies_to is None else selection.ids(entry.applies_to)) for entry in entries
        )

    def freezes(self, cis: Collection[str], plan: Period) -> tuple[Met, ...]:
        """The freezes that a plan meets which changes these CIs: by time, then by name."""
        return self._met("freeze", cis, plan)

    def windows(self, cis: Collection[str], plan: Period) -> tuple[Met, ...]:
        """The windows of any of the CIs that a plan meets, wholly or in part."""
        return self._met("window", cis, plan)

    def outside(self, cis: Collection[str], plan: Period) -> tuple[str, ...]:
        """The CIs that have windows, and for which some of the plan lies in none of them. Windows that touch each other
        are one."""
        return tuple(
            sorted(ci for group in self._groups(cis) if not _inside(group.open(plan), plan) for ci in group.cis)
        )

    def next(self, cis: Collection[str], after: datetime, length: timedelta) -> Period | None:
        """The next period of at least a length, within a year, in which all of the CIs may be changed: in windows of
        each that has any, and in no freeze. None where there is none."""
        ahead = Period(after, after + AHEAD)
        free: Periods = (ahead,)
        for group in self._groups(cis):
            free = common(free, group.open(ahead))
        frozen = united(met.period for met in self.freezes(cis, ahead))
        return next((period for period in without(free, frozen) if period.length >= length), None)

    def _met(self, kind: str, cis: Collection[str], plan: Period) -> tuple[Met, ...]:
        found = [
            Met(one.entry, period, one.among(cis))
            for one in self._entries
            if one.entry.kind == kind and one.among(cis)
            for period in occurrences(one.entry, plan)
        ]
        return tuple(sorted(found, key=lambda met: (met.period, met.entry.name, met.cis)))

    def _groups(self, cis: Collection[str]) -> Iterator[_Group]:
        """The CIs that have windows, together with those that have the same ones."""
        windows = [one for one in self._entries if one.entry.kind == "window"]
        groups: dict[tuple[int, ...], list[str]] = {}
        for ci in cis:
            mine = tuple(number for number, one in enumerate(windows) if one.concerns(ci))
            if mine:
                groups.setdefault(mine, []).append(ci)
        for mine, concerned in groups.items():
            yield _Group(tuple(concerned), tuple(windows[number].entry for number in mine))


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry, and whom it concerns; None means all."""

    entry: CalendarEntry
    picked: frozenset[str] | None

    def concerns(self, ci: str) -> bool:
        return self.picked is None or ci in self.picked

    def among(self, cis: Collection[str]) -> tuple[str, ...]:
        return tuple(sorted(filter(self.concerns, cis)))


@dataclass(frozen=True, slots=True)
class _Group:
    """CIs with the same windows."""

    cis: tuple[str, ...]
    windows: tuple[CalendarEntry, ...]

    def open(self, within: Period) -> Periods:
        """When they may be changed; not cut off at the ends of the period."""
        return united(period for window in self.windows for period in occurrences(window, within))


def _inside(periods: Sequence[Period], plan: Period) -> bool:
    return any(period.holds(plan) for period in periods)
