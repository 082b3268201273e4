"""How a failure spreads: the least fixpoint of the impact rules, found by walking only what is affected.

Statuses are settled from the worst to the least: nothing contributes more than the member it comes through, so a node
that is reached at a level has its final status, and each is settled once.
"""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.graph.topology import Topology
from cmdb.model.status import Status


def settle(topology: Topology, seeds: Mapping[int, Status]) -> dict[int, Status]:
    """Node -> status of all CIs and groups that are not up. Seeds that do not serve are left out."""
    status = {node: seed for node, seed in seeds.items() if topology.serving[node] and seed > Status.UP}
    reached: dict[Status, list[int]] = {level: [] for level in Status}
    for node, seed in status.items():
        reached[seed].append(node)
    spare: dict[int, int] = {}
    for level in (Status.DOWN, Status.DEGRADED, Status.AT_RISK):
        for node in reached[level]:  # grows while it is walked
            if status[node] == level:
                for source, harm in _contributions(topology, node, level, spare):
                    if harm > status.get(source, Status.UP):
                        status[source] = harm
                        reached[harm].append(source)
    return status


def members_left(topology: Topology, group: int) -> list[int]:
    """The members of a group that take part: CIs that serve, and all groups within it."""
    node, count = topology.out.node, len(topology)
    members = [node[edge] for edge in topology.out.of(group)]
    return [member for member in members if member >= count or topology.serving[member]]


def _contributions(topology: Topology, node: int, level: Status, spare: dict[int, int]) -> list[tuple[int, Status]]:
    """What a node that has just settled at a level does to those who point at it. `spare` counts, for each group met so
    far, the members it can still lose."""
    back, count = topology.back, len(topology)
    found: list[tuple[int, Status]] = []
    for edge in back.of(node):
        source = back.node[edge]
        if source >= count:
            left = spare[source] if source in spare else _spare(topology, source)
            spare[source] = left - 1
            found.append((source, Status.AT_RISK if left > 0 else level))
        elif topology.serving[source]:
            found.append((source, min(topology.ceilings[back.relation[edge]], level)))
    return found


def _spare(topology: Topology, group: int) -> int:
    left = len(members_left(topology, group))
    return left - min(topology.at_least[group - len(topology)], left)
