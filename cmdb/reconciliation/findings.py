"""Findings: deviations while they are being judged, with key paths as tuples and demands that know their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cmdb.model.ci import CI
from cmdb.model.drift import Attribution, Candidate, Demand, Deviation, Excuse, Outcome
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Attribute, Schema
from cmdb.model.location import Place
from cmdb.model.problem import Severity
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.reconciliation.typed import attribute_at, redacted
from cmdb.reconciliation.walk import ABSENT

PRESENCE: KeyPath = ("presence",)
LIFECYCLE: KeyPath = ("lifecycle",)


@dataclass(frozen=True, slots=True)
class Asked:
    """A demand that is not met, what it expects as reports show it, and the names a waiver may call it by."""

    demand: Demand
    expected: Value
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation on its way."""

    outcome: Outcome
    kind: str
    path: KeyPath
    ci: str | None = None
    source: str | None = None
    key: str | None = None
    expected: Value = None
    observed: Value = None
    severity: Severity = Severity.ERROR
    asked: tuple[Asked, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    excuse: Excuse | None = None
    reason: str = ""
    change: Attribution | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a deviation that nothing excuses."""
        return self.excuse is None and self.outcome != "unobserved"

    def capped(self, most: Severity) -> Finding:
        """The same with no severity above one."""
        asked = tuple(
            replace(one, demand=replace(one.demand, severity=min(one.demand.severity, most))) for one in self.asked
        )
        return replace(self, severity=min(self.severity, most), asked=asked)

    def deviation(self, schema: Schema) -> Deviation:
        """As it is reported."""
        observed = _shown(self.observed)
        attribute = attribute_at(schema, self.kind, self.path)
        return Deviation(
            self.outcome,
            self.kind,
            format_path(self.path),
            ci=self.ci,
            key=self.key,
            source=self.source,
            expected=_shown(self.expected),
            observed=observed,
            severity=self.severity,
            demanded_by=tuple(one.demand for one in self.asked),
            candidates=self.candidates,
            excuse=self.excuse,
            reason=self.reason,
            said="nothing" if observed is None else said(attribute, observed),
            change=self.change,
        )


def demanded(asked: Iterable[Asked]) -> tuple[Value, Severity, tuple[Asked, ...]]:
    """What several demands on one path come to: what the declaration expects, else the gravest of them; the highest
    severity; the demands with the declaration first, then by name."""
    ordered = tuple(sorted(asked, key=lambda one: (one.demand.baseline is not None, one.demand.baseline or "")))
    severity = max(one.demand.severity for one in ordered)
    first = ordered[0] if ordered[0].demand.baseline is None else max(ordered, key=lambda one: one.demand.severity)
    return first.expected, severity, ordered


def declared(ci: CI, path: KeyPath, expected: Value, severity: Severity, attribute: Attribute | None = None) -> Asked:
    """The CI's own declaration as a demand."""
    shown = _shown(expected)
    words = "nothing" if shown is None else said(attribute, shown)
    return Asked(Demand(None, shown, severity, origin(ci, path), words), shown)


def said(attribute: Attribute | None, value: Value) -> str:
    """A value for people, even one that its type refuses."""
    if redacted(value):
        return "a secret"
    try:
        return text(attribute, value)
    except (TypeError, ValueError, AttributeError, KeyError):
        return text(None, value)


def origin(ci: CI, path: KeyPath) -> Place:
    """Where a CI's value stands: its own file, or the defaults it comes from."""
    for length in range(len(path), 0, -1):
        if (place := ci.inherited.get(path[:length])) is not None:
            return place
    return ci.place if path == PRESENCE else ci.place.at(*(s for s in path if isinstance(s, str | int)))


def _shown(value: Value) -> Value:
    return None if value is ABSENT else value
