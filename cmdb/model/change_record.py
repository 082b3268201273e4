"""A change record: everything that a change board reads before it agrees, as one frozen value.

It is made of two revisions and nothing else, so that the same two give the same record. What happens to it afterwards
(who approved it, in which state it is, when it is planned) is kept beside it, not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cmdb.model.change import ChangeSet
from cmdb.model.location import Location
from cmdb.model.past import Commit
from cmdb.model.proof import GroupState, Step
from cmdb.model.status import Status
from cmdb.model.value import Value

Level = Literal["low", "medium", "high", "critical"]
ChangeType = Literal["standard", "normal", "emergency"]
Side = Literal["base", "head"]
ContactRole = Literal["owner", "support", "escalation"]
Aspect = Literal[
    "redundancy_lost",
    "redundancy_gained",
    "single_point_introduced",
    "single_point_removed",
    "shared_fate_introduced",
    "shared_fate_removed",
    "lifecycle_violation_introduced",
    "lifecycle_violation_fixed",
    "standard_violation_introduced",
    "standard_violation_fixed",
]
"""What a change does to the design; each has an opposite, which the change back does."""

LEVELS: tuple[Level, ...] = ("low", "medium", "high", "critical")
CHANGE_TYPES: tuple[ChangeType, ...] = ("standard", "normal", "emergency")
WORSE: frozenset[Aspect] = frozenset({
    "redundancy_lost",
    "single_point_introduced",
    "shared_fate_introduced",
    "lifecycle_violation_introduced",
    "standard_violation_introduced",
})  # fmt: skip
WORKING_TREE = "working tree"
OBSERVED = "observed"
"""What stands for a side that is no commit: the files as they are, and what sources saw."""
NO_CHANGES = ChangeSet()


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """Where a changed value stands on each side; None where that side does not have it. `path` is a key path."""

    path: str
    before: Location | None = None
    after: Location | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """How a CI came to be changed: where each changed value stands, and the ids of the commits that did it, newest
    first."""

    ci: str
    places: tuple[ValuePlace, ...] = ()
    commits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssumedFailure:
    """A changed CI, taken to fail while it is changed. `side` is the graph on which it does: base for what is removed
    or changed, head for what is added."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    environment: str | None
    criticality: str | None
    side: Side


@dataclass(frozen=True, slots=True)
class AffectedCI:
    """A CI that suffers meanwhile, with the chain that proves it on the graph of `side`. `service` says that it is a
    service."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    environment: str | None
    criticality: str | None
    status: Status
    distance: int
    side: Side
    service: bool = False
    via: tuple[Step, ...] = ()
    groups: tuple[GroupState, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the affected CIs someone owns, or an environment has; None for those of nobody or nowhere."""

    name: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ChangeImpact:
    """What is affected if all changed CIs fail during the change; worst first, then by distance and id."""

    failed: tuple[AssumedFailure, ...] = ()
    affected: tuple[AffectedCI, ...] = ()
    owners: tuple[Tally, ...] = ()
    environments: tuple[Tally, ...] = ()

    @property
    def services(self) -> tuple[AffectedCI, ...]:
        """The services among the affected."""
        return tuple(hit for hit in self.affected if hit.service)


@dataclass(frozen=True, slots=True)
class DesignChange:
    """What the change does to the design, once it is done: `before` and `after` say it in the terms of the aspect, None
    where there is nothing. `services` are the ids of those that stand on it."""

    what: Aspect
    ci: str
    before: Value
    after: Value
    services: tuple[str, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether the design is worse for it."""
        return self.what in WORSE


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One reason for the score: `measure` between 0 and 1 of a `weight`, which makes so many `points`."""

    name: str
    weight: int
    measure: float
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The points of all factors together, 100 at most, and the level that this is."""

    score: int = 0
    level: Level = "low"
    factors: tuple[RiskFactor, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalReason:
    """Why somebody has to agree, and for which CIs; none for the change as a whole."""

    why: str
    cis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Someone who has to agree: the id of a team or a person as `owner` has it, or what a rule names."""

    approver: str
    name: str | None = None
    reasons: tuple[ApprovalReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call if it goes wrong, for which CIs, and how: `ways` are attributes such as `email` and `phone`. An
    escalation is whom the others name as their lead."""

    ci: str
    role: ContactRole
    name: str | None = None
    cis: tuple[str, ...] = ()
    ways: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backout:
    """The changes that take the change back, and what came of trying them on the head: `restores` says that base is
    what it was; `differing` are the ids of CIs that are not."""

    changes: ChangeSet = NO_CHANGES
    restores: bool = True
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One change. `base` and `head` are full ids of commits, or `working tree` or `observed`; `id` is a digest of both
    and of the change set. `origins` are by CI, `commits` newest first. `kind` is its type by the workspace's rules, for
    `kind_reason`."""

    id: str
    base: str
    head: str
    changes: ChangeSet = NO_CHANGES
    origins: tuple[Origin, ...] = ()
    commits: tuple[Commit, ...] = ()
    impact: ChangeImpact = ChangeImpact()
    design: tuple[DesignChange, ...] = ()
    risk: Risk = Risk()
    kind: ChangeType = "normal"
    kind_reason: str = ""
    approvals: tuple[Approval, ...] = ()
    contacts: tuple[Contact, ...] = ()
    backout: Backout = Backout()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.changes)
