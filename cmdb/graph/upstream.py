"""What a CI relies on, the other way round from impact: everything whose failure could reach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.graph.impact import graph_of
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.reliance import Choice, choices_between, harmful, relied_on
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.proof import Step


@dataclass(frozen=True, slots=True)
class Dependency:
    """A CI that others rely on, at least `distance` steps away. `needed` says that some way to it passes no redundancy
    group that could do without it."""

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
        """The shortest chain from an asked CI to this one; of several the first by relation, then target. Where it is
        needed, the shortest of those that show that, which may be longer than `distance`."""
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


@dataclass(slots=True)
class _Tree:
    """What was found, with the steps to it and the one before: a CI and a relation type."""

    distance: dict[int, int]
    previous: dict[int, tuple[int, int]] = field(default_factory=dict)


class _Search:
    """Breadth first from the CIs asked about, all entries of a CI in the order of relation and target: once to all that
    there is, once to what is needed."""

    def __init__(self, topology: Topology, asked: list[int]) -> None:
        self._topology = topology
        self._counts = harmful(topology)
        self._asked = frozenset(asked)
        self._all = self._walk(asked, choices=True)
        self._needed = self._walk(asked, choices=False)

    def dependencies(self) -> Iterator[Dependency]:
        """What was found, by distance and id."""
        found = self._all.distance
        for distance, node in sorted((distance, node) for node, distance in found.items() if distance):
            yield Dependency(*self._topology.who(node), distance, node in self._needed.distance, node, self)

    def ways(self, node: int) -> Iterator[_Way]:
        """The chain from an asked CI to a node, without a choice where there is such a chain."""
        choices = node not in self._needed.distance
        previous = (self._all if choices else self._needed).previous
        backwards: list[tuple[int, int, int]] = []
        while node not in self._asked:
            source, relation = previous[node]
            backwards.append((source, relation, node))
            node = source
        return (self._way(*link, choices=choices) for link in reversed(backwards))

    def _walk(self, asked: list[int], *, choices: bool) -> _Tree:
        tree = _Tree(dict.fromkeys(asked, 0))
        frontier = asked
        while frontier:
            beyond: list[int] = []
            for node in frontier:
                for relation, target in sorted(relied_on(self._topology, node, self._counts, choices=choices)):
                    if target not in tree.distance:
                        tree.distance[target] = tree.distance[node] + 1
                        tree.previous[target] = (node, relation)
                        beyond.append(target)
            frontier = beyond
        return tree

    def _way(self, source: int, relation: int, target: int, *, choices: bool) -> _Way:
        topology = self._topology
        step = Step(topology.ids[source], topology.relations[relation], topology.ids[target])
        return _Way(step, choices_between(topology, source, relation, target, choices=choices))


def _notes(topology: Topology, reference: str) -> tuple[str, ...]:
    node = resolve(topology, reference)
    return (
        *alias_note(topology, reference, node),
        *lifecycle_note(topology, node, "nothing harms it; this is what it would rely on"),
    )
