"""A settled failure: how it leaves each CI, with the reasons on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.graph.propagate import settle
from cmdb.graph.redundancy import hurt_groups
from cmdb.graph.topology import Topology
from cmdb.graph.witness import Witnesses
from cmdb.model.proof import GroupState, Step
from cmdb.model.status import Status


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
    def is_service(self) -> bool:
        """Whether it is of kind service or below."""
        return self.kind in self._spread.topology.services

    @property
    def environment(self) -> str | None:
        """Where it is: production, test."""
        return self._spread.topology.environment(self._node)

    @property
    def groups(self) -> tuple[GroupState, ...]:
        """The CI's redundancy groups with a member that is not up, nested ones too; by relation and name."""
        return hurt_groups(self._spread.topology, self._spread.status, self._node)


class Spread:
    """A settled failure: every status, and the reasons behind it on demand."""

    def __init__(self, topology: Topology, seeds: Mapping[int, Status]) -> None:
        self.topology = topology
        self.seeds = seeds
        self.status = settle(topology, seeds)
        self.witnesses = Witnesses(topology, self.status, seeds)

    def of_cis(self) -> Iterator[tuple[int, Status]]:
        """The CIs that are not up, with their status."""
        return ((node, level) for node, level in self.status.items() if node < len(self.topology))

    def ids(self) -> Iterator[str]:
        """The ids of the CIs that are not up."""
        return (self.topology.ids[node] for node, _ in self.of_cis())

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
