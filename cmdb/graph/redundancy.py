"""What is left of redundancy groups: the numbers that people ask for when a member fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.graph.propagate import members_left
from cmdb.graph.topology import Topology
from cmdb.model.proof import GroupState
from cmdb.model.status import Status


def group_state(topology: Topology, status: Mapping[int, Status], group: int) -> GroupState:
    """The state of one group, nested or not."""
    relation = topology.back.relation[topology.back.start[group]]
    members, at_risk = members_left(topology, group), Status.AT_RISK
    number = group - len(topology)
    return GroupState(
        relation=topology.relations[relation],
        name=topology.labels[number],
        at_least=topology.at_least[number],
        of=len(members),
        left=sum(member not in status or status[member] <= at_risk for member in members),
        contributes=min(topology.ceilings[relation], status.get(group, Status.UP)),
    )


def hurt_groups(topology: Topology, status: Mapping[int, Status], node: int) -> tuple[GroupState, ...]:
    """The groups of a CI, nested ones too, that have a member which is not up; by relation and name."""
    hurt = (group for group in groups_below(topology, node) if _hurt(topology, status, group))
    states = [group_state(topology, status, group) for group in hurt]
    return tuple(sorted(states, key=lambda state: (state.relation, state.name)))


def groups_below(topology: Topology, node: int) -> Iterator[int]:
    """The groups of a CI or group, at any depth."""
    waiting, out, count = [node], topology.out, len(topology)
    while waiting:
        below = [target for target in out.ends(waiting.pop()) if target >= count]
        yield from below
        waiting.extend(below)


def _hurt(topology: Topology, status: Mapping[int, Status], group: int) -> bool:
    return not status.keys().isdisjoint(members_left(topology, group))
