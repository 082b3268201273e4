"""Record files: what they say, and every problem of what they should not say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cmdb.formats.reading import Entry, read_precise
from cmdb.formats.record_shapes import LIFE, AskedShape, ConsentShape, MoveShape, PlanShape, RecordShape
from cmdb.formats.shapes import shaped
from cmdb.model.change_record import CHANGE_TYPES, ChangeType
from cmdb.model.filed_change import STATES, ApprovalAsked, Consent, FiledChange, Move, Plan, State
from cmdb.model.location import Place
from cmdb.model.plain import value
from cmdb.model.problem import Problem
from cmdb.model.value import Value, freeze

CODE = "invalid-record"

_STATES: Mapping[str, State] = {state: state for state in STATES}
_TYPES: Mapping[str, ChangeType] = {kind: kind for kind in CHANGE_TYPES}


def read_record(path: str, data: bytes) -> tuple[FiledChange | None, list[Problem]]:
    """The record of a file, None where it cannot be used, and its problems."""
    reading = read_precise(path, data)
    problems = list(reading.problems)
    if len(reading.entries) != 1 or reading.entries[0].place.item is not None:
        hint = "write one mapping, as 'cmdb change --record' does"
        problems += () if problems else (wrong("a record file holds one change record", Place(path), hint),)
        return None, problems
    entry = reading.entries[0]
    shape, found = shaped(RecordShape, _without_null(entry.raw), entry.place)
    problems += found
    if shape is None:
        return None, problems
    if shape.planned is not None and not shape.planned.start < shape.planned.end:
        problems.append(wrong("the plan ends before it begins", entry.place.at("planned", "end")))
    return (None if problems else _record(shape, entry)), problems


def wrong(message: str, where: Place, hint: str = "") -> Problem:
    """Something in a record that breaks its rules."""
    return Problem(CODE, message, where=where, hint=hint)


def _record(shape: RecordShape, entry: Entry) -> FiledChange:
    content = {name: freeze(value(item)) for name, item in entry.raw.items() if name not in LIFE and item is not None}
    return FiledChange(
        shape.id,
        shape.title,
        _STATES[shape.state],
        _TYPES[shape.type],
        shape.reason,
        shape.base,
        shape.head,
        None if shape.planned is None else _plan(shape.planned),
        tuple(map(_asked, shape.approvals)),
        tuple(map(_move, shape.history)),
        content,
        entry.place,
    )


def _plan(shape: PlanShape) -> Plan:
    return Plan(_moment(shape.start), _moment(shape.end))


def _asked(shape: AskedShape) -> ApprovalAsked:
    return ApprovalAsked(
        shape.approver,
        shape.name,
        tuple(freeze(value(reason)) for reason in shape.reasons),
        None if shape.given is None else _consent(shape.given),
    )


def _consent(shape: ConsentShape) -> Consent:
    return Consent(shape.by, _moment(shape.at), shape.note)


def _move(shape: MoveShape) -> Move:
    return Move(_STATES[shape.state], shape.by, _moment(shape.at), shape.note, shape.failed)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _without_null(raw: Any) -> Value:
    """The tree without keys that have no value, which mean the same as none."""
    if isinstance(raw, dict):
        return {name: _without_null(item) for name, item in raw.items() if item is not None}
    return [_without_null(item) for item in raw] if isinstance(raw, list) else raw
