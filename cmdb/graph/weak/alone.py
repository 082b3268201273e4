"""What takes a CI down alone: for many CIs at once, every one of their single points of failure.

The set of a CI is its own failure and whatever is in the set of one of its inputs; a group's is whatever is in the sets
of as many members as are fatal to it. In a circle the least sets that fit are found by going round until nothing
changes. Since each failure is judged by itself, that is exact, with groups and circles too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    uses = _Uses(gates, roots)
    for component in components(gates.inputs):
        _settle(gates, component, known)
        for done in uses.last(component):
            known.pop(done, None)
    return known


def before_and_after(gates: Gates, down: Collection[int], roots: Collection[int]) -> tuple[Alone, Alone]:
    """The sets of the roots as long as nothing has failed, and once others are `down`. What these have no part in is
    looked at once."""
    later, uses = gates.without(down), _Uses(gates, roots)
    before: Alone = {}
    after: Alone = {}
    changed = set(down)
    for component in components(gates.inputs):
        _settle(gates, component, before)
        rows = [gates.inputs[node] for node in component]
        if not all(map(changed.isdisjoint, rows)):
            changed.update(component)
            after.update((each, before[each]) for each in chain.from_iterable(rows) if each not in changed)
            _settle(later, [node for node in component if node not in down], after)
        for done in uses.last(component):
            before.pop(done, None)
            after.pop(done, None)
    return before, {node: after.get(node, found) for node, found in before.items()}


class _Uses:
    """How often a set is still needed."""

    def __init__(self, gates: Gates, roots: Collection[int]) -> None:
        self._inputs = gates.inputs
        self._roots = roots
        self._left = Counter(chain.from_iterable(gates.inputs.values()))

    def last(self, component: list[int]) -> Iterator[int]:
        """What nobody needs any more now that the sets of a component are known, but for the roots."""
        left = self._left
        for node in component:
            for used in self._inputs[node]:
                left[used] -= 1
                if not left[used] and used not in self._roots:
                    yield used


def _settle(gates: Gates, component: list[int], known: Alone) -> None:
    """The sets of nodes that all need each other, after those of everything else that they need."""
    if len(component) == 1:
        known[component[0]] = _set_of(gates, component[0], known)
        return
    changed = True
    while changed:
        changed = False
        for node in component:
            found = _set_of(gates, node, known)
            if len(found) != len(known.get(node, ())):
                changed = True
            known[node] = found


def _set_of(gates: Gates, node: int, known: Mapping[int, BitMap]) -> BitMap:
    sets = [found for each in gates.inputs[node] if (found := known.get(each)) is not None]
    if node < gates.cis:
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
