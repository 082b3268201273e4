"""What may be taken down together: a set of CIs split into batches that break no redundancy and take nothing else down.

Splitting into the fewest is graph colouring at heart, so this is first fit in several orders; a group that has many of
its members in the set often proves that fewer batches cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cmdb.graph.impact import Spread, graph_of
from cmdb.graph.ordering.harms import Harmful, harmful
from cmdb.graph.ordering.outage import Addition, Outage, redundant, spares
from cmdb.graph.ordering.start import remarks
from cmdb.graph.ordering.stop import Stopped, Suffering
from cmdb.graph.references import resolve
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Batch:
    """CIs that may be down at the same time. `degraded` are CIs outside the set that work worse meanwhile, by id;
    `at_risk` counts those that work as before with less protection."""

    number: int
    cis: tuple[Stopped, ...]
    degraded: tuple[Suffering, ...]
    at_risk: int


@dataclass(frozen=True, slots=True)
class Bound:
    """Why fewer batches cannot do: `members` of the group are in the set, and `spare` of them may be down at a time."""

    batches: int
    ci: str
    relation: str
    name: str
    members: int
    spare: int


@dataclass(frozen=True, slots=True)
class BatchesSummary:
    """How many CIs are in how many batches, how many batches there must be at least, and how many CIs are harmful."""

    cis: int
    batches: int
    at_least: int
    harmful: int


@dataclass(frozen=True, slots=True)
class MaintenanceBatches:
    """The batches; the CIs that cannot be taken down without harm, by id; `bound` proves that no fewer than so many
    batches can do, None where nothing is proven beyond the obvious; remarks."""

    summary: BatchesSummary
    batches: tuple[Batch, ...]
    harmful: tuple[Harmful, ...]
    bound: Bound | None
    notes: tuple[str, ...]

    @property
    def fewest(self) -> bool:
        """Whether it is proven that fewer batches cannot do."""
        return self.summary.batches == self.summary.at_least


def maintenance_batches(
    graph: Topology | Inventory, ids: Iterable[str], *, include: Iterable[str] = ()
) -> MaintenanceBatches:
    """Splits CIs into batches, few but not always the fewest possible. While a batch is down, nothing outside the set
    is down, and no redundancy group has fewer members left than it needs, nested ones and those that merely degrade
    included. A CI that breaks a group of another CI of the set even on its own is let through: that outage is
    meant. Raises `CmdbError` for an unknown id."""
    topology = graph_of(graph, include)
    words = sorted({ids} if isinstance(ids, str) else set(ids))
    chosen = {resolve(topology, word) for word in words}
    packing = _Packing(topology, frozenset(node for node in chosen if topology.serving[node]))
    batches, bound = packing.fewest(), packing.bound()
    at_least = bound.batches if bound else min(len(batches), 1)
    return MaintenanceBatches(
        summary=BatchesSummary(len(packing.alone), len(batches), at_least, len(packing.harmful)),
        batches=tuple(packing.batch(number, nodes) for number, nodes in enumerate(batches, start=1)),
        harmful=tuple(harmful(topology, node, packing.chosen) for node in packing.harmful),
        bound=bound,
        notes=remarks(topology, words),
    )


@dataclass(slots=True)
class _Open:
    """A batch that is being filled; `excused` are the groups that one of its CIs breaks on its own."""

    outage: Outage
    nodes: list[int] = field(default_factory=list)
    excused: set[int] = field(default_factory=set)

    def add(self, node: int, addition: Addition, breaks: frozenset[int]) -> None:
        self.nodes.append(node)
        self.outage.add(addition)
        self.excused |= breaks


class _Packing:
    """The set, and what each CI of it does alone: `alone` has the groups that those break which may go."""

    def __init__(self, topology: Topology, chosen: frozenset[int]) -> None:
        self.topology = topology
        self.chosen = chosen
        self.alone: dict[int, frozenset[int]] = {}
        self.reach: dict[int, int] = {}
        self.harmful: list[int] = []
        for node in sorted(chosen):
            found = Outage(topology).adding(node)
            breaks = self._breaks(found)
            if self._victim(found) or not all(topology.holder(group) in chosen for group in breaks):
                self.harmful.append(node)
            else:
                self.alone[node] = breaks
                self.reach[node] = len(found.nodes)

    def fewest(self) -> list[list[int]]:
        """The best of first fit in several orders; those that break something on their own come first, since others
        may join them."""
        orders: tuple[Callable[[int], tuple[int, ...]], ...] = (
            lambda node: (-len(self.alone[node]), -self.reach[node], node),
            lambda node: (-len(self.alone[node]), node),
        )
        bound = self.bound()
        best: list[list[int]] | None = None
        for order in orders:
            found = self._first_fit(sorted(self.alone, key=order))
            best = found if best is None or len(found) < len(best) else best
            if len(best) <= (bound.batches if bound else 1):
                break
        return sorted(map(sorted, best or []))

    def bound(self) -> Bound | None:
        """The group that proves the need for the most batches."""
        excused = frozenset(group for breaks in self.alone.values() for group in breaks)
        bounds = [
            bound for group, count in self._members() if group not in excused for bound in self._proof(group, count)
        ]
        return max(bounds, key=lambda bound: bound.batches, default=None)

    def batch(self, number: int, nodes: Sequence[int]) -> Batch:
        """A batch with what it does to others."""
        topology = self.topology
        spread = Spread(topology, dict.fromkeys(nodes, Status.DOWN))
        hurt = [node for node in sorted(spread.status) if node < len(topology) and node not in self.chosen]
        worse = [node for node in hurt if spread.status[node] > Status.AT_RISK]
        return Batch(
            number,
            tuple(Stopped(*topology.who(node)) for node in nodes),
            tuple(Suffering(*topology.who(node), status=spread.status[node]) for node in worse),
            len(hurt) - len(worse),
        )

    def _first_fit(self, nodes: Iterable[int]) -> list[list[int]]:
        open_ones: list[_Open] = []
        for node in nodes:
            fitting = ((each, found) for each in open_ones if (found := self._fits(each, node)) is not None)
            into, found = next(fitting, (None, None))
            if into is None or found is None:
                into = _Open(Outage(self.topology))
                found = into.outage.adding(node)
                open_ones.append(into)
            into.add(node, found, self.alone[node])
        return [each.nodes for each in open_ones]

    def _fits(self, into: _Open, node: int) -> Addition | None:
        """What a CI adds to a batch, None where it does not fit."""
        found = into.outage.adding(node)
        fits = not self._victim(found) and self._breaks(found) <= into.excused | self.alone[node]
        return found if fits else None

    def _victim(self, found: Addition) -> bool:
        """Whether a CI outside the set goes down."""
        count = len(self.topology)
        return any(node < count and node not in self.chosen for node in found.nodes)

    def _breaks(self, found: Addition) -> frozenset[int]:
        """The redundancy groups that break."""
        count = len(self.topology)
        return frozenset(node for node in found.nodes if node >= count and redundant(self.topology, node))

    def _members(self) -> Iterator[tuple[int, int]]:
        """The redundancy groups with how many of their members are to be packed."""
        counts: dict[int, int] = {}
        for node in self.alone:
            for source in {self.topology.back.node[edge] for edge in self.topology.back.of(node)}:
                if source >= len(self.topology) and redundant(self.topology, source):
                    counts[source] = counts.get(source, 0) + 1
        yield from sorted(counts.items())

    def _proof(self, group: int, count: int) -> Iterator[Bound]:
        topology, spare = self.topology, spares(self.topology, group)
        batches = -(-count // spare)
        if batches > 1:
            relation = topology.relations[topology.back.relation[topology.back.start[group]]]
            name = topology.labels[group - len(topology)]
            yield Bound(batches, topology.ids[topology.holder(group)], relation, name, count, spare)
