"""How a failure spreads: the least fixpoint of the impact rules, found by walking only what is affected.

Statuses are settled from the worst to the least: nothing contributes more than the member it comes through, so a node
that is reached at a level has its final status, and each is settled once.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from cmdb.graph.topology import Topology
from cmdb.model.status import Status


def settle(
    topology: Topology, seeds: Mapping[int, Status], least: Status = Status.AT_RISK, enough: float = inf
) -> dict[int, Status]:
    """Node -> status of all CIs and groups that are not up. Seeds that do not serve are left out.

    For those who only ask who is `least` or worse: what is less is not to be relied on then. It stops where more than
    `enough` nodes are met.
    """
    status = {node: seed for node, seed in seeds.items() if topology.serving[node] and seed > Status.UP}
    reached: dict[Status, list[int]] = {level: [] for level in Status}
    for node, seed in status.items():
        reached[seed].append(node)
    spare: dict[int, int] = {}
    for level in (Status.DOWN, Status.DEGRADED, Status.AT_RISK):
        if level >= least:
            _settle_level(topology, level, status, reached, spare, enough)
    return status


def members_left(topology: Topology, group: int) -> list[int]:
    """The members of a group that take part: CIs that serve, and all groups within it."""
    count, serving = len(topology), topology.serving
    return [member for member in topology.out.ends(group) if member >= count or serving[member]]


def _settle_level(
    topology: Topology,
    level: Status,
    status: dict[int, Status],
    reached: dict[Status, list[int]],
    spare: dict[int, int],
    enough: float,
) -> None:
    """Settles the nodes of one level and reaches those who point at them. `spare` counts, for each group met so far,
    the members it can still lose."""
    count, serving = len(topology), topology.serving
    start, node_of, relation_of = topology.back.start, topology.back.node, topology.back.relation
    most = [min(ceiling, level) for ceiling in topology.ceilings]
    for node in reached[level]:  # grows while it is walked
        if len(status) > enough:
            return
        if status[node] > level:
            continue
        for edge in range(start[node], start[node + 1]):
            source = node_of[edge]
            if source >= count:
                harm = _loses_a_member(topology, source, level, spare)
            elif serving[source]:
                harm = most[relation_of[edge]]
            else:
                continue
            if harm > status.get(source, Status.UP):
                status[source] = harm
                reached[harm].append(source)


def _loses_a_member(topology: Topology, group: int, level: Status, spare: dict[int, int]) -> Status:
    """The status of a group after one more member has settled at a level. To need more members than there are comes to
    the same as needing all."""
    if group not in spare:
        spare[group] = len(members_left(topology, group)) - topology.at_least[group - len(topology)]
    spare[group] -= 1
    return level if spare[group] < 0 else Status.AT_RISK
