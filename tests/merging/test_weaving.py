"""Merging sequences, and where two differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.merging.weaving import hunks, weave

letters = st.text("abcd", max_size=8)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "woven"),
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "axbc", "abcy", "axbcy"),
        ("abc", "xbc", "aby", "xby"),
        ("abc", "ac", "abc", "ac"),
        ("abc", "ac", "ac", "ac"),
        ("abc", "axc", "axc", "axc"),
        ("abc", "axc", "ayc", None),
        ("abc", "ac", "axc", None),
        ("", "ab", "ab", "ab"),
        ("", "a", "b", None),
        ("abcdef", "bcdefa", "abcdxf", "bcdxfa"),
    ],
)
def test_weaving(base: str, ours: str, theirs: str, woven: str | None) -> None:
    found = weave(base, ours, theirs)
    assert (None if found is None else "".join(found)) == woven


@given(letters, letters)
def test_one_side_alone_is_taken(base: str, other: str) -> None:
    for found in (weave(base, base, other), weave(base, other, base), weave(base, other, other)):
        assert found is not None
        assert "".join(found) == other


@given(letters, letters, letters)
def test_both_sides_are_alike(base: str, ours: str, theirs: str) -> None:
    assert weave(base, ours, theirs) == weave(base, theirs, ours)


@given(letters, letters)
def test_outside_of_the_hunks_all_is_the_same(before: str, after: str) -> None:
    at = other = 0
    for (start, end), (first, last) in hunks(before, after):
        assert before[at:start] == after[other:first]
        assert (start, first) < (end, last)
        at, other = end, last
    assert before[at:] == after[other:]


def test_a_long_list_of_alike_items_is_not_slow() -> None:
    base = [line for number in range(5000) for line in ("- kind: server", f"  id: s-{number}", "  memory: 1")]
    ours = [line.replace("1", "2") if line.endswith("1") and at % 7 == 0 else line for at, line in enumerate(base)]
    theirs = [*base, "- id: x"]
    assert weave(base, ours, theirs) == [*ours, "- id: x"]
