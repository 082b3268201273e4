"""What breaks if something fails: the status of every CI that a failure reaches, with a reason for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cmdb.graph.customers import Customer, customers
from cmdb.graph.exposure import exposed, exposed_groups
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.reliance import only
from cmdb.graph.spread import Affected, Failed, Spread
from cmdb.graph.topology import Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.proof import GroupState
from cmdb.model.status import Status

__all__ = [
    "Affected",
    "Environment",
    "Exposed",
    "Failed",
    "Impact",
    "Owner",
    "Seeds",
    "Spread",
    "graph_of",
    "impact",
    "notes_on",
    "spread_of",
    "statuses",
    "united",
]

Seeds = Mapping[str, Status] | Iterable[str]
"""What fails, and how badly; ids alone are down."""


@dataclass(frozen=True, slots=True)
class Owner:
    """How many affected CIs someone answers for; owner None for those of nobody."""

    owner: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Environment:
    """How many affected CIs are in an environment; environment None for those that name none."""

    environment: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """A CI that is at risk, and that one more failure would leave degraded or worse: a redundancy group has lost
    members and can spare no other. `through` is the CI that has the group, itself or one that it needs; `groups` are
    the groups of that one."""

    ci: Affected
    through: str
    groups: tuple[GroupState, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer, and by id a mapping to how each CI is left: `impact["payments"].status`, up where nothing reaches it.

    `failed` is sorted by id; `affected` has everything else that is not up, the worst first, then by distance and id;
    `services` are those of kind service and below. `owners` of the affected are sorted by name, nobody last. `notes`
    say what is odd about the question. `beyond` are the affected CIs further away than was asked for.
    """

    failed: tuple[Failed, ...]
    affected: tuple[Affected, ...]
    services: tuple[Affected, ...]
    owners: tuple[Owner, ...]
    notes: tuple[str, ...]
    beyond: tuple[Affected, ...]
    _spreads: tuple[Spread, ...] = field(repr=False, compare=False)

    def __getitem__(self, reference: str) -> Affected:
        pairs = [(spread, spread.topology.number(reference)) for spread in self._spreads]
        found = [spread.affected(node) for spread, node in pairs if node is not None]
        if not found:
            raise KeyError(reference)
        return max(found, key=lambda hit: hit.status)

    def __contains__(self, reference: object) -> bool:
        return isinstance(reference, str) and any(
            spread.topology.number(reference) in spread.status for spread in self._spreads
        )

    def __iter__(self) -> Iterator[str]:
        """The ids of all CIs that are not up, sorted."""
        return iter(sorted({ci for spread in self._spreads for ci in spread.ids()}))

    @property
    def _spread(self) -> Spread:
        """The settled failure on the first of the graphs."""
        return self._spreads[0]

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Where the affected CIs are, by name; those without an environment last."""
        counts = Counter(hit.environment for hit in self.affected)
        return tuple(Environment(name, counts[name]) for name in sorted(counts, key=_last))

    @property
    def customers(self) -> tuple[Customer, ...]:
        """The customers by id that a service joins which fails or is affected, directly or by a contract."""
        listed = {hit.id for hit in self.affected} | {ci.id for ci in self.failed}
        found: dict[str, Customer] = {}
        for spread in self._spreads:
            status = {node: level for node, level in spread.of_cis() if spread.topology.ids[node] in listed}
            for customer in customers(spread.topology, status):
                known = found.get(customer.id, customer)
                services = tuple(sorted({*known.services, *customer.services}))
                worst = max(known.status, customer.status)
                found[customer.id] = replace(customer, status=worst, services=services)
        return tuple(found[name] for name in sorted(found))

    @property
    def exposed(self) -> tuple[Exposed, ...]:
        """The affected CIs that have no redundancy left, in their order."""
        known = {spread: exposed(spread.topology, spread.status) for spread in self._spreads}
        found = ((hit, known[hit._spread].get(hit._node)) for hit in self.affected)
        return tuple(_exposed(hit, through) for hit, through in found if through is not None)

    def near(self, steps: int) -> Impact:
        """The same answer about CIs at most so many steps away; the others are `beyond`."""
        listed = [hit for hit in self.affected if hit.distance <= steps]
        others = (hit for hit in self.affected if hit.distance > steps)
        return replace(_told(self, listed), beyond=(*others, *self.beyond))


def impact(
    graph: Topology | Inventory, seeds: Seeds, *, include: Iterable[str] = (), relations: Iterable[str] = ()
) -> Impact:
    """How the failure of the seeds leaves everything else. CIs of the lifecycles in `include` count as serving; a
    topology without `include` is taken as it was built. With `relations`, harm flows by these types only. Raises
    `CmdbError` for a seed or a relation type that does not exist."""
    asked = statuses(seeds)
    spread = spread_of(only(graph_of(graph, include), tuple(relations)), asked)
    topology = spread.topology
    affected = [spread.affected(node) for node in spread.reached()]
    return Impact(
        failed=tuple(spread.failed(node) for node in sorted(spread.seeds)),
        affected=tuple(affected),
        services=tuple(hit for hit in affected if hit.is_service),
        owners=_owners(affected),
        notes=notes_on(topology, asked),
        beyond=(),
        _spreads=(spread,),
    )


def united(*impacts: Impact) -> Impact:
    """One answer of several on different graphs: each CI is failed where it is so in any of them, and left as the worst
    of them leaves it."""
    failed: dict[str, Failed] = {}
    affected: dict[str, Affected] = {}
    for one in impacts:
        for ci in one.failed:
            failed[ci.id] = max(ci, failed.get(ci.id, ci), key=lambda ci: ci.status)
        for hit in one.affected:
            affected[hit.id] = min(hit, affected.get(hit.id, hit), key=_order)
    found = replace(
        impacts[0],
        failed=tuple(failed[name] for name in sorted(failed)),
        notes=tuple(dict.fromkeys(note for one in impacts for note in one.notes)),
        _spreads=tuple(spread for one in impacts for spread in one._spreads),
    )
    return _told(found, sorted((hit for name, hit in affected.items() if name not in failed), key=_order))


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


def _exposed(hit: Affected, through: int) -> Exposed:
    topology, status = hit._spread.topology, hit._spread.status
    return Exposed(hit, topology.ids[through], tuple(exposed_groups(topology, status, through)))


def _told(impact: Impact, affected: Sequence[Affected]) -> Impact:
    """The answer about these CIs."""
    services = tuple(hit for hit in affected if hit.is_service)
    return replace(impact, affected=tuple(affected), services=services, owners=_owners(affected))


def _owners(affected: Iterable[Affected]) -> tuple[Owner, ...]:
    counts = Counter(hit.owner for hit in affected)
    return tuple(Owner(owner, counts[owner]) for owner in sorted(counts, key=_last))


def _last(name: str | None) -> tuple[bool, str]:
    return name is None, name or ""


def _order(hit: Affected) -> tuple[int, int, str]:
    return -hit.status, hit.distance, hit.id
