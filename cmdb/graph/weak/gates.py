"""What takes a CI down, or leaves it worse than some other status, as gates in the sense of fault trees: a CI goes with
any one of its inputs, a redundancy group with as many as it cannot spare."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from cmdb.graph.propagate import members_left
from cmdb.graph.topology import Topology
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Gates:
    """Everything that CIs rely on so hard that they can go down with it. `inputs` are the CIs and groups by the CI or
    group that has them; `fatal` says for each group how many of its inputs must be down for it to be down, `hard` for
    each relation type whether it lets that through. Nodes below `cis` are CIs.

    To go is to be down, or whatever status was asked about. Relations whose ceiling is below that are no inputs: what
    comes through them never adds up to it.
    """

    topology: Topology
    inputs: dict[int, list[int]]
    fatal: dict[int, int]
    hard: tuple[bool, ...]
    cis: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cis", len(self.topology))

    def is_ci(self, node: int) -> bool:
        """Whether a node is a CI, which can fail itself, and no group."""
        return node < self.cis

    def without(self, down: Collection[int]) -> Gates:
        """The same where CIs and groups are down already, and so are no input any more; groups have so much less to
        spare. A row that stays as it is stays the same list."""
        gone = frozenset(down)
        inputs, fatal = dict(self.inputs), dict(self.fatal)
        for node, row in self.inputs.items():
            if not gone.isdisjoint(row):
                inputs[node] = [each for each in row if each not in gone]
                if node in fatal:
                    fatal[node] -= len(row) - len(inputs[node])
        return Gates(self.topology, inputs, fatal, self.hard)

    def below(self, root: int) -> list[int]:
        """A CI or group and all that it relies on, the nearest first."""
        found, seen = [root], {root}
        for node in found:  # grows while it is walked
            for each in self.inputs[node]:
                if each not in seen:
                    seen.add(each)
                    found.append(each)
        return found


def gates(topology: Topology, roots: Iterable[int], down: Collection[int] = (), least: Status = Status.DOWN) -> Gates:
    """The gates of the roots and of all that they rely on, for what leaves them `least` or worse. What is `down`
    already, CIs and groups, is no input any more; groups have so much less to spare."""
    count, serving, out = len(topology), topology.serving, topology.out
    start, node_of, relation_of = out.start, out.node, out.relation
    hard = tuple(ceiling >= least for ceiling in topology.ceilings)
    inputs: dict[int, list[int]] = {}
    fatal: dict[int, int] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in inputs:
            continue
        if node >= count:
            members = members_left(topology, node)
            found = [member for member in members if member not in down]
            spare = 0 if least == Status.AT_RISK else len(members) - topology.at_least[node - count]
            fatal[node] = max(spare + 1, 1) - (len(members) - len(found))
        elif serving[node]:
            found = [
                target
                for edge in range(start[node], start[node + 1])
                if hard[relation_of[edge]]
                and ((target := node_of[edge]) >= count or serving[target])
                and target not in down
            ]
        else:
            found = []
        inputs[node] = found
        waiting += found
    return Gates(topology, inputs, fatal, hard)
