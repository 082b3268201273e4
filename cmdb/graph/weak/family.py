"""Families of small sets, none of which holds another: what takes a gate down, in the algebra of minimal cut sets.

A set is a number with a bit for each of its CIs. No set is larger than three, so whether one holds another is a matter
of looking up its few parts, however large the family is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

LARGEST = 3
"""CIs of a set."""


class CutOff(Exception):
    """The search has taken more steps than it may."""


@dataclass(frozen=True, slots=True)
class Family:
    """Sets of one CI, all in one number, of two, and of three."""

    ones: int = 0
    twos: frozenset[int] = frozenset()
    threes: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ones or self.twos or self.threes)

    def __iter__(self) -> Iterator[int]:
        yield from bits_of(self.ones)
        yield from self.twos
        yield from self.threes


NONE = Family()


@dataclass(slots=True)
class Algebra:
    """Joins families of sets of at most `size` CIs, two or three. Sets that hold one of two CIs that is `known` are
    left out. Counts the sets it looks at, and raises `CutOff` beyond `limit` of them."""

    limit: int
    size: int = 2
    known: frozenset[int] = frozenset()
    steps: int = field(default=0, init=False)

    def any_of(self, families: Sequence[Family]) -> Family:
        """What takes one of several down."""
        if len(families) < 2:
            return families[0] if families else NONE
        ones = 0
        for family in families:
            ones |= family.ones
        twos = frozenset[int]().union(*(family.twos for family in families))
        threes = frozenset[int]().union(*(family.threes for family in families))
        self._spend(len(twos) + len(threes))
        return self._least(ones, twos, threes)

    def with_one(self, family: Family, one: int) -> Family:
        """What takes something down that can fail by itself too; in a circle it may be in the family already."""
        return self.any_of((Family(one), family))

    def some_of(self, families: Sequence[Family], fatal: int) -> Family:
        """What takes at least `fatal` of several down."""
        reached = [NONE] * (fatal + 1)
        for place, family in enumerate(families, start=1):
            missing = len(families) - place
            for count in range(min(place, fatal), max(fatal - missing, 1) - 1, -1):
                both = family if count == 1 else self._both(reached[count - 1], family)
                reached[count] = self.any_of([reached[count], both]) if reached[count] else both
        return reached[fatal]

    def _both(self, first: Family, second: Family) -> Family:
        """What takes both down: a set of one and a set of the other."""
        ones = first.ones & second.ones
        twos = {one | other for one in bits_of(first.ones & ~ones) for other in bits_of(second.ones & ~ones)}
        twos.update(cut for cut in first.twos if cut & second.ones or cut in second.twos)
        twos.update(cut for cut in second.twos if cut & first.ones)
        self._spend(len(twos) + len(first.twos) + len(second.twos))
        threes = self._threes(first, second) if self.size == LARGEST else ()
        return self._least(ones, twos, threes)

    def _threes(self, first: Family, second: Family) -> Iterator[int]:
        self._spend(len(first.threes) + len(second.threes))
        yield from (
            cut for cut in first.threes if cut & second.ones or cut in second.threes or _holds(cut, second.twos)
        )
        yield from (cut for cut in second.threes if cut & first.ones or _holds(cut, first.twos))
        for one, other in ((first, second), (second, first)):
            singles = bits_of(one.ones & ~other.ones)
            self._spend(len(singles) * len(other.twos))
            yield from (single | cut for cut in other.twos if not cut & one.ones for single in singles)
        yield from self._overlapping(first.twos, second.twos)

    def _overlapping(self, twos: Iterable[int], others: Iterable[int]) -> Iterator[int]:
        """The unions of two that have a CI in common."""
        having: dict[int, list[int]] = {}
        for other in others:
            for bit in bits_of(other):
                having.setdefault(bit, []).append(other)
        for two in twos:
            for bit in bits_of(two):
                found = having.get(bit, ())
                self._spend(len(found))
                yield from (two | other for other in found if two != other)

    def _least(self, ones: int, twos: Iterable[int], threes: Iterable[int]) -> Family:
        """Those that hold no other and none of those that are known."""
        known = self.known
        least = frozenset(cut for cut in twos if not cut & ones and cut not in known)
        smaller = least | known if known else least
        return Family(ones, least, frozenset(cut for cut in threes if not cut & ones and not _holds(cut, smaller)))

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self.limit:
            raise CutOff


def bits_of(cut: int) -> list[int]:
    """The sets of one that a set consists of, ascending."""
    found: list[int] = []
    while cut:
        bit = cut & -cut
        found.append(bit)
        cut ^= bit
    return found


def _holds(three: int, twos: frozenset[int]) -> bool:
    """Whether a set of three has all of one of these sets of two."""
    if not twos:
        return False
    low = three & -three
    rest = three ^ low
    if rest in twos:
        return True
    middle = rest & -rest
    return low | middle in twos or three ^ middle in twos
