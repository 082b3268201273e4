"""What is down while CIs are down, grown by one CI at a time at the cost of what that CI adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cmdb.graph.propagate import members_left
from cmdb.graph.topology import Topology
from cmdb.model.status import Status


@dataclass(slots=True)
class Addition:
    """What one more CI would add: CIs and groups that go down, and the members that groups have lost then."""

    nodes: list[int] = field(default_factory=list)
    lost: dict[int, int] = field(default_factory=dict)


class Outage:
    """CIs that are down on purpose, and all CIs and groups that are down with them."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.down: set[int] = set()
        self.lost: dict[int, int] = {}

    def adding(self, node: int) -> Addition:
        """What goes down if one more CI does."""
        found = Addition()
        falling = [node] if node not in self.down and self.topology.serving[node] else []
        seen = set(falling)
        for each in falling:  # grows while it is walked
            for source in self._sources(each, found):
                if source not in seen and source not in self.down:
                    seen.add(source)
                    falling.append(source)
        found.nodes = falling
        return found

    def add(self, addition: Addition) -> None:
        """Takes that as given."""
        self.down.update(addition.nodes)
        self.lost.update(addition.lost)

    def _sources(self, node: int, found: Addition) -> Iterator[int]:
        """What goes down because a node does."""
        topology, rows = self.topology, self.topology.back
        for edge in rows.of(node):
            source = rows.node[edge]
            if source >= len(topology):
                found.lost[source] = lost = found.lost.get(source, self.lost.get(source, 0)) + 1
                if lost > spares(topology, source):
                    yield source
            elif topology.serving[source] and topology.ceilings[rows.relation[edge]] is Status.DOWN:
                yield source


def spares(topology: Topology, group: int) -> int:
    """How many members a group can lose; never fewer than none, for it cannot need more than it has."""
    return max(len(members_left(topology, group)) - topology.at_least[group - len(topology)], 0)


def redundant(topology: Topology, group: int) -> bool:
    """Whether a group keeps something going that would stop without it: its CI serves, its relation lets harm through,
    and it has more members than it needs."""
    relation = topology.back.relation[topology.back.start[group]]
    serves = topology.serving[topology.holder(group)]
    return bool(serves) and topology.ceilings[relation] > Status.UP and spares(topology, group) > 0
