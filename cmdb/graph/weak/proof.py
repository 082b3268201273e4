"""Why a failure alone takes a CI down: the shortest chain of entries, each of which goes down with it."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.weak.alone import Alone
from cmdb.graph.weak.gates import Gates
from cmdb.graph.witness import Step


def proof(gates: Gates, known: Alone, node: int, failed: int) -> tuple[Step, ...]:
    """The chain from a CI or group to the failed CI, empty where it does not go down; of several the first by relation,
    then target. It is the one that the impact of the failed CI shows."""
    topology = gates.topology
    before: dict[int, tuple[int, int]] = {}
    frontier = [node]
    while frontier and failed not in before:
        beyond: list[int] = []
        for source in frontier:
            for relation, target in sorted(_broken(gates, known, source, failed)):
                if target not in before and target != node:
                    before[target] = (source, relation)
                    beyond.append(target)
        frontier = beyond
    steps: list[Step] = []
    while failed in before:
        source, relation = before.pop(failed)
        holder = topology.ids[topology.holder(source)]
        steps.append(Step(holder, topology.relations[relation], topology.ids[failed]))
        failed = source
    return tuple(reversed(steps))


def _broken(gates: Gates, known: Alone, source: int, failed: int) -> Iterator[tuple[int, int]]:
    """The (relation, CI) of a CI's or group's entries that go down with the failed CI, groups flattened."""
    topology = gates.topology
    rows, hard = topology.out, gates.hard
    for edge in rows.of(source):
        if source >= len(topology) or hard[rows.relation[edge]]:
            waiting = [rows.node[edge]]
            while waiting:
                target = waiting.pop()
                if failed not in known.get(target, ()):
                    continue
                if gates.is_ci(target):
                    yield rows.relation[edge], target
                else:
                    waiting += gates.inputs[target]
