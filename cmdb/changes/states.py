"""The states of a change record, and the rules for moving between them.

A change is implemented once everyone who was asked has approved it. An emergency change may be implemented before that;
then it has to be reviewed, and cannot be before everyone has approved it after all. Others may be closed without a
review. A record that is closed or rejected moves no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from cmdb.model.filed_change import Consent, FiledChange, Move, State
from cmdb.model.problem import CmdbError

FINDS_OUT: tuple[State, ...] = ("reviewed", "closed")
"""Where it may be said that a change failed."""
_MOVES: Mapping[State, tuple[State, ...]] = {
    "proposed": ("approved", "rejected"),
    "approved": ("implemented", "rejected"),
    "implemented": ("reviewed", "closed"),
    "reviewed": ("closed",),
    "closed": (),
    "rejected": (),
}
_EMERGENCY: Mapping[State, tuple[State, ...]] = {
    **_MOVES,
    "proposed": ("approved", "implemented", "rejected"),
    "implemented": ("reviewed",),
}


def moves(record: FiledChange, state: State | None = None) -> tuple[State, ...]:
    """The states that a record of this type may move to from a state, by default from its own."""
    return (_EMERGENCY if record.type == "emergency" else _MOVES)[state or record.state]


def advanced(
    record: FiledChange,
    state: State,
    *,
    by: str,
    at: datetime,
    note: str = "",
    on_behalf: Collection[str] = (),
    failed: bool = False,
) -> FiledChange:
    """The record moved on. Raises `CmdbError`, which names the moves that there are.

    To `approved` means that `by` agrees, on behalf of the approvers that are named, else of its own. The record is
    approved once nobody's word is lacking; until then it stays what it is. The approvals that an emergency change was
    implemented without are given in the same way.
    """
    known = (*(step.at for step in record.history), *(one.given.at for one in record.approvals if one.given))
    if at < (last := max(known, default=at)):
        hint = f"say when with --as-of, from {last.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} on"
        raise CmdbError(f"the last that happened to {record.id} is later than that", hint=hint)
    if failed and state not in FINDS_OUT:
        hint = f"that is told when a record is {' or '.join(FINDS_OUT)}"
        raise CmdbError(f"nobody knows yet whether {record.id} failed", hint=hint)
    if state == "approved" and (record.state == "proposed" or _owes(record)):
        return _approved(record, by, at, note, tuple(on_behalf) or (by,))
    if state not in moves(record):
        raise CmdbError(f"{record.id} is {record.state} and cannot be {state}", hint=_may(record))
    if state == "reviewed" and record.lacking:
        missing = ", ".join(record.lacking)
        raise CmdbError(f"{record.id} cannot be reviewed before all approvals are given", hint=f"missing: {missing}")
    return _moved(record, Move(state, by, at, note, failed))


def wrong_steps(record: FiledChange) -> Iterator[tuple[int, str]]:
    """Where the history of a record breaks the rules: the position of the step, and what is wrong with it."""
    before: Move | None = None
    for position, step in enumerate(record.history):
        if before is None:
            if step.state != "proposed":
                yield position, f"a record begins as proposed, not as {step.state}"
        else:
            if step.state not in moves(record, before.state):
                yield position, f"a {record.type} change that is {before.state} cannot be {step.state}"
            if step.at < before.at:
                yield position, f"this was before it was {before.state}"
        if step.failed and step.state not in FINDS_OUT:
            yield position, f"nobody knows whether a change failed when it is {step.state}"
        before = step
    if before is not None and before.state != record.state:
        yield len(record.history) - 1, f"the last step says {before.state}, and the record {record.state}"


def unapproved(record: FiledChange) -> tuple[str, ...]:
    """Whose approvals are missing, although the state says that all were given."""
    agreed = any(step.state in ("approved", "reviewed") for step in record.history)
    return record.lacking if agreed else ()


def _owes(record: FiledChange) -> bool:
    """Whether approvals may still be given although the record moved on."""
    return record.type == "emergency" and record.state == "implemented" and bool(record.lacking)


def _approved(record: FiledChange, by: str, at: datetime, note: str, approvers: Collection[str]) -> FiledChange:
    asked = {one.approver for one in record.approvals}
    for name in approvers:
        if asked and name not in asked:
            hint = f"asked are {', '.join(sorted(asked))}; whoever speaks for one of them says --for"
            raise CmdbError(f"{record.id} does not need the approval of {name}", hint=hint)
    consent = Consent(by, at, note)
    given = tuple(
        replace(one, given=consent) if one.given is None and one.approver in approvers else one
        for one in record.approvals
    )
    if record.approvals and given == record.approvals:
        raise CmdbError(f"{', '.join(approvers)} approved {record.id} before", hint=_may(record))
    agreed = replace(record, approvals=given)
    return agreed if agreed.lacking or record.state != "proposed" else _moved(agreed, Move("approved", by, at, note))


def _moved(record: FiledChange, move: Move) -> FiledChange:
    return replace(record, state=move.state, history=(*record.history, move))


def _may(record: FiledChange) -> str:
    possible = moves(record)
    if not possible:
        return f"a record that is {record.state} moves no more"
    missing = f"; for that, these have to approve: {', '.join(record.lacking)}" if record.lacking else ""
    return f"it can be {' or '.join(possible)}{missing}"
