"""Who waits for whom while a set of CIs is started: counters for every CI and group that is not up before, so that each
relation is looked at once, however large the set is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from cmdb.graph.propagate import members_left, settle
from cmdb.graph.topology import Topology
from cmdb.model.status import Status

LEAST = Status.DEGRADED
"""A CI waits for what would leave it at least this bad. Less protection is no reason to wait."""


class Waiting:
    """The CIs and groups that are degraded or down while the whole set is down, and how many entries or members each of
    them still waits for. Those of the set start when nothing is left to wait for; the others are up again at once."""

    def __init__(self, topology: Topology, chosen: Collection[int]) -> None:
        self.topology = topology
        self.chosen = frozenset(chosen)
        found = settle(topology, dict.fromkeys(self.chosen, Status.DOWN))
        self.harm: Mapping[int, Status] = {node: found[node] for node in sorted(found) if found[node] >= LEAST}
        """How bad each is while the whole set is down."""
        self.pending = {node: self._waits(node) for node in self.harm}
        self.released_by: dict[int, int] = {}
        """What a CI or group waited for last."""

    def idle(self) -> list[int]:
        """What waits for nothing from the beginning, ascending."""
        return [node for node, count in self.pending.items() if count <= 0]

    def start(self, nodes: Iterable[int]) -> tuple[list[int], list[int]]:
        """Brings CIs up, and what waited for nothing else outside the set with them. Gives all that came up, and the
        CIs of the set that may start now, ascending."""
        rows, pending = self.topology.back, self.pending
        up, able = list(nodes), []
        for node in up:
            del pending[node]
        for node in up:  # grows while it is walked
            for edge in range(rows.start[node], rows.start[node + 1]):
                source = rows.node[edge]
                if not self._counts(source, rows.relation[edge], node):
                    continue
                pending[source] -= 1
                if pending[source]:
                    continue
                self.released_by[source] = node
                if source in self.chosen:
                    able.append(source)
                else:
                    del pending[source]
                    up.append(source)
        return up, sorted(able)

    def entries(self, node: int) -> Iterator[int]:
        """The entries or members of a CI or group that were away, as often as they stand there."""
        rows = self.topology.out
        for edge in rows.of(node):
            target = rows.node[edge]
            if target in self.harm and target != node and self._matters(node, rows.relation[edge]):
                yield target

    def missing(self, node: int) -> Iterator[tuple[int, int]]:
        """The (relation, target) of the entries or members that a CI or group still waits for."""
        rows = self.topology.out
        for edge in rows.of(node):
            relation, target = rows.relation[edge], rows.node[edge]
            if target in self.pending and target != node and self._matters(node, relation):
                yield relation, target

    def asks(self, node: int) -> bool:
        """Whether a CI, or the CI of a group, waits for what it needs."""
        topology = self.topology
        if node < len(topology):
            return node in self.harm
        relation = topology.back.relation[topology.back.start[node]]
        return topology.holder(node) in self.harm and topology.ceilings[relation] >= LEAST

    def contributes(self, relation: int, target: int) -> Status:
        """What an entry does to its CI while the whole set is down."""
        return min(self.topology.ceilings[relation], self.harm[target])

    def _counts(self, source: int, relation: int, target: int) -> bool:
        return self.pending.get(source, 0) > 0 and self._matters(source, relation) and not self._own(source, target)

    def _matters(self, source: int, relation: int) -> bool:
        return source >= len(self.topology) or self.topology.ceilings[relation] >= LEAST

    def _own(self, group: int, member: int) -> bool:
        """Whether a CI is its own target, or a member of its own group: it is there when it asks."""
        return self.topology.holder(group) == member

    def _waits(self, node: int) -> int:
        topology = self.topology
        if node < len(topology):
            return sum(1 for _ in self.entries(node))
        members = members_left(topology, node)
        needed = min(topology.at_least[node - len(topology)], len(members))
        return needed - sum(member not in self.harm or self._own(node, member) for member in members)
