"""What a CI relies on, the other way round from impact: everything whose failure could reach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.graph.impact import graph_of
from cmdb.graph.propagate import members_left
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.topology import Topology
from cmdb.graph.witness import Step
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Choice:
    """A redundancy group on the way to a dependency: `at_least` of `of` members that serve are needed."""

    source: str
    relation: str
    name: str
    at_least: int
    of: int


@dataclass(frozen=True, slots=True)
class Dependency:
    """A CI that others rely on, `distance` steps away. `needed` says that some way to it passes no redundancy group
    that could do without it."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    distance: int
    needed: bool
    _node: int = field(repr=False, compare=False)
    _search: _Search = field(repr=False, compare=False)

    @property
    def via(self) -> tuple[Step, ...]:
        """The shortest chain from an asked CI to this one; of several the first by relation, then target."""
        return tuple(way.step for way in self._search.ways(self._node))

    @property
    def groups(self) -> tuple[Choice, ...]:
        """The redundancy groups on that chain, from the asked CI on, the outer before the inner."""
        return tuple(choice for way in self._search.ways(self._node) for choice in way.choices)


@dataclass(frozen=True, slots=True)
class Asked:
    """A CI that was asked about."""

    id: str
    kind: str
    name: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Upstream:
    """The answer: `dependencies` by distance and id; the CIs asked about are not among them."""

    asked: tuple[Asked, ...]
    dependencies: tuple[Dependency, ...]
    notes: tuple[str, ...]


def upstream(graph: Topology | Inventory, ids: Iterable[str], *, include: Iterable[str] = ()) -> Upstream:
    """Everything that the CIs rely on by relations that let harm through; a single text is one id. What does not serve
    is left out unless `include` names its lifecycle. Raises `CmdbError` for a CI that does not exist."""
    topology = graph_of(graph, include)
    words = sorted({ids} if isinstance(ids, str) else set(ids))
    nodes = sorted({resolve(topology, word) for word in words})
    search = _Search(topology, nodes)
    return Upstream(
        asked=tuple(Asked(*topology.who(node)) for node in nodes),
        dependencies=tuple(search.dependencies()),
        notes=tuple(dict.fromkeys(note for word in words for note in _notes(topology, word))),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """A step from a CI to what it relies on, and the groups it passes."""

    step: Step
    choices: tuple[Choice, ...]


class _Search:
    """Breadth first from the CIs asked about, all entries of a CI in the order of relation and target."""

    def __init__(self, topology: Topology, asked: list[int]) -> None:
        self._topology = topology
        self._asked = frozenset(asked)
        self._previous: dict[int, tuple[int, int]] = {}
        self._distance = dict.fromkeys(asked, 0)
        self._walk(asked)
        self._needed = self._reach_without_choice(asked)

    def dependencies(self) -> Iterator[Dependency]:
        """What was found, by distance and id."""
        for distance, node in sorted((distance, node) for node, distance in self._distance.items() if distance):
            yield Dependency(*self._topology.who(node), distance, node in self._needed, node, self)

    def ways(self, node: int) -> Iterator[_Way]:
        """The chain from an asked CI to a node."""
        backwards: list[tuple[int, int, int]] = []
        while node not in self._asked:
            source, relation = self._previous[node]
            backwards.append((source, relation, node))
            node = source
        return (self._way(*link) for link in reversed(backwards))

    def _walk(self, asked: list[int]) -> None:
        frontier = asked
        while frontier:
            beyond: list[int] = []
            for node in frontier:
                for relation, target in sorted(_entries(self._topology, node)):
                    if target not in self._distance:
                        self._distance[target] = self._distance[node] + 1
                        self._previous[target] = (node, relation)
                        beyond.append(target)
            frontier = beyond

    def _reach_without_choice(self, asked: list[int]) -> set[int]:
        found, waiting = set(asked), list(asked)
        while waiting:
            for _, target in _entries(self._topology, waiting.pop(), choices=False):
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def _way(self, source: int, relation: int, target: int) -> _Way:
        topology = self._topology
        step = Step(topology.ids[source], topology.relations[relation], topology.ids[target])
        return _Way(step, tuple(_choice(topology, group) for group in _passed(topology, source, relation, target)))


def _entries(topology: Topology, node: int, *, choices: bool = True) -> Iterator[tuple[int, int]]:
    """The (relation, CI) that a CI relies on and that serve, groups flattened; without `choices` only what no group can
    do without."""
    out = topology.out
    for edge in out.of(node):
        if topology.ceilings[out.relation[edge]] > Status.UP:
            waiting = [out.node[edge]]
            while waiting:
                target = waiting.pop()
                if target < len(topology):
                    if topology.serving[target]:
                        yield out.relation[edge], target
                elif choices or _all_needed(topology, target):
                    waiting.extend(members_left(topology, target))


def _all_needed(topology: Topology, group: int) -> bool:
    return topology.at_least[group - len(topology)] >= len(members_left(topology, group))


def _passed(topology: Topology, source: int, relation: int, target: int) -> tuple[int, ...]:
    """The groups between a CI and its target, the outer first; none where it is a plain entry too."""
    out = topology.out
    waiting: list[tuple[tuple[int, ...], int]] = [
        ((), out.node[edge]) for edge in out.of(source) if out.relation[edge] == relation
    ]
    found: list[tuple[int, ...]] = []
    while waiting:
        groups, node = waiting.pop()
        if node == target:
            found.append(groups)
        elif node >= len(topology):
            waiting.extend(((*groups, node), out.node[edge]) for edge in out.of(node))
    return min(found, key=lambda groups: (len(groups), groups))


def _choice(topology: Topology, group: int) -> Choice:
    number = group - len(topology)
    return Choice(
        source=topology.ids[topology.holder(group)],
        relation=topology.relations[topology.back.relation[topology.back.start[group]]],
        name=topology.labels[number],
        at_least=topology.at_least[number],
        of=len(members_left(topology, group)),
    )


def _notes(topology: Topology, reference: str) -> tuple[str, ...]:
    node = resolve(topology, reference)
    return (
        *alias_note(topology, reference, node),
        *lifecycle_note(topology, node, "nothing harms it; this is what it would rely on"),
    )
