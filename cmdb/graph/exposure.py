"""What still works and has nothing in reserve any more: one more failure in a redundancy group that has lost members
would reach it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from cmdb.graph.propagate import members_left
from cmdb.graph.redundancy import group_state
from cmdb.graph.topology import Topology
from cmdb.model.proof import GroupState
from cmdb.model.status import Status


def exposed(topology: Topology, status: Mapping[int, Status]) -> dict[int, int]:
    """CIs that are at risk and would be degraded or worse after one more failure in a group that has lost members and
    can spare no other; each with the CI that has the group: the nearest, of several the first."""
    count = len(topology)
    own = [node for node in sorted(status) if node < count and next(exposed_groups(topology, status, node), None)]
    found = {node: node for node in own}
    queue = deque(own)
    while queue:
        node = queue.popleft()
        for source in _needing(topology, status, node):
            if source not in found:
                found[source] = found[node]
                queue.append(source)
    return {node: of for node, of in found.items() if node < count}


def exposed_groups(topology: Topology, status: Mapping[int, Status], node: int) -> Iterator[GroupState]:
    """The groups of a CI that is at risk which have lost members and can spare no other, in the order of entries; an
    inner group counts where the outer one cannot do without it."""
    if status.get(node) is not Status.AT_RISK:
        return
    out = topology.out
    for edge in out.of(node):
        if out.node[edge] >= len(topology) and topology.ceilings[out.relation[edge]] > Status.AT_RISK:
            yield from _tight(topology, status, out.node[edge])


def _tight(topology: Topology, status: Mapping[int, Status], group: int) -> Iterator[GroupState]:
    if not _falls(topology, status, group):
        return
    state = group_state(topology, status, group)
    if state.lost:
        yield state
    for member in _left(topology, status, group):
        if member >= len(topology):
            yield from _tight(topology, status, member)


def _falls(topology: Topology, status: Mapping[int, Status], group: int) -> bool:
    """Whether a group goes down with one more CI below it: it can spare no member, and one of them is a CI or a group
    that falls."""
    state = group_state(topology, status, group)
    return state.left == state.at_least and any(
        member < len(topology) or _falls(topology, status, member) for member in _left(topology, status, group)
    )


def _left(topology: Topology, status: Mapping[int, Status], group: int) -> Iterator[int]:
    """The members of a group that still do their work."""
    members = members_left(topology, group)
    return (member for member in members if status.get(member, Status.UP) <= Status.AT_RISK)


def _needing(topology: Topology, status: Mapping[int, Status], node: int) -> Iterator[int]:
    """The CIs and groups that are at risk and cannot do without a node."""
    back = topology.back
    for edge in back.of(node):
        source = back.node[edge]
        if status.get(source) is Status.AT_RISK and topology.ceilings[back.relation[edge]] > Status.AT_RISK:
            if source < len(topology):
                yield source
            else:
                state = group_state(topology, status, source)
                if state.left == state.at_least:
                    yield source
