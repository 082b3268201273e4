"""Why a failure alone takes a CI down: the shortest chain of entries, each of which goes down with it."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import alone
from cmdb.graph.weak.gates import gates
from cmdb.graph.witness import Step


class Evidence:
    """What a CI relies on, with everything in there that goes down with each single failure."""

    def __init__(self, topology: Topology, node: int) -> None:
        self.gates = gates(topology, [node])
        self.alone = alone(self.gates)
        self._topology = topology

    def chain(self, source: int, failed: int) -> tuple[Step, ...]:
        """The chain from a CI or a group to the failed CI, empty where it does not go down; of several the first by
        relation, then target. From a CI it is the one that the impact of the failed CI shows."""
        before: dict[int, tuple[int, int]] = {}
        frontier = [source]
        while frontier and failed not in before:
            beyond: list[int] = []
            for node in frontier:
                for relation, target in sorted(self._broken(node, failed)):
                    if target not in before and target != source:
                        before[target] = (node, relation)
                        beyond.append(target)
            frontier = beyond
        return tuple(reversed(list(self._steps(before, failed))))

    def _steps(self, before: dict[int, tuple[int, int]], node: int) -> Iterator[Step]:
        """The steps that lead to a node, the last one first."""
        ids, relations = self._topology.ids, self._topology.relations
        while node in before:
            source, relation = before[node]
            yield Step(ids[self._topology.holder(source)], relations[relation], ids[node])
            node = source

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
