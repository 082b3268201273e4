"""Circles of dependencies: each knot of CIs that need each other once, shown by a shortest circle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from cmdb.graph.components import components
from cmdb.graph.topology import Topology
from cmdb.model.status import Status

Knot = tuple[int, ...]
"""CIs that all reach each other, ascending."""
_Targets = Mapping[int, list[int]]


def knots(topology: Topology, relations: frozenset[int], roots: Iterable[int]) -> list[Knot]:
    """The knots among all that the roots reach by plain entries of these relation types; ascending."""
    targets = _pruned(_targets(topology, relations, roots))
    return sorted(tuple(sorted(knot)) for knot in components(targets) if len(knot) > 1)


def reached(topology: Topology, relations: frozenset[int], roots: Iterable[int]) -> frozenset[int]:
    """The roots and all that they reach by plain entries of these relation types."""
    return frozenset(_targets(topology, relations, roots))


def hard(topology: Topology) -> frozenset[int]:
    """The relation types whose circles count: a failing target brings its source down. Networks are full of rings that
    harm nobody, so `connects_to` is left out."""
    down = enumerate(zip(topology.relations, topology.ceilings, strict=True))
    return frozenset(number for number, (name, most) in down if most is Status.DOWN and name != "connects_to")


def circle(topology: Topology, relations: frozenset[int], knot: Knot) -> Knot:
    """A shortest circle through the first CI of a knot; of several the one whose CIs come first."""
    start, among = knot[0], frozenset(knot)
    before: dict[int, int] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for target in sorted(among & set(_plain(topology, relations, node))):
            if target == start:
                return _path(before, start, node)
            if target not in before:
                before[target] = node
                queue.append(target)
    return (start,)


def _path(before: Mapping[int, int], start: int, end: int) -> Knot:
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def _plain(topology: Topology, relations: frozenset[int], node: int) -> list[int]:
    rows, cis = topology.out, len(topology)
    start, end = rows.start[node], rows.start[node + 1]
    pairs = zip(rows.node[start:end], rows.relation[start:end], strict=True)
    return [target for target, kind in pairs if kind in relations and target < cis and target != node]


def _targets(topology: Topology, relations: frozenset[int], roots: Iterable[int]) -> dict[int, list[int]]:
    """The targets of everything that the roots reach."""
    found: dict[int, list[int]] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = _plain(topology, relations, node)
            waiting += found[node]
    return found


def _pruned(targets: dict[int, list[int]]) -> dict[int, list[int]]:
    """Without what leads nowhere: most of a sound inventory."""
    sources: dict[int, list[int]] = {}
    for node, below in targets.items():
        for target in below:
            sources.setdefault(target, []).append(node)
    open_ends = {node: len(below) for node, below in targets.items()}
    done = [node for node, count in open_ends.items() if not count]
    while done:
        for source in sources.get(done.pop(), ()):
            open_ends[source] -= 1
            if not open_ends[source]:
                done.append(source)
    return {
        node: [target for target in targets[node] if open_ends[target]] for node, count in open_ends.items() if count
    }
