"""Why one CI got the verdict it got: what it was recognised by, how far sources looked, what is demanded, and what
excuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from cmdb.model.drift import Candidate, CoverageRow, Demand, Deviation, Outcome
from cmdb.model.location import Where
from cmdb.model.problem import Severity
from cmdb.model.snapshot import CoverageStatus
from cmdb.model.value import Value

Standing = Literal[
    "met",
    "missing",
    "ambiguous",
    "deviating",
    "excused",
    "ignored",
    "unobserved",
    "untracked",
    "not_compared",
    "not_judged",
]
"""What became of the demands on one path. `not_compared`: the attribute is volatile; `not_judged`: the CI as a whole is
not there, or not in service."""
Effect = Literal["excuses", "expired", "unused", "not_seen"]
"""What an excuse does: `unused` where its value was looked at and needs none, `not_seen` where nobody looked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a CI can be recognised by. `rule` is `key`, the attributes of an identity rule, or `name`;
    `values` are what the CI declares for it, and `lacks` the attributes of the rule that it does not declare."""

    rule: str
    values: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a source saw the CI. `rule` is what decided, as in `Mark`; `reason` says it for people."""

    source: str
    key: str
    rule: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Something a source saw that may be the CI, or another."""

    source: str
    key: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Something a source saw that is not the CI although it is like it, and why not."""

    source: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """How far one source looked at a path: the status of its coverage, None where it only happened to report it."""

    source: str
    status: CoverageStatus | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All demands on one path, and what became of them. `observed` None means seen to be absent, or not seen (then
    `said` is empty); `deviations` are at the path or below it."""

    path: str
    standing: Standing
    demands: tuple[Demand, ...] = ()
    observed: Value = None
    said: str = ""
    source: str | None = None
    reason: str = ""
    coverage: tuple[Told, ...] = ()
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True)
class Pardon:
    """A waiver, an ignore rule or a pending change that speaks of the CI, and what it does."""

    type: Literal["waiver", "ignore", "pending", "window"]
    path: str
    effect: Effect
    observed: Value = None
    reason: str = ""
    approved_by: str | None = None
    expires: date | None = None
    baseline: str | None = None
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to the verdict on one CI. `outcome` None means that no source is there for it; `marks` come
    strongest first; `coverage` are the lines that select it, and `baselines` those that apply to it."""

    ci: str
    kind: str
    lifecycle: str
    outcome: Outcome | None = None
    where: Where | None = field(default=None, compare=False)
    marks: tuple[Mark, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    doubts: tuple[Doubtful, ...] = ()
    near: tuple[Near, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    baselines: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    pardons: tuple[Pardon, ...] = ()

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the CI's deviations that count; None where there is none."""
        return max((one.severity for each in self.judgements for one in each.deviations if one.counts), default=None)

    @property
    def blind(self) -> bool:
        """Whether silence would not mean that the CI is as it should be."""
        return self.outcome is None or any(one.standing == "unobserved" for one in self.judgements)
