"""Three-way merge of sequences, as diff3 does it: what only one side changed is taken from there."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

H = TypeVar("H", bound=Hashable)
COSTLY = 200_000
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
    found: list[tuple[int, int, int]] = []
    for i, j, length in _stretches(before, after, 0, 0):
        if found and (i, j) == (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]):
            i, j, known = found.pop()
            length += known
        found.append((i, j, length))
    return found


def _stretches(old: Sequence[H], new: Sequence[H], i: int, j: int) -> Iterator[tuple[int, int, int]]:
    """The same in pieces, by way of what is there just once on both sides: so a list of a thousand alike items costs
    no more than its length."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    if head:
        yield i, j, head
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    anchors = _anchors(left, right)
    if anchors:
        one = other = 0
        for a, b in (*anchors, (len(left), len(right))):
            yield from _stretches(left[one:a], right[other:b], i + head + one, j + head + other)
            if a < len(left):
                yield i + head + a, j + head + b, 1
            one, other = a + 1, b + 1
    elif left and right and _cost(left, right) <= COSTLY:
        blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        yield from ((i + head + a, j + head + b, length) for a, b, length in blocks if length)
    if tail:
        yield i + len(old) - tail, j + len(new) - tail, tail


def _anchors(old: Sequence[H], new: Sequence[H]) -> list[tuple[int, int]]:
    """The longest run, in the order of both sides, of what is there once on each (patience sorting)."""
    places = {item: at for at, item in enumerate(new)}
    counts, others = Counter(old), Counter(new)
    piles: list[int] = []
    tops: list[int] = []
    above: dict[int, int | None] = {}
    where: dict[int, int] = {}
    for at, item in enumerate(old):
        if counts[item] != 1 or others.get(item) != 1:
            continue
        place = places[item]
        pile = bisect_left(piles, place)
        piles[pile : pile + 1] = [place]
        tops[pile : pile + 1] = [at]
        above[at], where[at] = (tops[pile - 1] if pile else None), place
    found: list[tuple[int, int]] = []
    top = tops[-1] if tops else None
    while top is not None:
        found.append((top, where[top]))
        top = above[top]
    return found[::-1]


def _alike(before: Sequence[H], after: Sequence[H]) -> int:
    """How many items at the beginning are the same."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))


def _cost(before: Sequence[H], after: Sequence[H]) -> int:
    counted = Counter(after)
    return sum(counted[item] for item in before)
