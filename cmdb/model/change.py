"""The semantic difference between two inventories: facts only, without judgement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cmdb.model.ci import CI, Member
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.value import Value

Action = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One key path outside relations; None means not declared. `attribute` is the declaration that the values are read
    by, where there is one."""

    path: KeyPath
    before: Value
    after: Value
    attribute: Attribute | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RelationChange:
    """One entry of a relation: a plain target (`target` set) or a group (`group` set to its label)."""

    type: str
    action: Literal["added", "removed", "changed"]
    target: str | None = None
    group: str | None = None
    before: Member | None = None
    after: Member | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one CI. `former_id` is set where it was renamed; `cause` is the defaults file or kind that the
    change came through, or None where the CI's own file says it. `before` and `after` are the CI on both sides."""

    id: str
    kind: str
    action: Action
    former_id: str | None = None
    attributes: tuple[AttributeChange, ...] = ()
    relations: tuple[RelationChange, ...] = ()
    cause: str | None = None
    before: CI | None = field(default=None, repr=False)
    after: CI | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes sorted by id; empty where nothing changed."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)
