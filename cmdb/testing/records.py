"""Change records on file, with lives that keep the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from cmdb.changes.states import advanced, moves
from cmdb.model.change import Action
from cmdb.model.change_record import CHANGE_TYPES
from cmdb.model.filed_change import STATES, ApprovalAsked, FiledChange, Move, Plan, State
from cmdb.model.problem import CmdbError
from cmdb.model.value import Value

START = datetime(2026, 11, 1, tzinfo=UTC)
APPROVERS = ("team-a", "team-b", "no", "1.10")
"""Some of them are words that YAML would take for something else."""


def moments() -> st.SearchStrategy[datetime]:
    """Moments in UTC, to the second."""
    return st.integers(0, 10**6).map(lambda seconds: START + timedelta(seconds=seconds))


def words() -> st.SearchStrategy[str]:
    """Text that a file can hold."""
    return st.text(st.characters(codec="utf-8"), max_size=6)


def contents() -> st.SearchStrategy[dict[str, Value]]:
    """What `cmdb change` found out: changes, and data of any shape beside them."""
    scalars = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words()
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(words(), inner, max_size=3),
        max_leaves=4,
    )
    attribute = st.fixed_dictionaries({"path": words()}, optional={"before": values, "after": values})
    change = st.fixed_dictionaries({
        "id": words(),
        "kind": words(),
        "action": st.sampled_from(get_args(Action)),
        "attributes": st.lists(attribute, max_size=2).map(tuple),
    })  # fmt: skip
    return st.fixed_dictionaries(
        {"changes": st.lists(change, max_size=3).map(tuple)},
        optional={"risk": st.dictionaries(words(), values, max_size=3), "notes": st.lists(values).map(tuple)},
    )


@st.composite
def proposals(draw: st.DrawFn, *, content: bool = True) -> FiledChange:
    """A record that was just proposed; without `content` nothing is said about the change itself."""
    start = draw(moments())
    plan = Plan(start, start + timedelta(seconds=draw(st.integers(1, 10**5))))
    asked = draw(st.lists(st.sampled_from(APPROVERS), max_size=3, unique=True))
    return FiledChange(
        draw(words()),
        draw(words()),
        type=draw(st.sampled_from(CHANGE_TYPES)),
        reason=draw(words()),
        base=draw(words()),
        head=draw(words()),
        planned=draw(st.none() | st.just(plan)),
        approvals=tuple(ApprovalAsked(name) for name in asked),
        history=(Move("proposed", draw(words()), START, draw(words())),),
        content=draw(contents()) if content else {},
    )


@st.composite
def records(draw: st.DrawFn, *, content: bool = True) -> FiledChange:
    """A record that was moved on any number of times."""
    record = draw(proposals(content=content))
    at = START
    for state in draw(st.lists(st.sampled_from(STATES), max_size=6)):
        at += timedelta(seconds=draw(st.integers(0, 1000)))
        record = attempted(record, state, at, draw(words()))
    return record


def attempted(record: FiledChange, state: State, at: datetime, note: str = "") -> FiledChange:
    """The record moved on if that may be, with all approvals where those are asked for."""
    names = record.lacking if state == "approved" else ()
    try:
        return advanced(record, state, by="ada", at=at, note=note, on_behalf=names)
    except CmdbError:
        assert state not in moves(record) or state in ("approved", "reviewed")
        return record
