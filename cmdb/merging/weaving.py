"""Three-way merge of sequences, as diff3 does it: what only one side changed is taken from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

H = TypeVar("H", bound=Hashable)
COSTLY = 20_000_000
"""Pairs of equal items beyond which nobody waits for a comparison."""
Span = tuple[int, int]
Hunk = tuple[Span, Span]
"""Where two sequences differ: from and to in one, from and to in the other."""


def weave(base: Sequence[H], ours: Sequence[H], theirs: Sequence[H]) -> list[H] | None:
    """The sequence with the changes of both sides; None where they touch each other."""
    woven: list[H] = []
    at = (0, 0, 0)
    for sync in _in_common(base, ours, theirs):
        start, length = sync[:3], sync[3]
        parts = [side[one:other] for side, one, other in zip((base, ours, theirs), at, start, strict=True)]
        chosen = _chosen(*parts)
        if chosen is None:
            return None
        woven += [*chosen, *base[start[0] : start[0] + length]]
        at = (start[0] + length, start[1] + length, start[2] + length)
    return woven


def hunks(before: Sequence[H], after: Sequence[H]) -> list[Hunk]:
    """Where two sequences differ, in order."""
    found: list[Hunk] = []
    one, other = 0, 0
    for i, j, length in (*_matches(before, after), (len(before), len(after), 0)):
        if i > one or j > other:
            found.append(((one, i), (other, j)))
        one, other = i + length, j + length
    return found


def _chosen(base: Sequence[H], ours: Sequence[H], theirs: Sequence[H]) -> Sequence[H] | None:
    if ours == theirs or theirs == base:
        return ours
    return theirs if ours == base else None


def _in_common(base: Sequence[H], ours: Sequence[H], theirs: Sequence[H]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that all three share, in order: where they begin in each, and how long they are; the end last."""
    left, right = _matches(base, ours), _matches(base, theirs)
    one = other = 0
    while one < len(left) and other < len(right):
        (a, in_ours, length), (b, in_theirs, span) = left[one], right[other]
        start, end = max(a, b), min(a + length, b + span)
        if start < end:
            yield start, in_ours + start - a, in_theirs + start - b, end - start
        if a + length < b + span:
            one += 1
        else:
            other += 1
    yield len(base), len(ours), len(theirs), 0


def _matches(before: Sequence[H], after: Sequence[H]) -> list[tuple[int, int, int]]:
    """The stretches that are the same: where they begin on both sides, and how long they are."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    found = [(0, 0, head)] if head else []
    if _cost(old, new) <= COSTLY:
        blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        found += [(i + head, j + head, length) for i, j, length in blocks if length]
    return [*found, (len(before) - tail, len(after) - tail, tail)] if tail else found


def _alike(before: Sequence[H], after: Sequence[H]) -> int:
    """How many items at the beginning are the same."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))


def _cost(before: Sequence[H], after: Sequence[H]) -> int:
    counted = Counter(after)
    return sum(counted[item] for item in before)
