"""Where CIs wait for each other: which of them goes first, without what, and why nothing better is left."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cmdb.graph.components import components
from cmdb.graph.cycles import Knot
from cmdb.graph.ordering.waiting import Waiting
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that is not waited for, since its target waits for the CI: `ci` starts without `target`, a CI or the
    name of a group, which leaves it `harm` until that is up too. `circle` leads from the CI through the target back to
    the CI."""

    ci: str
    relation: str
    target: str
    harm: Status
    circle: tuple[str, ...]


def circular(waiting: Waiting) -> frozenset[int]:
    """The CIs and groups that wait for each other, in a circle or in several."""
    return frozenset(node for knot in components(_targets(waiting, waiting.pending)) if len(knot) > 1 for node in knot)


def bottom(waiting: Waiting, circles: Collection[int]) -> list[Knot]:
    """The knots among circular nodes that wait for nothing but themselves, by their first node."""
    targets = _targets(waiting, sorted(node for node in circles if waiting.pending.get(node, 0) > 0))
    knots = [frozenset(knot) for knot in components({node: _among(targets, node) for node in targets})]
    closed = (knot for knot in knots if all(knot.issuperset(targets[node]) for node in knot))
    return sorted(tuple(sorted(knot)) for knot in closed)


def _targets(waiting: Waiting, nodes: Iterable[int]) -> dict[int, list[int]]:
    return {node: [target for _, target in waiting.missing(node)] for node in nodes}


def _among(targets: Mapping[int, list[int]], node: int) -> list[int]:
    return [target for target in targets[node] if target in targets]


def first(waiting: Waiting, knot: Knot, candidates: Iterable[int]) -> int:
    """The CI that starts first: it misses the fewest entries that let it go down, then the fewest others, then most in
    the knot wait for it, then its id comes first."""
    waited_for = Counter(target for node in knot for _, target in waiting.missing(node))
    return min(candidates, key=lambda node: (*_missed(waiting, node), -waited_for[node], node))


def broken(waiting: Waiting, node: int, knot: Knot) -> Iterator[Broken]:
    """The entries that a CI starts without, by relation and target."""
    topology = waiting.topology
    for relation, target in sorted(waiting.missing(node)):
        around = _way(waiting, target, node, frozenset(knot))
        yield Broken(
            ci=topology.ids[node],
            relation=topology.relations[relation],
            target=name_of(waiting, target),
            harm=waiting.contributes(relation, target),
            circle=tuple(topology.ids[each] for each in (node, *around) if each < len(topology)),
        )


def name_of(waiting: Waiting, node: int) -> str:
    """The id of a CI, the name of a group."""
    topology = waiting.topology
    return topology.ids[node] if node < len(topology) else topology.labels[node - len(topology)]


def _missed(waiting: Waiting, node: int) -> tuple[int, int]:
    harms = Counter(waiting.contributes(relation, target) for relation, target in waiting.missing(node))
    return harms[Status.DOWN], harms[Status.DEGRADED]


def _way(waiting: Waiting, start: int, end: int, among: frozenset[int]) -> list[int]:
    """A shortest way along what is waited for."""
    before: dict[int, int] = {start: start}
    queue = deque([start])
    while queue and end not in before:
        node = queue.popleft()
        for target in sorted(target for _, target in waiting.missing(node) if target in among):
            if target not in before:
                before[target] = node
                queue.append(target)
    return _walked(before, start, end)


def _walked(before: Mapping[int, int], start: int, end: int) -> list[int]:
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]
