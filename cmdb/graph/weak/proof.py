"""Why a failure alone takes a CI down: the shortest chain of entries, each of which goes down with it."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import alone
from cmdb.graph.weak.gates import gates
from cmdb.model.proof import Step


class Evidence:
    """What a CI relies on, with everything in there that goes down with each single failure."""

    def __init__(self, topology: Topology, node: int) -> None:
        self.gates = gates(topology, [node])
        self.alone = alone(self.gates)
        self._topology = topology
        self._outputs = _reversed(self.gates.inputs)
        self._distances: dict[int, dict[int, int]] = {}

    def chain(self, source: int, failed: int) -> tuple[Step, ...]:
        """The chain from a CI or a group to the failed CI, empty where it does not go down; of several the first by
        relation, then target. From a CI it is the one that the impact of the failed CI shows."""
        return tuple(self._steps(source, failed)) if failed in self.alone[source] else ()

    def _steps(self, node: int, failed: int) -> Iterator[Step]:
        ids, relations = self._topology.ids, self._topology.relations
        distance = self._distance(failed)
        for missing in range(distance[node] - 1, -1, -1):
            broken = self._broken(node, failed)
            relation, target = min((how, which) for how, which in broken if distance[which] == missing)
            yield Step(ids[self._topology.holder(node)], relations[relation], ids[target])
            node = target

    def _distance(self, failed: int) -> dict[int, int]:
        """How many steps everything that goes down with a CI is away from it; a group is no step of its own."""
        if failed not in self._distances:
            self._distances[failed] = self._walked(failed)
        return self._distances[failed]

    def _walked(self, failed: int) -> dict[int, int]:
        distance, frontier, steps = {failed: 0}, [failed], 0
        while frontier:
            steps += 1
            beyond: list[int] = []
            for node in frontier:  # grows while it is walked: through a group it is no step further
                for output in self._outputs.get(node, ()):
                    if output not in distance and failed in self.alone[output]:
                        distance[output] = steps
                        (beyond if self.gates.is_ci(output) else frontier).append(output)
            frontier = beyond
        return distance

    def _broken(self, source: int, failed: int) -> Iterator[tuple[int, int]]:
        """The (relation, CI) of a CI's or group's entries that go down with the failed CI, groups flattened."""
        rows, hard, is_ci = self._topology.out, self.gates.hard, self.gates.is_ci
        for edge in rows.of(source):
            if hard[rows.relation[edge]] or not is_ci(source):
                waiting = [rows.node[edge]]
                while waiting:
                    target = waiting.pop()
                    if failed not in self.alone.get(target, ()):
                        continue
                    if is_ci(target):
                        yield rows.relation[edge], target
                    else:
                        waiting += self.gates.inputs[target]


def _reversed(inputs: dict[int, list[int]]) -> dict[int, list[int]]:
    outputs: dict[int, list[int]] = {}
    for node, below in inputs.items():
        for each in below:
            outputs.setdefault(each, []).append(node)
    return outputs
