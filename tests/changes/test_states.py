"""How a change record moves from state to state, and how it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.changes.states import advanced, moves, unapproved, wrong_steps
from cmdb.model.change_record import CHANGE_TYPES, ChangeType
from cmdb.model.filed_change import STATES, ApprovalAsked, FiledChange, Move, State
from cmdb.model.problem import CmdbError
from cmdb.testing.records import APPROVERS, proposals, records

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def record(kind: ChangeType = "normal", *asked: str) -> FiledChange:
    approvals = tuple(ApprovalAsked(name) for name in asked)
    return FiledChange("chg-1", "A change", type=kind, approvals=approvals, history=(Move("proposed", "ada", NOON),))


def walked(start: FiledChange, *states: str) -> FiledChange:
    """`approved/team-a` is the approval of team-a."""
    for number, step in enumerate(states, 1):
        name, _, approver = step.partition("/")
        (state,) = (known for known in STATES if known == name)
        at = NOON + timedelta(hours=number)
        start = advanced(start, state, by="bob", at=at, on_behalf=[approver] if approver else ())
    return start


ALLOWED: tuple[tuple[ChangeType, tuple[str, ...], str], ...] = (
    ("normal", (), "proposed"),
    ("normal", ("approved",), "approved"),
    ("normal", ("rejected",), "rejected"),
    ("normal", ("approved", "rejected"), "rejected"),
    ("normal", ("approved", "implemented", "reviewed", "closed"), "closed"),
    ("normal", ("approved", "implemented", "closed"), "closed"),
    ("standard", ("approved", "implemented", "closed"), "closed"),
    ("emergency", ("implemented", "reviewed", "closed"), "closed"),
    ("emergency", ("approved", "implemented", "reviewed"), "reviewed"),
)


@pytest.mark.parametrize(("kind", "steps", "state"), ALLOWED)
def test_records_move_by_the_rules(kind: ChangeType, steps: tuple[str, ...], state: str) -> None:
    moved = walked(record(kind), *steps)
    assert (moved.state, [step.state for step in moved.history]) == (state, ["proposed", *steps])
    assert list(wrong_steps(moved)) == []


REFUSED: tuple[tuple[ChangeType, tuple[str, ...], str, str], ...] = (
    ("normal", ("implemented",), "chg-1 is proposed and cannot be implemented", "it can be approved or rejected"),
    ("standard", ("implemented",), "chg-1 is proposed and cannot be implemented", "it can be approved or rejected"),
    ("normal", ("proposed",), "chg-1 is proposed and cannot be proposed", "it can be approved or rejected"),
    ("normal", ("approved", "approved"), "chg-1 is approved and cannot be approved", "it can be implemented or rejected"),
    ("normal", ("approved", "closed"), "chg-1 is approved and cannot be closed", "it can be implemented or rejected"),
    ("normal", ("rejected", "proposed"), "chg-1 is rejected and cannot be proposed", "a record that is rejected moves no more"),
    ("emergency", ("implemented", "closed"), "chg-1 is implemented and cannot be closed", "it can be reviewed"),
    ("emergency", ("implemented", "rejected"), "chg-1 is implemented and cannot be rejected", "it can be reviewed"),
    (
        "normal",
        ("approved", "implemented", "closed", "reviewed"),
        "chg-1 is closed and cannot be reviewed",
        "a record that is closed moves no more",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "steps", "message", "hint"), REFUSED)
def test_what_may_not_be_is_refused_with_what_may(
    kind: ChangeType, steps: tuple[str, ...], message: str, hint: str
) -> None:
    with pytest.raises(CmdbError) as raised:
        walked(record(kind), *steps)
    assert (str(raised.value), raised.value.problem.hint) == (message, hint)


def test_a_record_is_approved_once_nobodys_word_is_lacking() -> None:
    first = walked(record("normal", "team-a", "team-b"), "approved/team-a")
    assert (first.state, first.lacking, len(first.history)) == ("proposed", ("team-b",), 1)
    second = advanced(first, "approved", by="team-b", at=NOON + timedelta(hours=2), note="after hours")
    assert (second.state, second.lacking) == ("approved", ())
    given = [(one.approver, one.given.by, one.given.note) for one in second.approvals if one.given]
    assert given == [("team-a", "bob", ""), ("team-b", "team-b", "after hours")]
    assert unapproved(second) == ()


@pytest.mark.parametrize(
    ("steps", "message", "hint"),
    [
        (("approved",), "chg-1 does not need the approval of bob", "asked are team-a; whoever speaks for one of them says --for"),
        (("approved/team-c",), "chg-1 does not need the approval of team-c", "asked are team-a; whoever speaks for one of them says --for"),
        (("implemented",), "chg-1 is proposed and cannot be implemented", "it can be approved or rejected; for that, these have to approve: team-a"),
    ],
)  # fmt: skip
def test_only_those_who_are_asked_approve(steps: tuple[str, ...], message: str, hint: str) -> None:
    with pytest.raises(CmdbError) as raised:
        walked(record("normal", "team-a"), *steps)
    assert (str(raised.value), raised.value.problem.hint) == (message, hint)


def test_nobody_approves_twice() -> None:
    with pytest.raises(CmdbError, match="team-a approved chg-1 before"):
        walked(record("normal", "team-a", "team-b"), "approved/team-a", "approved/team-a")


def test_an_emergency_is_approved_after_the_fact_and_before_its_review() -> None:
    done = walked(record("emergency", "team-a"), "implemented")
    with pytest.raises(CmdbError, match="cannot be reviewed before all approvals are given") as raised:
        advanced(done, "reviewed", by="bob", at=NOON + timedelta(hours=5))
    assert raised.value.problem.hint == "missing: team-a"
    approved = advanced(done, "approved", by="team-a", at=NOON + timedelta(hours=5))
    assert (approved.state, approved.lacking) == ("implemented", ())
    assert advanced(approved, "reviewed", by="bob", at=NOON + timedelta(hours=6)).state == "reviewed"


def test_that_a_change_failed_is_said_in_its_review() -> None:
    done = walked(record(), "approved", "implemented")
    failed = advanced(done, "reviewed", by="bob", at=NOON + timedelta(hours=9), failed=True)
    assert (done.failed, failed.failed) == (None, NOON + timedelta(hours=9))
    assert list(wrong_steps(failed)) == []
    with pytest.raises(CmdbError, match="nobody knows yet whether chg-1 failed") as raised:
        advanced(record(), "approved", by="bob", at=NOON, failed=True)
    assert raised.value.problem.hint == "that is told when a record is reviewed or closed"
    early = replace(done, history=(*done.history[:-1], replace(done.history[-1], failed=True)))
    assert [reason for _, reason in wrong_steps(early)] == [
        "nobody knows whether a change failed when it is implemented"
    ]


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(CmdbError, match="the last that happened to chg-1 is later than that") as raised:
        advanced(record(), "rejected", by="bob", at=NOON - timedelta(seconds=1))
    assert raised.value.problem.hint == "say when with --as-of, from 2026-11-01T12:00:00Z on"


@settings(max_examples=50, deadline=None)
@given(
    proposals(content=False),
    st.lists(st.tuples(st.sampled_from(STATES), st.sets(st.sampled_from(APPROVERS))), max_size=8),
)
def test_whatever_is_tried_the_rules_hold(start: FiledChange, tries: list[tuple[State, set[str]]]) -> None:
    current = start
    for number, (state, approvers) in enumerate(tries, 1):
        possible = moves(current)
        try:
            found = advanced(current, state, by="team-a", at=NOON + timedelta(days=number), on_behalf=sorted(approvers))
        except CmdbError:
            continue
        assert found != current
        assert found.state in (current.state, *possible)
        assert list(wrong_steps(found)) == [] and unapproved(found) == ()
        assert current.state not in ("closed", "rejected")
        current = found
    assert current.state != "implemented" or start.type == "emergency" or not current.lacking


@settings(max_examples=50, deadline=None)
@given(records(content=False), st.data())
def test_a_history_that_breaks_the_rules_is_found(kept: FiledChange, data: st.DataObject) -> None:
    assert list(wrong_steps(kept)) == []
    position = data.draw(st.integers(0, len(kept.history) - 1))
    other = data.draw(st.sampled_from(STATES))
    steps = list(kept.history)
    steps[position] = replace(steps[position], state=other)
    names = [step.state for step in steps]
    legal = names[0] == "proposed" and all(after in moves(kept, before) for before, after in pairwise(names))
    broken = replace(kept, history=tuple(steps))
    assert bool(list(wrong_steps(broken))) is not (legal and names[-1] == kept.state)


@pytest.mark.parametrize("kind", CHANGE_TYPES)
def test_every_state_leads_to_an_end(kind: ChangeType) -> None:
    def ends(state: State) -> set[State]:
        following = moves(record(kind), state)
        return {state} if not following else set().union(*map(ends, following))

    assert ends("proposed") == {"closed", "rejected"}
