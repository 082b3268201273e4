"""The shape of a record file: what pydantic and the JSON Schema for editors know of it.

What `cmdb change` found out stands in it as its JSON has it. The part of that which decides anything later, the changes
themselves, is checked in full; the rest is for people, and is only held to be there in the right collection.
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Any, get_args

from pydantic.dataclasses import dataclass

from cmdb.formats.shapes import STRICT, Flag, MomentText, Text, one_of
from cmdb.model.change import Action
from cmdb.model.change_record import CHANGE_TYPES
from cmdb.model.filed_change import RECORD_FORMAT, STATES

StateName = Annotated[str, one_of(STATES)]
TypeName = Annotated[str, one_of(CHANGE_TYPES)]
ActionName = Annotated[str, one_of(get_args(Action))]
FormatName = Annotated[str, one_of((RECORD_FORMAT,))]


@dataclass(config=STRICT, frozen=True)
class PlanShape:
    """When the change is to happen."""

    start: MomentText
    end: MomentText


@dataclass(config=STRICT, frozen=True)
class ConsentShape:
    """An approval that was given."""

    by: Text
    at: MomentText
    note: Text = ""


@dataclass(config=STRICT, frozen=True)
class AskedShape:
    """Someone who has to agree."""

    approver: Text
    name: Text | None = None
    reasons: list[Any] = field(default_factory=list)
    given: ConsentShape | None = None


@dataclass(config=STRICT, frozen=True)
class MoveShape:
    """A step in the life of the record."""

    state: StateName
    by: Text
    at: MomentText
    note: Text = ""
    failed: Flag = False


@dataclass(config=STRICT, frozen=True)
class AttributeShape:
    """One changed key path; what is left out is not declared."""

    path: Text
    before: Any = None
    after: Any = None


@dataclass(config=STRICT, frozen=True)
class RelationShape:
    """One changed entry of a relation."""

    type: Text
    action: ActionName
    target: Text | None = None
    group: Text | None = None
    before: Any = None
    after: Any = None


@dataclass(config=STRICT, frozen=True)
class ChangedShape:
    """What changes on one CI."""

    id: Text
    kind: Text
    action: ActionName
    former_id: Text | None = None
    attributes: list[AttributeShape] = field(default_factory=list)
    relations: list[RelationShape] = field(default_factory=list)
    cause: Text | None = None
    places: list[Any] = field(default_factory=list)
    commits: list[Any] = field(default_factory=list)


@dataclass(config=STRICT, frozen=True)
class RecordShape:
    """A change record with its life."""

    format: FormatName
    id: Text
    title: Text
    state: StateName
    type: TypeName
    base: Text
    head: Text
    history: list[MoveShape]
    changes: list[ChangedShape]
    reason: Text = ""
    planned: PlanShape | None = None
    approvals: list[AskedShape] = field(default_factory=list)
    type_reason: Text = ""
    risk: dict[Text, Any] = field(default_factory=dict)
    schedule: dict[Text, Any] = field(default_factory=dict)
    impact: dict[Text, Any] = field(default_factory=dict)
    design: list[Any] = field(default_factory=list)
    backout: dict[Text, Any] = field(default_factory=dict)
    contacts: list[Any] = field(default_factory=list)
    commits: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)


LIFE = ("format", "id", "title", "state", "type", "base", "head", "reason", "planned", "approvals", "history")
"""The fields that are no part of what `cmdb change` found out."""
