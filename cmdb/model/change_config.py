"""How a workspace wants its changes judged: what risk is made of, which changes are standard, and who has to agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmdb.model.keypath import KeyPath
from cmdb.model.status import Status

if TYPE_CHECKING:
    from cmdb.model.change_record import ChangeType, Level

RECORDS = "changes"
"""The folder of a workspace that has its record files, unless its settings name another."""
DEFAULT_WEIGHTS: Mapping[str, int] = {
    "criticality": 25,
    "breadth": 15,
    "redundancy": 20,
    "environment": 10,
    "size": 5,
    "rollback": 10,
    "history": 10,
    "freeze": 25,
}
"""The most points that each factor of the risk can give."""
DEFAULT_LEVELS: Mapping[Level, int] = {"medium": 25, "high": 50, "critical": 75}
"""The score at which each level begins."""
DEFAULT_ENVIRONMENTS: Mapping[str, float] = {
    "production": 1.0,
    "staging": 0.5,
    "acceptance": 0.5,
    "test": 0.1,
    "development": 0.1,
}
OTHER_ENVIRONMENT = 0.5
"""The measure of an environment that has none of its own, and of none."""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """Changes of one type: every changed CI is one that the selector `cis` picks, every changed key path fits one of
    `paths` or lies below it, every action is one of `actions`, the change bears one of `labels`, and its risk is
    `at_most` so high. What is left out fits all."""

    type: ChangeType
    cis: str | None = None
    paths: tuple[KeyPath, ...] = ()
    actions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    at_most: Level | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Someone who has to agree beyond the owners: where a changed CI is one that `cis` picks, a changed key path fits
    one of `paths`, an affected CI is one that `affected` picks, the risk is at least `risk`, and the change is of the
    `type`. What is left out fits all."""

    approver: str
    cis: str | None = None
    paths: tuple[KeyPath, ...] = ()
    affected: str | None = None
    risk: Level | None = None
    type: ChangeType | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeConfig:
    """Rules for changes. The first of the `types` that fits counts; else a change is normal. The owners of affected CIs
    have to agree where those are at least so bad as `affected_owners`; None means never. `records` is
    the folder below the workspace that has the record files."""

    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    levels: Mapping[Level, int] = field(default_factory=lambda: DEFAULT_LEVELS)
    environments: Mapping[str, float] = field(default_factory=lambda: DEFAULT_ENVIRONMENTS)
    types: tuple[TypeRule, ...] = ()
    affected_owners: Status | None = Status.DEGRADED
    approvals: tuple[ApprovalRule, ...] = ()
    records: str = RECORDS
