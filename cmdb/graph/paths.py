"""How one CI depends on another: the shortest chain of relations, all of the shortest, or as many as there are that
have nothing in common."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from cmdb.graph.impact import graph_of
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.reliance import Choice, choices_between, harmful, named, relied_on
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status

Which = Literal["shortest", "all", "disjoint"]
LIMIT = 100
"""Paths that are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: `source` relies on `target` by a relation, through redundancy groups where `groups` names any, the
    outer before the inner."""

    source: str
    relation: str
    target: str
    groups: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of steps; `ceiling` is the worst that a failure at its end can do to its start along it."""

    steps: tuple[Hop, ...]
    ceiling: Status


@dataclass(frozen=True, slots=True)
class Way:
    """How `source` depends on `target`. `length` is the number of steps of the shortest path; `count` how many paths of
    the sort that was asked for there are, of which `paths` are the first. `shared` are the CIs between the two that
    every path passes, of whatever length, in their order."""

    source: str
    target: str
    length: int
    count: int
    paths: tuple[Path, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """A CI at the end of a path, or on it."""

    id: str
    kind: str
    name: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Paths:
    """The answer. `ways` has the dependency of `source` on `target`, and the one the other way round, as far as there
    are any: two in a circle. `cis` are both ends and all that lies on the paths, by id. `notes` say what is odd about
    the question."""

    source: End
    target: End
    which: Which
    ways: tuple[Way, ...]
    cis: tuple[End, ...]
    notes: tuple[str, ...]


def paths(
    graph: Topology | Inventory,
    source: str,
    target: str,
    which: Which = "shortest",
    *,
    relations: Iterable[str] = (),
    include: Iterable[str] = (),
    limit: int = LIMIT,
) -> Paths:
    """The paths between two CIs, in both directions, among CIs that serve and by relations that let harm through; where
    `relations` are named, by just these.

    Paths are different when they pass different CIs; of several relations between two CIs the first by name is told.
    `all` are all of the shortest. `disjoint` are as many as there are that share no CI but their ends (Menger 1927).
    Raises `CmdbError` for a CI or relation type that does not exist, or where both ends are one CI.
    """
    topology = graph_of(graph, include)
    ends = resolve(topology, source), resolve(topology, target)
    if ends[0] == ends[1]:
        raise CmdbError(f"both ends of the path are '{topology.ids[ends[0]]}'", hint="name two CIs")
    wanted = tuple(relations)
    search = _Search(topology, named(topology, wanted) if wanted else harmful(topology))
    found = (search.way(*pair, which, limit) for pair in (ends, ends[::-1]))
    ways = tuple(way for way in found if way is not None)
    passed = {step.target for way in ways for path in way.paths for step in path.steps}
    nodes = {topology.number(name) for name in passed} | set(ends)
    notes = [
        note
        for word, node in zip((source, target), ends, strict=True)
        for note in (*alias_note(topology, word, node), *lifecycle_note(topology, node, "no path counts it"))
    ]
    return Paths(
        source=End(*topology.who(ends[0])),
        target=End(*topology.who(ends[1])),
        which=which,
        ways=ways,
        cis=tuple(End(*topology.who(node)) for node in sorted(node for node in nodes if node is not None)),
        notes=tuple(notes),
    )


_Steps = Mapping[int, Sequence[int]]
"""For each CI, the CIs one step further, by relation and id."""


class _Search:
    def __init__(self, topology: Topology, counts: Sequence[bool]) -> None:
        self._topology = topology
        self._counts = counts

    def way(self, source: int, target: int, which: Which, limit: int) -> Way | None:
        """How one CI depends on another; None where it does not."""
        if not self._topology.serving[source] or not self._topology.serving[target]:
            return None
        steps = _leading_to(self._reached(source), target)
        if source not in steps:
            return None
        shortest = _shortest(steps, source, target)
        if which == "disjoint":
            found = self._disjoint(steps, source, target)
            count = len(found)
        else:
            count = _count(shortest, source, target)
            found = list(islice(_walks(shortest, source, target), limit if which == "all" else 1))
        first = next(_walks(shortest, source, target))
        ids = self._topology.ids
        return Way(
            source=ids[source],
            target=ids[target],
            length=len(first) - 1,
            count=count,
            paths=tuple(self._path(nodes) for nodes in found[:limit]),
            shared=tuple(ids[node] for node in _shared(steps, first)),
        )

    def _reached(self, source: int) -> dict[int, list[int]]:
        """The steps of everything that a CI relies on."""
        found: dict[int, list[int]] = {}
        waiting = [source]
        while waiting:
            node = waiting.pop()
            if node not in found:
                entries = sorted(set(relied_on(self._topology, node, self._counts)))
                found[node] = list(dict.fromkeys(other for _, other in entries if other != node))
                waiting += found[node]
        return found

    def _disjoint(self, steps: _Steps, source: int, target: int) -> list[tuple[int, ...]]:
        import networkx

        graph: networkx.DiGraph[int] = networkx.DiGraph()
        graph.add_edges_from((node, other) for node in sorted(steps) for other in sorted(steps[node]))
        found = [tuple(nodes) for nodes in networkx.node_disjoint_paths(graph, source, target)]
        shortened = [_shortened(steps, nodes) for nodes in found]
        return sorted(shortened, key=lambda nodes: (len(nodes), [self._entry(*pair) for pair in pairwise(nodes)]))

    def _path(self, nodes: Sequence[int]) -> Path:
        hops: list[Hop] = []
        ceilings: list[Status] = []
        topology = self._topology
        for source, target in pairwise(nodes):
            relation, _ = self._entry(source, target)
            groups = choices_between(topology, source, relation, target)
            hops.append(Hop(topology.ids[source], topology.relations[relation], topology.ids[target], groups))
            ceilings.append(topology.ceilings[relation])
        return Path(tuple(hops), min(ceilings))

    def _entry(self, source: int, target: int) -> tuple[int, int]:
        """The first (relation, target) between two CIs."""
        return min(entry for entry in relied_on(self._topology, source, self._counts) if entry[1] == target)


def _leading_to(steps: _Steps, target: int) -> dict[int, list[int]]:
    """The steps among the CIs from which there is a way to the target, without those that leave it."""
    sources: dict[int, list[int]] = {}
    for node, below in steps.items():
        for other in below:
            sources.setdefault(other, []).append(node)
    found, waiting = {target}, [target]
    while waiting:
        for node in sources.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    kept = {node: [other for other in steps[node] if other in found] for node in found if node in steps}
    return {**kept, target: []} if target in kept else {}


def _shortest(steps: _Steps, source: int, target: int) -> dict[int, list[int]]:
    """The steps that lie on a shortest path, by CI."""
    distance = {target: 0}
    sources: dict[int, list[int]] = {}
    for node, below in steps.items():
        for other in below:
            sources.setdefault(other, []).append(node)
    queue = deque([target])
    while queue and source not in distance:
        node = queue.popleft()
        for before in sources.get(node, ()):
            if before not in distance:
                distance[before] = distance[node] + 1
                queue.append(before)
    return {node: [other for other in steps[node] if distance.get(other) == far - 1] for node, far in distance.items()}


def _walks(steps: _Steps, source: int, target: int) -> Iterator[tuple[int, ...]]:
    """Every path, by the order of the steps from the source on; the steps have no circle."""
    waiting: list[tuple[int, ...]] = [(source,)]
    while waiting:
        nodes = waiting.pop()
        if nodes[-1] == target:
            yield nodes
        else:
            waiting.extend((*nodes, other) for other in reversed(steps[nodes[-1]]))


def _count(steps: _Steps, source: int, target: int) -> int:
    """How many paths there are, level by level."""
    level = {source: 1}
    while target not in level:
        below: dict[int, int] = {}
        for node, count in level.items():
            for other in steps[node]:
                below[other] = below.get(other, 0) + count
        level = below
    return level[target]


def _shared(steps: _Steps, path: Sequence[int]) -> list[int]:
    """The CIs strictly between the ends of a path that no other path goes around: walk from each of its CIs as far
    along it as one gets without it; where nobody gets further than a CI, all ways pass it."""
    place = {node: number for number, node in enumerate(path)}
    found: list[int] = []
    seen: set[int] = set()
    far = 0
    for number, node in enumerate(path[:-1]):
        if number and number == far:
            found.append(node)
        waiting = [node]
        while waiting:
            for other in steps[waiting.pop()]:
                if other in place:
                    far = max(far, place[other])
                elif other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return found


def _shortened(steps: _Steps, path: tuple[int, ...]) -> tuple[int, ...]:
    """The path without the detours that its own CIs save; a direct step from end to end is a path of its own."""
    if len(path) == 2:
        return path
    inner = {node: [other for other in steps[node] if other in path] for node in path}
    inner[path[0]] = [other for other in inner[path[0]] if other != path[-1]]
    return next(_walks(_shortest(inner, path[0], path[-1]), path[0], path[-1]))
