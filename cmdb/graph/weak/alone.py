"""What takes a CI down alone: for many CIs at once, every one of their single points of failure.

The set of a CI is its own failure and whatever is in the set of one of its inputs; a group's is whatever is in the sets
of as many members as are fatal to it. In a circle the least sets that fit are found by going round until nothing
changes. Since each failure is judged by itself, that is exact, with groups and circles too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from pyroaring import BitMap

from cmdb.graph.components import components
from cmdb.graph.weak.gates import Gates

Alone = dict[int, BitMap]
"""Node -> the CIs whose failure alone takes it down; a CI is in its own set."""


def alone(gates: Gates) -> Alone:
    """The sets of all nodes."""
    known: Alone = {}
    for component in components(gates.inputs):
        _settle(gates, component, known)
    return known


def alone_of(gates: Gates, roots: Collection[int]) -> Alone:
    """The sets of the roots of the gates only; those of others are dropped as soon as nobody needs them."""
    known: Alone = {}
    uses = Counter(chain.from_iterable(gates.inputs.values()))
    for component in components(gates.inputs):
        _settle(gates, component, known)
        for used in chain.from_iterable(gates.inputs[node] for node in component):
            uses[used] -= 1
            if not uses[used] and used not in roots:
                known.pop(used, None)
    return known


def _settle(gates: Gates, component: list[int], known: Alone) -> None:
    """The sets of nodes that all need each other, after those of everything else that they need."""
    changed = True
    while changed:
        changed = False
        for node in component:
            found = _set_of(gates, node, known)
            if len(found) != len(known.get(node, ())):
                changed = len(component) > 1
            known[node] = found


def _set_of(gates: Gates, node: int, known: Mapping[int, BitMap]) -> BitMap:
    sets = [found for each in gates.inputs[node] if (found := known.get(each)) is not None]
    if gates.is_ci(node):
        own = BitMap.union(*sets) if sets else BitMap()
        own.add(node)
        return own
    return _in_some(sets, gates.fatal[node])


def _in_some(sets: Sequence[BitMap], fatal: int) -> BitMap:
    """What is in at least `fatal` of the sets."""
    if fatal > len(sets):
        return BitMap()
    if fatal == 1:
        return BitMap.union(*sets)
    if fatal == len(sets):
        return BitMap.intersection(*sets)
    reached = [BitMap() for _ in range(fatal + 1)]
    for found in sets:
        for times in range(fatal, 1, -1):
            reached[times] |= reached[times - 1] & found
        reached[1] |= found
    return reached[fatal]
