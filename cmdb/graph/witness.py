"""Why a CI is affected: the shortest chain of entries from it to a seed, each bad enough to explain its status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.graph.topology import Topology
from cmdb.model.proof import Step
from cmdb.model.status import Status


class Witnesses:
    """The chains of one impact. For each status there is a distance of every CI to the nearest seed that is at least
    that bad, along entries that contribute at least that much; a group is no step of its own."""

    def __init__(self, topology: Topology, status: Mapping[int, Status], seeds: Mapping[int, Status]) -> None:
        self._topology = topology
        self._status = status
        count = len(topology)
        affected = {level for node, level in status.items() if node < count and node not in seeds}
        self._distance = {level: _distances(topology, status, seeds, level) for level in affected}
        self._steps: dict[Status, dict[int, tuple[Step, int]]] = {level: {} for level in affected}

    def distance(self, node: int) -> int:
        """The number of steps from an affected CI to a seed."""
        return self._distance[self._status[node]][node]

    def chain(self, node: int) -> Iterator[Step]:
        """The steps from an affected CI to a seed. Of several shortest chains the one whose relation, then target id
        comes first, decided from the affected CI on."""
        level = self._status[node]
        steps, distance = self._steps[level], self._distance[level]
        while distance[node]:
            if node not in steps:
                steps[node] = self._step(node, level)
            step, node = steps[node]
            yield step

    def _step(self, node: int, level: Status) -> tuple[Step, int]:
        """The next step, and where it leads."""
        topology, (relation, target) = self._topology, self._next(node, level)
        return Step(topology.ids[node], topology.relations[relation], topology.ids[target]), target

    def _next(self, node: int, level: Status) -> tuple[int, int]:
        out, ceilings = self._topology.out, self._topology.ceilings
        wanted = self._distance[level][node] - 1
        return min(
            (out.relation[edge], target)
            for edge in out.of(node)
            if ceilings[out.relation[edge]] >= level
            for target in self._through(out.node[edge], level)
            if self._distance[level].get(target) == wanted
        )

    def _through(self, node: int, level: Status) -> Iterator[int]:
        """The CIs at least that bad behind an entry: itself, or the members of a group that is as bad."""
        waiting, count = [node], len(self._topology)
        while waiting:
            node = waiting.pop()
            if self._status.get(node, Status.UP) < level:
                continue
            if node < count:
                yield node
            else:
                waiting.extend(self._topology.out.node[edge] for edge in self._topology.out.of(node))


def _distances(
    topology: Topology, status: Mapping[int, Status], seeds: Mapping[int, Status], level: Status
) -> dict[int, int]:
    count, back = len(topology), topology.back
    harms = [ceiling >= level for ceiling in topology.ceilings]
    distance = {node: 0 for node, seed in seeds.items() if seed >= level and node in status}
    frontier, steps = list(distance), 0
    while frontier:
        steps += 1
        beyond: list[int] = []
        for node in frontier:  # grows while it is walked: through a group it is no step further
            for edge in range(back.start[node], back.start[node + 1]):
                source = back.node[edge]
                if source in distance or not harms[back.relation[edge]] or status.get(source, Status.UP) < level:
                    continue
                distance[source] = steps
                (beyond if source < count else frontier).append(source)
        frontier = beyond
    return distance
