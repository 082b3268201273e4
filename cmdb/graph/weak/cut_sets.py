"""Minimal cut sets: the smallest sets of CIs whose joint failure takes a CI down.

From below, every gate gets the sets that take it down: those of any input for a CI, those of enough members together
for a group (Fussell and Vesely 1972, truncated at three CIs). Circles go round until nothing changes. What takes the
asked CI down alone is in no larger set, so it is left out of the search, and so is every set that holds one found
before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cmdb.graph.components import components
from cmdb.graph.weak.family import LARGEST, NONE, Algebra, CutOff, Family, bits_of
from cmdb.graph.weak.gates import Gates

LIMIT = 1_000_000
"""Sets that the search for one CI looks at before it gives up; about a second."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Minimal cut sets as nodes, by size, then by node. There is no other of up to `complete_to_size` CIs; larger ones
    are not among them where the search had to stop there."""

    sets: tuple[tuple[int, ...], ...]
    complete_to_size: int


def cuts(gates: Gates, node: int, alone: Iterable[int], *, size: int = LARGEST, limit: int = LIMIT) -> Cuts:
    """The minimal cut sets of a CI, of up to `size` CIs (one to three). `alone` is what takes it down alone."""
    single = sorted(set(alone) - {node})
    number = _numbers(gates, {node, *single})
    algebra, known, complete = Algebra(limit), NONE, 1
    for larger in range(2, size + 1):
        algebra.size, algebra.known = larger, known.twos
        try:
            found = _family(gates, node, number, algebra)
        except CutOff:
            break
        known, complete = Family(0, known.twos | found.twos, found.threes), larger
    nodes = list(number)
    several = sorted((tuple(nodes[bit.bit_length() - 1] for bit in bits_of(cut)) for cut in known), key=_order)
    return Cuts((*((each,) for each in single), *several), complete)


def _order(cut: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return len(cut), cut


def _numbers(gates: Gates, banned: set[int]) -> dict[int, int]:
    """A set of its own for each CI that may be in one, ascending."""
    found = sorted(node for node in gates.inputs if gates.is_ci(node) and node not in banned)
    return {node: 1 << place for place, node in enumerate(found)}


def _family(gates: Gates, root: int, number: dict[int, int], algebra: Algebra) -> Family:
    known: dict[int, Family] = {}
    for component in components(gates.inputs):
        circle, changed = len(component) > 1, True
        while changed:
            changed = False
            for node in component:
                found = _family_of(gates, node, known, algebra)
                if own := number.get(node):
                    found = algebra.with_one(found, own) if circle else replace(found, ones=found.ones | own)
                changed |= circle and found != known.get(node, NONE)
                known[node] = found
    return known[root]


def _family_of(gates: Gates, node: int, known: dict[int, Family], algebra: Algebra) -> Family:
    families = [found for each in gates.inputs[node] if (found := known.get(each))]
    if gates.is_ci(node):
        return algebra.any_of(families)
    return algebra.some_of(families, gates.fatal[node]) if gates.fatal[node] <= len(families) else NONE
