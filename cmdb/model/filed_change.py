"""A change record on file: what was found out about the change, and what has become of it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cmdb.model.change_record import ChangeType
from cmdb.model.location import Place
from cmdb.model.value import Value

State = Literal["proposed", "approved", "implemented", "reviewed", "closed", "rejected"]

STATES: tuple[State, ...] = ("proposed", "approved", "implemented", "reviewed", "closed", "rejected")
RECORD_FORMAT = "cmdb.change-record/1"
"""The first line of every record file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a change is to happen: from `start` up to, not including, `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """An approval that was given: by whom, when, and with which words."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """Someone who has to agree, why, and whether that happened."""

    approver: str
    name: str | None = None
    reasons: tuple[Value, ...] = ()
    given: Consent | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A step in the life of a record: into which state, by whom, when, and with which words. `failed` says that the
    change did not do what it should, or had to be taken back; it is found out in a review, or when it is closed."""

    state: State
    by: str
    at: datetime
    note: str = ""
    failed: bool = False


def entries(raw: Value) -> tuple[Mapping[str, Value], ...]:
    """The mappings of a list; nothing of anything else that somebody wrote instead."""
    return tuple(item for item in raw if isinstance(item, Mapping)) if isinstance(raw, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class FiledChange:
    """A change record with its life. `history` begins with the proposal and ends with the state that it is in.
    `content` is the rest of the record as `cmdb change -f json` has it; lists are tuples."""

    id: str
    title: str
    state: State = "proposed"
    type: ChangeType = "normal"
    reason: str = ""
    base: str = ""
    head: str = ""
    planned: Plan | None = None
    approvals: tuple[ApprovalAsked, ...] = ()
    history: tuple[Move, ...] = ()
    content: Mapping[str, Value] = field(default_factory=dict)
    place: Place = field(default=Place(""), compare=False)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Who has not agreed yet."""
        return tuple(asked.approver for asked in self.approvals if asked.given is None)

    @property
    def failed(self) -> datetime | None:
        """When it was found out that the change failed; None where it did not."""
        return next((step.at for step in self.history if step.failed), None)

    @property
    def open(self) -> bool:
        """Whether the change is still ahead: proposed or approved."""
        return self.state in ("proposed", "approved")

    def section(self, name: str) -> Mapping[str, Value]:
        """A mapping of the content; empty where there is none, or something else that somebody wrote."""
        found = self.content.get(name)
        return found if isinstance(found, Mapping) else {}

    @property
    def changes(self) -> tuple[Mapping[str, Value], ...]:
        """What changes, CI by CI, as `cmdb diff -f json` has it."""
        return tuple(self.content.get("changes", ()))

    @property
    def cis(self) -> tuple[str, ...]:
        """The ids of the CIs that change, former ones of renamed CIs included; sorted."""
        names = (name for change in self.changes for name in (change["id"], change.get("former_id")) if name)
        return tuple(sorted(dict.fromkeys(names)))
