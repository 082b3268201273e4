"""The verdict of a comparison between what is declared or demanded and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from cmdb.model.location import Where, location_data
from cmdb.model.problem import Problem, Severity
from cmdb.model.snapshot import Coverage
from cmdb.model.value import Value

Outcome = Literal["in_sync", "deviating", "missing", "unmanaged", "ambiguous", "unobserved"]
Standing = Literal["authorised", "planned", "late", "unauthorised", "not_implemented"]
Ending = Literal["lasting", "resolved", "dropped", "unseen"]


@dataclass(frozen=True, slots=True)
class Demand:
    """One line that asks for a value; `baseline` None means the CI's own declaration. `expected` is what it asks: a
    value for a declaration, the operators for an expectation; `said` is that for people."""

    baseline: str | None
    expected: Value
    severity: Severity
    where: Where | None = field(default=None, compare=False)
    said: str = field(default="", compare=False)

    @property
    def data(self) -> dict[str, Value]:
        """The demand for programs."""
        return {
            "baseline": self.baseline,
            "expected": self.expected,
            "severity": self.severity.label,
            "location": location_data(self.where),
        }


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a deviation does not count."""

    type: Literal["waiver", "pending", "window"]
    reason: str = ""
    approved_by: str | None = None
    expires: date | None = None
    baseline: str | None = None
    where: Where | None = field(default=None, compare=False)

    @property
    def data(self) -> dict[str, Value]:
        """The excuse for programs."""
        return {
            "type": self.type,
            "reason": self.reason,
            "approved_by": self.approved_by,
            "expires": None if self.expires is None else self.expires.isoformat(),
            "baseline": self.baseline,
            "location": location_data(self.where),
        }


@dataclass(frozen=True, slots=True)
class Attribution:
    """The approved change record that a deviation belongs to, and how: `authorised`, made and seen in its window;
    `planned`, declared and not due yet; `late` and `unauthorised`, made and seen after the window or before it;
    `not_implemented`, due and not made. Without a plan it counts from `start`, when it was approved, and has no end."""

    record: str
    standing: Standing
    start: datetime
    end: datetime | None = None

    @property
    def data(self) -> dict[str, Value]:
        """For programs."""
        end = None if self.end is None else self.end.isoformat()
        return {"record": self.record, "standing": self.standing, "start": self.start.isoformat(), "end": end}


@dataclass(frozen=True, slots=True)
class NotImplementedChange:
    """A value that an approved change was to alter by `due`, that was looked at, and that is not what it should be."""

    record: str
    title: str
    ci: str
    path: str
    expected: Value
    observed: Value
    due: datetime
    severity: Severity = Severity.WARNING
    where: Where | None = field(default=None, compare=False)

    @property
    def data(self) -> dict[str, Value]:
        """For programs."""
        return {
            "record": self.record,
            "title": self.title,
            "ci": self.ci,
            "path": self.path,
            "expected": self.expected,
            "observed": self.observed,
            "due": self.due.isoformat(),
            "severity": self.severity.label,
            "location": location_data(self.where),
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CI that an ambiguous observation might be, and what speaks for or against it."""

    ci: str
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class DeviationId:
    """What makes deviations of different runs the same one. A CI's is known by outcome, CI and path, whatever source
    sees it; an unmanaged thing's by its source, that source's key, and its kind."""

    outcome: str
    path: str
    ci: str = ""
    source: str = ""
    key: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a deviation of an earlier run: `lasting`, still there; `resolved`, its value was looked at and is
    as it should be; `dropped`, nobody asks any more, or it became another deviation; `unseen`, nobody looked. `id` has
    the CI by the id that it bears now."""

    id: DeviationId
    ending: Ending


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference. `path` is a key path as text (`presence` for existence); `observed` None means seen to be
    absent; `reason` says more where the outcome alone does not. `said` is what was observed, for people. `change` is
    the change record that it belongs to."""

    outcome: Outcome
    kind: str
    path: str
    ci: str | None = None
    key: str | None = None
    source: str | None = None
    expected: Value = None
    observed: Value = None
    severity: Severity = Severity.ERROR
    demanded_by: tuple[Demand, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    excuse: Excuse | None = None
    first_seen: datetime | None = None
    reason: str = ""
    said: str = field(default="", compare=False)
    change: Attribution | None = None

    @property
    def id(self) -> DeviationId:
        """What it is known by across runs."""
        if self.ci is not None:
            return DeviationId(self.outcome, self.path, self.ci)
        return DeviationId(self.outcome, self.path, source=self.source or "", key=self.key or "", kind=self.kind)

    @property
    def counts(self) -> bool:
        """Whether it is a deviation that nothing excuses."""
        return self.excuse is None and self.outcome != "unobserved"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A coverage line as it was judged: `selected` declared CIs, of which `seen` were seen."""

    source: str
    coverage: Coverage
    selected: int = 0
    seen: int = 0

    @property
    def data(self) -> dict[str, Value]:
        """The line for programs."""
        return {
            "source": self.source,
            "scope": self.coverage.scope,
            "attributes": list(self.coverage.attributes),
            "status": self.coverage.status,
            "reason": self.coverage.reason,
        }


@dataclass(frozen=True, slots=True)
class DriftReport:
    """The whole verdict, sorted. `outcomes` gives each tracked CI its worst unexcused outcome; `unobserved_values`
    counts tracked values nobody saw; `incomplete` says why silence would not mean that everything was seen. `evidence`
    has the moment at which each source saw what it did, and `fates` tells of the deviations that were watched.
    `unlisted` deviations count, and were left out because somebody asked for new ones only. `not_implemented` are
    approved changes that are due, and were seen not to be made."""

    deviations: tuple[Deviation, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    untracked: int = 0
    unjudged: int = 0
    untracked_values: int = 0
    unobserved_values: int = 0
    incomplete: tuple[str, ...] = ()
    unlisted: int = 0
    not_implemented: tuple[NotImplementedChange, ...] = ()
    evidence: Mapping[str, datetime] = field(default_factory=dict, compare=False)
    fates: Mapping[DeviationId, Fate] = field(default_factory=dict, compare=False)

    @property
    def worst(self) -> Severity | None:
        """The highest severity among deviations that count and problems; None where there is nothing."""
        found = [deviation.severity for deviation in self.deviations if deviation.counts]
        found += [problem.severity for problem in self.problems]
        found += [change.severity for change in self.not_implemented]
        return max(found, default=None)
