"""From effects back to causes: the smallest sets of CIs whose failure leaves all that is alarming as bad as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cmdb.graph.propagate import settle
from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import Alone, alone_of
from cmdb.graph.weak.cut_sets import LIMIT, cuts
from cmdb.graph.weak.family import LARGEST
from cmdb.graph.weak.gates import Gates, gates
from cmdb.model.status import Status

_WIDE = 10_000
"""Nodes; causes that harm more are alike."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Sets of nodes, the smaller first, each the least that leaves every alarming CI at least so bad. There is no other
    of up to `complete_to_size` CIs. Where none of that size does, `sets` has one that was put together step by step:
    `whole` says that it is not so."""

    sets: tuple[tuple[int, ...], ...]
    complete_to_size: int
    whole: bool = True


def causes(
    topology: Topology, alarming: Iterable[int], least: Status, *, size: int = LARGEST, limit: int = LIMIT
) -> Causes:
    """The causes of what is alarming, as nodes that fail outright. Alarming CIs serve; each may be a cause itself.

    They are the minimal cut sets of a gate that only goes when all alarming CIs do: a k-of-k of a fault tree.
    """
    nodes = sorted(set(alarming))
    if not nodes:
        return Causes((), size)
    below = _all_of(gates(topology, nodes, least=least), nodes)
    root = below.root
    known = alone_of(below.gates, {root, *nodes})
    found = cuts(below.gates, root, known[root], size=size, limit=limit)
    if found.sets:
        return Causes(found.sets, found.complete_to_size)
    return Causes((_step_by_step(topology, nodes, known, least),), found.complete_to_size, whole=False)


@dataclass(frozen=True, slots=True)
class _Joined:
    gates: Gates
    root: int


def _all_of(below: Gates, nodes: Sequence[int]) -> _Joined:
    """The gates with one more on top, which needs all of the nodes to go."""
    root = len(below.topology) + len(below.topology.at_least)
    inputs, fatal = {**below.inputs, root: list(nodes)}, {**below.fatal, root: len(nodes)}
    return _Joined(Gates(below.topology, inputs, fatal, below.hard), root)


def _step_by_step(topology: Topology, nodes: Sequence[int], known: Alone, least: Status) -> tuple[int, ...]:
    """Causes chosen one after the other, each the one that explains most of what is left; of several the one that
    harms least, then the first."""
    left, chosen = set(nodes), list[int]()
    while left:
        explains: dict[int, int] = {}
        for node in left:
            for cause in known[node]:
                explains[cause] = explains.get(cause, 0) + 1
        most = max(explains.values())
        best = [cause for cause in sorted(explains) if explains[cause] == most]
        chosen.append(min(best, key=lambda cause: (_harm(topology, cause, least), cause)))
        status = settle(topology, dict.fromkeys(chosen, Status.DOWN))
        left = {node for node in left if status.get(node, Status.UP) < least}
    return tuple(sorted(chosen))


def _harm(topology: Topology, cause: int, least: Status) -> int:
    status = settle(topology, {cause: Status.DOWN}, least, _WIDE)
    return sum(how >= least for how in status.values())
