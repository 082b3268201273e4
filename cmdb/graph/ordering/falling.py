"""When CIs fall while others are taken down one step after the other; each relation is looked at once."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.graph.propagate import members_left
from cmdb.graph.topology import Topology
from cmdb.model.status import Status


def falls(topology: Topology, steps: Iterable[Iterable[int]], level: Status) -> dict[int, int]:
    """Node -> the step, counted from 1, from which on it is at least that bad, when the CIs of the steps go down and
    stay down; groups are among the nodes."""
    fell: dict[int, int] = {}
    spare: dict[int, int] = {}
    for number, step in enumerate(steps, start=1):
        falling = [node for node in step if topology.serving[node] and node not in fell]
        fell.update(dict.fromkeys(falling, number))
        for node in falling:  # grows while it is walked
            for edge in topology.back.of(node):
                source = topology.back.node[edge]
                if source not in fell and _takes(topology, source, topology.back.relation[edge], level, spare):
                    fell[source] = number
                    falling.append(source)
    return fell


def _takes(topology: Topology, source: int, relation: int, level: Status, spare: dict[int, int]) -> bool:
    """Whether one more target that is that bad makes the source that bad."""
    if source < len(topology):
        return bool(topology.serving[source]) and topology.ceilings[relation] >= level
    if source not in spare:
        spare[source] = len(members_left(topology, source)) - topology.at_least[source - len(topology)]
    spare[source] -= 1
    return spare[source] < 0
