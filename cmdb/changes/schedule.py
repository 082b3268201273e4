"""A plan held against the calendar, and against the other changes that are planned for the same time.

Two changes may be safe alone and take a service down together, as when each of them works on one of two redundant
machines. So the impact of both at once is compared with that of each alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cmdb.changes.calendar import Calendar, Met
from cmdb.changes.periods import Period
from cmdb.graph.impact import Impact, impact
from cmdb.graph.selectors import SelectorError, understood
from cmdb.graph.topology import Topology
from cmdb.model.calendar import CalendarEntry
from cmdb.model.filed_change import FiledChange, Plan
from cmdb.model.inventory import Inventory
from cmdb.model.schedule import CalendarFinding, Harmed, Overlap, Schedule
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Ground:
    """The CIs of one side of a change, with their graph."""

    inventory: Inventory
    topology: Topology


def schedule(
    cis: Collection[str],
    plan: Plan | None,
    calendar: Sequence[CalendarEntry],
    sides: Sequence[Ground],
    others: Iterable[FiledChange] = (),
    *,
    itself: str = "",
) -> Schedule:
    """The check of a plan to change CIs. `sides` are those before and after the change: what holds on either counts.
    Of the `others`, those count that are proposed or approved, planned, and not the record `itself`. An entry
    whose selector is wrong is passed over; `cmdb check` tells of it."""
    if plan is None:
        return Schedule()
    period = Period(plan.start, plan.end)
    calendars = [Calendar(_understood(calendar, side.inventory), side.inventory, side.topology) for side in sides]
    known = [[ci for ci in cis if ci in side.inventory.cis] for side in sides]
    freezes = _findings(met for one, mine in zip(calendars, known, strict=True) for met in one.freezes(mine, period))
    windows = _findings(met for one, mine in zip(calendars, known, strict=True) for met in one.windows(mine, period))
    outside = {ci for one, mine in zip(calendars, known, strict=True) for ci in one.outside(mine, period)}
    suits = None if not (freezes or outside) else calendars[-1].next(known[-1], plan.start, period.length)
    return Schedule(
        plan,
        freezes,
        windows,
        tuple(sorted(outside)),
        None if suits is None else Plan(suits.start, min(suits.end, suits.start + period.length)),
        tuple(_overlaps(cis, period, sides, [one for one in others if one.open and one.id != itself])),
    )


def _understood(calendar: Iterable[CalendarEntry], inventory: Inventory) -> Iterator[CalendarEntry]:
    """The entries that mean something on a side: one may name a CI that only the other side has."""
    for entry in calendar:
        try:
            if entry.applies_to is not None:
                understood(entry.applies_to, inventory)
        except SelectorError:
            continue
        yield entry


def _findings(found: Iterable[Met]) -> tuple[CalendarFinding, ...]:
    """Each time of each entry once, with the CIs of both sides."""
    together: dict[tuple[datetime, datetime, str, str], set[str]] = {}
    for met in found:
        key = (met.period.start, met.period.end, met.entry.name, met.entry.reason)
        together.setdefault(key, set()).update(met.cis)
    return tuple(
        CalendarFinding(name, start, end, tuple(sorted(cis)), reason)
        for (start, end, name, reason), cis in sorted(together.items())
    )


def _overlaps(
    cis: Collection[str], period: Period, sides: Sequence[Ground], others: Iterable[FiledChange]
) -> Iterator[Overlap]:
    for other in sorted(others, key=lambda one: one.id):
        if other.planned is None or not period.overlaps(Period(other.planned.start, other.planned.end)):
            continue
        yield Overlap(
            other.id,
            other.title,
            other.state,
            max(period.start, other.planned.start),
            min(period.end, other.planned.end),
            tuple(sorted(set(cis) & set(other.cis))),
            _harmed(cis, other.cis, sides),
        )


def _harmed(cis: Collection[str], others: Collection[str], sides: Sequence[Ground]) -> tuple[Harmed, ...]:
    """The services that are worse off than by either alone, on the side where that is worst."""
    found: dict[str, Harmed] = {}
    for side in sides:
        mine, theirs = _there(cis, side.topology), _there(others, side.topology)
        if mine and theirs:
            alone, other = impact(side.topology, mine), impact(side.topology, theirs)
            for one in _worse(alone, other, impact(side.topology, sorted({*mine, *theirs}))):
                known = found.get(one.id)
                if known is None or one.together > known.together:
                    found[one.id] = one
    return tuple(sorted(found.values(), key=lambda one: (-one.together, one.id)))


def _worse(alone: Impact, other: Impact, both: Impact) -> Iterator[Harmed]:
    for hit in both.services:
        before, after = alone[hit.id].status, other[hit.id].status
        if hit.status > max(before, after, Status.AT_RISK):
            yield Harmed(hit.id, hit.name, hit.owner, before, after, hit.status)


def _there(cis: Iterable[str], topology: Topology) -> list[str]:
    return [ci for ci in cis if topology.number(ci) is not None]
