"""From what was found out about a change to a record that can be put on file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cmdb.formats.record_shapes import LIFE
from cmdb.model.change_record import ChangeRecord
from cmdb.model.filed_change import ApprovalAsked, FiledChange, Move, Plan
from cmdb.model.schedule import Schedule
from cmdb.model.value import Value, freeze

_FEW = 3
_TRANSIENT = frozenset({"summary", "format", "status"})


def proposed(
    record: ChangeRecord,
    payload: Mapping[str, Value],
    *,
    by: str,
    at: datetime,
    title: str = "",
    reason: str = "",
    planned: Plan | None = None,
    schedule: Schedule | None = None,
) -> FiledChange:
    """The record as it is proposed: `payload` is what `cmdb change -f json` says of it. Without a title it has the
    subject of its only commit, or the names of what changes."""
    content = {name: _settled(item) for name, item in payload.items() if name not in {*LIFE, *_TRANSIENT}}
    if schedule is not None and schedule.planned is not None:
        content["schedule"] = _settled(schedule.data)
    return FiledChange(
        record.id,
        title or _title(record),
        type=record.kind,
        reason=reason,
        base=record.base,
        head=record.head,
        planned=planned,
        approvals=tuple(
            ApprovalAsked(one["approver"], one.get("name"), tuple(_settled(one.get("reasons", ()))))
            for one in payload.get("approvals", ())
        ),
        history=(Move("proposed", by, at),),
        content=content,
    )


def _title(record: ChangeRecord) -> str:
    if len(record.commits) == 1:
        return record.commits[0].subject
    names = [change.id for change in record.changes.changes]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"Change of {', '.join(names[:_FEW])}{more}"


def _settled(value: Any) -> Value:
    """A value as a file gives it back: lists as tuples, and no keys without a value."""
    if isinstance(value, Mapping):
        return {str(key): _settled(item) for key, item in value.items() if item is not None}
    return tuple(map(_settled, value)) if isinstance(value, list | tuple) else freeze(value)
