"""Who has which value of a unique attribute, in a form that is small, can be kept, and is searched without being read.

Values stand there as numbers that are the same in every run; equal values have equal numbers, and the rare other way
round costs only time, since the check itself compares the values.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from numbers import Number

from cmdb.model.ci import CI
from cmdb.model.kind import Attribute, Schema
from cmdb.model.types import key

Held = Mapping[str, tuple[Attribute, ...]]
"""The unique attributes of each kind that has any."""


@dataclass(frozen=True, slots=True)
class Values:
    """`numbers` of values, ascending (64 bits, unsigned); beside each its holder in `holders`, as the topology numbers
    CIs. `shared` are the ids of CIs that have a number in common, each such set once, sorted."""

    numbers: Sequence[int] = ()
    holders: Sequence[int] = ()
    shared: tuple[tuple[str, ...], ...] = ()

    def of(self, number: int) -> Iterator[int]:
        """The holders of a value."""
        position = bisect_left(self.numbers, number)
        while position < len(self.numbers) and self.numbers[position] == number:
            yield self.holders[position]
            position += 1


def unique_attributes(schema: Schema) -> Held:
    """What is looked at."""
    found = {name: tuple(a for a in kind.attributes.values() if a.unique) for name, kind in schema.kinds.items()}
    return {name: attributes for name, attributes in found.items() if attributes}


def numbers(ci: CI, held: Held) -> Iterator[int]:
    """The numbers of a CI's unique values."""
    for attribute in held.get(ci.kind, ()):
        value = ci.attributes.get(attribute.name)
        if value is not None and value != "":
            packed = attribute.name.encode() + b"\0" + _packed(key(attribute, value))
            yield int.from_bytes(blake2b(packed, digest_size=8).digest(), "big")


def gathered(pairs: Iterable[tuple[int, int]], ids: Sequence[str]) -> Values:
    """The values of (number, holder) pairs."""
    ordered = sorted(pairs)
    shared: set[tuple[str, ...]] = set()
    start = 0
    for position in range(1, len(ordered) + 1):
        if position == len(ordered) or ordered[position][0] != ordered[start][0]:
            if position - start > 1:
                shared.add(tuple(ids[node] for _, node in ordered[start:position]))
            start = position
    found = array("Q", [number for number, _ in ordered]), array("I", [node for _, node in ordered])
    return Values(*found, tuple(sorted(shared)))


def _packed(part: object) -> bytes:
    """Equal for equal keys, in every run; what nothing is known of is all the same."""
    if isinstance(part, str):
        return b"s" + part.encode("utf-8", "surrogatepass")
    if isinstance(part, Number):
        return b"n%d" % hash(part)
    if isinstance(part, tuple):
        return b"(" + b"".join(_framed(item) for item in part)
    if isinstance(part, frozenset):
        return b"{" + b"".join(sorted(map(_framed, part)))
    return b"?"


def _framed(part: object) -> bytes:
    packed = _packed(part)
    return b"%d:" % len(packed) + packed
