"""Record files as `cmdb change` writes them, and the edits that move a record on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.formats.edits.applying import edit
from cmdb.formats.edits.operations import Append, Change, Edit, Put
from cmdb.formats.record_shapes import LIFE
from cmdb.formats.writing import document
from cmdb.model.filed_change import RECORD_FORMAT, ApprovalAsked, Consent, FiledChange, Move, Plan
from cmdb.model.problem import CmdbError
from cmdb.model.schedule import in_utc
from cmdb.model.value import Value

_FIRST = ("type_reason", "schedule", "risk", "changes", "impact", "design", "backout")
"""What people read first, in that order; the rest by name."""


def record_text(record: FiledChange) -> str:
    """The file of a record; `read_record` reads it back."""
    return document(record_data(record))


def record_data(record: FiledChange) -> dict[str, Value]:
    """The fields of a record, in the order in which people read them."""
    fields: dict[str, Value] = {"format": RECORD_FORMAT, "id": record.id, "title": record.title}
    fields |= {"reason": record.reason} if record.reason else {}
    fields |= {"state": record.state, "type": record.type}
    fields |= {} if record.planned is None else {"planned": _plan(record.planned)}
    fields["approvals"] = [_asked(asked) for asked in record.approvals]
    fields["history"] = [_move(move) for move in record.history]
    fields |= {"base": record.base, "head": record.head}
    names = [name for name in _FIRST if name in record.content]
    names += sorted(record.content.keys() - {*_FIRST, *LIFE})
    return fields | {name: record.content[name] for name in names}


def record_edited(path: str, data: bytes, before: FiledChange, after: FiledChange) -> bytes:
    """The file of a record that was moved on, everything else in it as it was. Raises `CmdbError` where it can only be
    done by hand."""
    edited = edit(path, data, [Change(before.place, tuple(_edits(before, after)))])
    if edited.refused:
        raise CmdbError(edited.refused[0].problem)
    return edited.data


def _edits(before: FiledChange, after: FiledChange) -> Iterator[Edit]:
    if after.state != before.state:
        yield Put(("state",), after.state)
    for position, (was, now) in enumerate(zip(before.approvals, after.approvals, strict=True)):
        if now.given is not None and now.given != was.given:
            yield Put(("approvals", position, "given"), _consent(now.given))
    for move in after.history[len(before.history) :]:
        yield Append(("history",), _move(move))


def _plan(plan: Plan) -> dict[str, Value]:
    return {"start": in_utc(plan.start), "end": in_utc(plan.end)}


def _asked(asked: ApprovalAsked) -> dict[str, Value]:
    fields: Mapping[str, Value] = {
        "approver": asked.approver,
        "name": asked.name,
        "reasons": asked.reasons,
        "given": None if asked.given is None else _consent(asked.given),
    }
    return {name: item for name, item in fields.items() if item not in (None, ())}


def _consent(consent: Consent) -> dict[str, Value]:
    return {"by": consent.by, "at": in_utc(consent.at), **({"note": consent.note} if consent.note else {})}


def _move(move: Move) -> dict[str, Value]:
    more = {name: item for name, item in (("note", move.note), ("failed", move.failed)) if item}
    return {"state": move.state, "by": move.by, "at": in_utc(move.at), **more}
