"""One step through the graph, redundancy groups being no step of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cmdb.graph.topology import Topology


def sources(topology: Topology, targets: Collection[int]) -> set[int]:
    """The CIs that have any of these nodes, CIs or groups, among their targets."""
    rows, holder = topology.back, topology.holder
    start, node = rows.start, rows.node
    return {holder(node[edge]) for target in targets for edge in range(start[target], start[target + 1])}


def leads_to(topology: Topology, node: int, targets: Collection[int]) -> bool:
    """Whether a CI has any of these nodes, CIs or groups, among its targets."""
    return any(target in targets for target in below(topology, node))


def below(topology: Topology, node: int) -> Iterator[int]:
    """The targets of a CI: its own, the groups among them, and what is in those."""
    cis, target_of = len(topology), topology.out.node
    waiting = [node]
    while waiting:
        for edge in topology.out.of(waiting.pop()):
            target = target_of[edge]
            yield target
            if target >= cis:
                waiting.append(target)


def joined(topology: Topology, node: int, target: int, relation: int) -> bool:
    """Whether a plain entry of that relation leads from one CI to the other."""
    rows = topology.out
    return any(rows.node[edge] == target and rows.relation[edge] == relation for edge in rows.of(node))


def entries(topology: Topology, node: int) -> Iterator[tuple[int, int]]:
    """The (relation, CI) of all that a CI relates to, members of groups like plain entries; some may come twice."""
    out, cis = topology.out, len(topology)
    waiting = list(out.of(node))
    while waiting:
        edge = waiting.pop()
        if out.node[edge] < cis:
            yield out.relation[edge], out.node[edge]
        else:
            waiting.extend(out.of(out.node[edge]))
