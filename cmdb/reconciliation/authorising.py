"""Drift and change together: which deviations an approved change explains, and which approved changes nobody made.

A deviation belongs to a record where the record alters that very value, and what was seen is either its value after the
change (it was made already) or the one before (it is declared already, and was not made yet):

| seen when | after the change | before the change |
|---|---|---|
| before the window | unauthorised | planned |
| in the window | authorised | planned |
| after the window | late | not implemented |

What is authorised or planned is excused. A CI that is missing while a record's window is open for it is authorised too:
it is being worked on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cmdb.model.ci import CI
from cmdb.model.drift import Attribution, Excuse, NotImplementedChange, Standing
from cmdb.model.filed_change import FiledChange
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.problem import Severity
from cmdb.model.snapshot import Observation
from cmdb.model.types import within_tolerance
from cmdb.model.value import Value
from cmdb.reconciliation.aims import Aim, aims, likeness
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE, Finding
from cmdb.reconciliation.matching import Matcher
from cmdb.reconciliation.presence import looked
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT, walk

_BEST: tuple[Standing, ...] = ("authorised", "planned", "late", "unauthorised", "not_implemented")
_EXCUSED = frozenset({"authorised", "planned"})
Weight = Callable[[KeyPath, CI], Severity]
When = Callable[[str | None], datetime]
"""When a source saw what it did; None asks for the latest look of any."""


@dataclass(frozen=True, slots=True)
class _Window:
    """When a record wants its change to be made; without an end as soon as it is approved, and from then on."""

    record: FiledChange
    start: datetime
    end: datetime | None

    def standing(self, at: datetime, *, made: bool) -> Standing | None:
        """What a value that was seen at a moment means; None for nothing."""
        if self.end is not None and at > self.end:
            return "late" if made else "not_implemented"
        if not made:
            return None if self.end is None else "planned"
        return "authorised" if at >= self.start else "unauthorised"

    def open(self, at: datetime) -> bool:
        """Whether the change is being made at a moment."""
        return self.end is not None and self.start <= at <= self.end


class Authorising:
    """The records of a workspace that are approved, held against what was seen."""

    def __init__(self, records: Iterable[FiledChange], inventory: Inventory, seen: When) -> None:
        self._inventory = inventory
        self._seen = seen
        self._windows = {one.id: _window(one) for one in records if _approved(one)}
        self._aims: dict[str, list[Aim]] = {}
        self._touched: dict[str, list[_Window]] = {}
        for window in self._windows.values():
            for name in window.record.cis:
                self._touched.setdefault(self._name(name), []).append(window)
            for aim in aims(window.record):
                self._aims.setdefault(self._name(aim.ci), []).append(aim)
        self._strangers = tuple(self._likenesses())

    def __bool__(self) -> bool:
        """Whether there is any such record."""
        return bool(self._windows)

    def cis(self) -> frozenset[str]:
        """The CIs that such records alter."""
        return frozenset(self._touched)

    def judged(self, finding: Finding) -> Finding:
        """The finding about a CI with what records make of it."""
        if finding.ci is None or not finding.counts or finding.outcome not in ("deviating", "missing"):
            return finding
        at = self._seen(finding.source)
        found = [
            (standing, self._windows[aim.record.id])
            for aim in self._aims.get(finding.ci, ())
            if (made := self._made(aim, finding)) is not None
            and (standing := self._windows[aim.record.id].standing(at, made=made)) is not None
        ]
        if finding.outcome == "missing":
            found += [("authorised", window) for window in self._touched.get(finding.ci, ()) if window.open(at)]
        return _attributed(finding, found)

    def stranger(self, finding: Finding, seen: Observation) -> Finding:
        """The finding about something that nobody declares: a record may add it, or have taken it away."""
        if not finding.counts:
            return finding
        found: list[tuple[Standing, _Window]] = []
        for window, matcher, added in self._strangers:
            if len(matcher.match(finding.source or "", seen)[0]) == 1:
                standing = window.standing(self._seen(finding.source), made=added)
                found += [] if standing is None else [(standing, window)]
        return _attributed(finding, found)

    def missing_changes(
        self, evidence: Callable[[CI], Evidence], tracked: Callable[[str], bool], weight: Weight
    ) -> Iterator[NotImplementedChange]:
        """What approved records alter, is due, was looked at, and is not as it should be by now."""
        latest = self._seen(None)
        for name in sorted(self._aims):
            ci = self._inventory.cis.get(name)
            due = [aim for aim in self._aims[name] if self._due(aim, latest)]
            if ci is None or not due or not tracked(name):
                continue
            known = evidence(ci)
            for aim in sorted(due, key=lambda one: (format_path(one.path), one.record.id)):
                yield from self._not_made(aim, known, weight)

    def _not_made(self, aim: Aim, evidence: Evidence, weight: Weight) -> Iterator[NotImplementedChange]:
        observed = _value(evidence, aim.path)
        end = self._windows[aim.record.id].end
        if observed is None or end is None:
            return
        value = None if observed[0] is ABSENT else observed[0]
        if not self._means(evidence.ci.kind, aim.path, aim.after, value):
            path, severity, record = format_path(aim.path), weight(aim.path, evidence.ci), aim.record
            yield NotImplementedChange(
                record.id, record.title, evidence.ci.id, path, aim.after, value, end, severity, record.place
            )

    def _due(self, aim: Aim, at: datetime) -> bool:
        end = self._windows[aim.record.id].end
        return end is not None and at > end

    def _made(self, aim: Aim, finding: Finding) -> bool | None:
        """Whether what was seen is the value after the change (True), the one before (False), or neither."""
        if finding.path[: len(aim.path)] != aim.path:
            return None
        rest, observed = finding.path[len(aim.path) :], None if finding.observed is ABSENT else finding.observed
        for made, value in ((True, aim.after), (False, aim.before)):
            wanted = walk(value, rest) if value is not None else ABSENT
            if self._means(finding.kind, finding.path, None if wanted is ABSENT else wanted, observed):
                return made
        return None

    def _means(self, kind: str, path: KeyPath, wanted: Value, observed: Value) -> bool:
        if wanted is None or observed is None:
            return wanted is None and observed is None
        if path == LIFECYCLE:
            return wanted in ("live", "retiring") and observed == "live"
        try:
            return within_tolerance(attribute_at(self._inventory.schema, kind, path), wanted, observed)
        except (TypeError, ValueError, AttributeError, KeyError):
            return False

    def _name(self, ci: str) -> str:
        return self._inventory.resolve(ci) or ci

    def _likenesses(self) -> Iterator[tuple[_Window, Matcher, bool]]:
        """The things that records add or take away and nobody declares, each with a way to recognise it."""
        for window in self._windows.values():
            for change in window.record.changes:
                if change["action"] in ("added", "removed") and self._inventory.resolve(str(change["id"])) is None:
                    only = Inventory((likeness(change),), self._inventory.schema)
                    yield window, Matcher(only), change["action"] == "added"


def _approved(record: FiledChange) -> bool:
    return record.state in ("approved", "implemented") and not record.lacking


def _window(record: FiledChange) -> _Window:
    if record.planned is not None:
        return _Window(record, record.planned.start, record.planned.end)
    return _Window(record, max(step.at for step in record.history), None)


def _value(evidence: Evidence, path: KeyPath) -> tuple[Value] | None:
    """What was seen at a path, ABSENT where it was seen not to be there; None where nobody knows."""
    if path in (PRESENCE, LIFECYCLE):
        if evidence.sights:
            return (True if path == PRESENCE else "live",)
        return (ABSENT,) if path == PRESENCE and looked(evidence.claims)[0] else None
    look = evidence.look(path)
    return (look.value,) if look.known else None


def _attributed(finding: Finding, found: Iterable[tuple[Standing, _Window]]) -> Finding:
    """The finding with the best that any record makes of it."""
    ranked = sorted(found, key=lambda one: (_BEST.index(one[0]), one[1].record.id))
    if not ranked:
        return finding
    standing, window = ranked[0]
    record = window.record
    bearing = Attribution(record.id, standing, window.start, window.end)
    if standing not in _EXCUSED:
        said = _SAID[standing].format(f"change {record.id} ({record.title}), {_when(window)}")
        return replace(finding, change=bearing, reason="; ".join(filter(None, (finding.reason, said))))
    who = ", ".join(one.approver for one in record.approvals) or None
    until = None if window.end is None else window.end.date()
    what = "is being made" if standing == "authorised" else "is not due yet"
    reason = f"change {record.id} ({record.title}) {what}: {_when(window)}"
    return replace(finding, change=bearing, excuse=Excuse("window", reason, who, until, where=record.place))


_SAID: Mapping[Standing, str] = {
    "late": "late: seen after the window of {}",
    "unauthorised": "unauthorised: seen before the window of {}",
    "not_implemented": "not implemented: {}",
}


def _when(window: _Window) -> str:
    if window.end is None:
        return f"approved {window.start:%Y-%m-%d %H:%M} UTC"
    return f"planned {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC"
