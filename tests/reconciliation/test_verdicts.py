"""What several verdicts come to: a certain one first, and of doubts the gravest."""

from __future__ import annotations

import pytest

from cmdb.reconciliation.operators.verdicts import HIDDEN, Doubt, Verdict, every, negated, only_one, some

UNSEEN, UNTRACKED = Doubt("unseen", "x"), Doubt("untracked")


@pytest.mark.parametrize(
    ("verdicts", "all_of_them", "one_at_least", "just_one"),
    [
        ([], True, False, False),
        ([True], True, True, True),
        ([False], False, False, False),
        ([True, True], True, True, False),
        ([True, False], False, True, True),
        ([UNSEEN], UNSEEN, UNSEEN, UNSEEN),
        ([UNSEEN, False], False, UNSEEN, UNSEEN),
        ([UNSEEN, True], UNSEEN, True, UNSEEN),
        ([UNSEEN, True, True], UNSEEN, True, False),
        ([HIDDEN, UNSEEN, UNTRACKED], UNSEEN, UNSEEN, UNSEEN),
        ([UNTRACKED, HIDDEN], UNTRACKED, UNTRACKED, UNTRACKED),
    ],
)
def test_together(verdicts: list[Verdict], all_of_them: Verdict, one_at_least: Verdict, just_one: Verdict) -> None:
    for found in (verdicts, verdicts[::-1]):
        assert every(found) == all_of_them
        assert some(found) == one_at_least
        assert only_one(found) == just_one


def test_the_opposite() -> None:
    assert [negated(verdict) for verdict in (True, False, UNSEEN)] == [False, True, UNSEEN]
