"""What breaks if something fails: the status of every CI that a failure reaches, with a reason for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.graph.propagate import settle
from cmdb.graph.redundancy import GroupState, hurt_groups
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.topology import Topology, build
from cmdb.graph.witness import Step, Witnesses
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status

Seeds = Mapping[str, Status] | Iterable[str]
"""What fails, and how badly; ids alone are down."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A CI that was said to fail. `seed` is what was said; `status` may be worse, where another failure reaches it."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    status: Status
    seed: Status


@dataclass(frozen=True, slots=True)
class Affected:
    """A CI and how the failures leave it; `distance` is the number of steps to the failure that explains the status."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    status: Status
    distance: int
    _node: int = field(repr=False, compare=False)
    _spread: Spread = field(repr=False, compare=False)

    @property
    def via(self) -> tuple[Step, ...]:
        """The chain from this CI to a failed one; empty where the CI is a failed one or not affected."""
        return tuple(self.steps())

    def steps(self) -> Iterator[Step]:
        """The chain step by step, for those who do not want all of a long one."""
        return self._spread.witnesses.chain(self._node) if self.distance else iter(())

    @property
    def groups(self) -> tuple[GroupState, ...]:
        """The CI's redundancy groups with a member that is not up, nested ones too; by relation and name."""
        return hurt_groups(self._spread.topology, self._spread.status, self._node)


@dataclass(frozen=True, slots=True)
class Owner:
    """How many affected CIs someone answers for; owner None for those of nobody."""

    owner: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer, and by id a mapping to how each CI is left: `impact["payments"].status`, up where nothing reaches it.

    `failed` is sorted by id; `affected` has everything else that is not up, the worst first, then by distance and id;
    `services` are those of kind service and below. `owners` of the affected are sorted by name, nobody last. `notes`
    say what is odd about the question.
    """

    failed: tuple[Failed, ...]
    affected: tuple[Affected, ...]
    services: tuple[Affected, ...]
    owners: tuple[Owner, ...]
    notes: tuple[str, ...]
    _spread: Spread = field(repr=False, compare=False)

    def __getitem__(self, reference: str) -> Affected:
        node = self._spread.topology.number(reference)
        if node is None:
            raise KeyError(reference)
        return self._spread.affected(node)

    def __contains__(self, reference: object) -> bool:
        return isinstance(reference, str) and self._spread.topology.number(reference) in self._spread.status

    def __iter__(self) -> Iterator[str]:
        """The ids of all CIs that are not up, sorted."""
        ids = self._spread.topology.ids
        return (ids[node] for node in sorted(self._spread.status) if node < len(ids))


class Spread:
    """A settled failure: every status, and the reasons behind it on demand."""

    def __init__(self, topology: Topology, seeds: Mapping[int, Status]) -> None:
        self.topology = topology
        self.seeds = seeds
        self.status = settle(topology, seeds)
        self.witnesses = Witnesses(topology, self.status, seeds)

    def reached(self) -> list[int]:
        """The CIs that are not up and were not said to fail: the worst first, then by distance and id."""
        count, seeds, distance = len(self.topology), self.seeds, self.witnesses.distance
        found = [node for node in self.status if node < count and node not in seeds]
        return [node for *_, node in sorted((-self.status[node], distance(node), node) for node in found)]

    def affected(self, node: int) -> Affected:
        """How a CI is left."""
        status = self.status.get(node, Status.UP)
        reached = status > Status.UP and node not in self.seeds
        distance = self.witnesses.distance(node) if reached else 0
        return Affected(*self.topology.who(node), status, distance, node, self)

    def failed(self, node: int) -> Failed:
        """How a CI that was said to fail is left."""
        seed = self.seeds[node]
        return Failed(*self.topology.who(node), self.status.get(node, seed), seed)


def impact(graph: Topology | Inventory, seeds: Seeds, *, include: Iterable[str] = ()) -> Impact:
    """How the failure of the seeds leaves everything else. CIs of the lifecycles in `include` count as serving; a
    topology without `include` is taken as it was built. Raises `CmdbError` for a seed that does not exist."""
    asked = statuses(seeds)
    spread = spread_of(graph_of(graph, include), asked)
    topology = spread.topology
    affected = [spread.affected(node) for node in spread.reached()]
    return Impact(
        failed=tuple(spread.failed(node) for node in sorted(spread.seeds)),
        affected=tuple(affected),
        services=tuple(hit for hit in affected if hit.kind in topology.services),
        owners=_owners(affected),
        notes=notes_on(topology, asked),
        _spread=spread,
    )


def graph_of(graph: Topology | Inventory, include: Iterable[str] = ()) -> Topology:
    """The topology itself or that of an inventory, where the lifecycles in `include` serve too."""
    lifecycles = frozenset(include)
    if isinstance(graph, Inventory):
        return build(graph, include=lifecycles)
    return graph.including(lifecycles) if lifecycles else graph


def statuses(seeds: Seeds) -> Mapping[str, Status]:
    """Seeds with their statuses; a single text is one id."""
    if isinstance(seeds, Mapping):
        return seeds
    return dict.fromkeys((seeds,) if isinstance(seeds, str) else seeds, Status.DOWN)


def spread_of(topology: Topology, asked: Mapping[str, Status]) -> Spread:
    """The settled failure of the CIs asked about. Raises `CmdbError` for one that does not exist."""
    nodes: dict[int, Status] = {}
    for reference, status in asked.items():
        node = resolve(topology, reference)
        nodes[node] = max(status, nodes.get(node, Status.UP))
    return Spread(topology, nodes)


def notes_on(topology: Topology, asked: Iterable[str]) -> tuple[str, ...]:
    """What is odd about the CIs that are said to fail: former ids, and those that do not serve."""
    notes: list[str] = []
    for reference in sorted(asked):
        node = resolve(topology, reference)
        notes += alias_note(topology, reference, node)
        notes += lifecycle_note(topology, node, "its failure harms nothing")
    return tuple(dict.fromkeys(notes))


def _owners(affected: Iterable[Affected]) -> tuple[Owner, ...]:
    counts = Counter(hit.owner for hit in affected)
    return tuple(
        Owner(owner, counts[owner]) for owner in sorted(counts, key=lambda owner: (owner is None, owner or ""))
    )
