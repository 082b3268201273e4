"""Single points of failure: everything whose failure alone takes a CI down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cmdb.graph.impact import graph_of
from cmdb.graph.references import resolve
from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import alone_of
from cmdb.graph.weak.gates import gates
from cmdb.graph.weak.proof import Evidence
from cmdb.model.inventory import Inventory
from cmdb.model.proof import Step


@dataclass(frozen=True, slots=True)
class SinglePoints:
    """A CI, and by id all others whose failure alone takes it down."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    cis: tuple[str, ...]
    _node: int = field(repr=False, compare=False)
    _topology: Topology = field(repr=False, compare=False)

    def proofs(self) -> Mapping[str, tuple[Step, ...]]:
        """For each of them the shortest chain from the CI to it, along which everything goes down; of several the first
        by relation, then target."""
        evidence = Evidence(self._topology, self._node)
        return {self._topology.ids[each]: evidence.chain(self._node, each) for each in self._nodes(evidence)}

    def _nodes(self, evidence: Evidence) -> Iterable[int]:
        return (each for each in evidence.alone[self._node] if each != self._node)


def single_points(
    graph: Topology | Inventory, ids: Iterable[str], *, include: Iterable[str] = ()
) -> tuple[SinglePoints, ...]:
    """The single points of failure of CIs, sorted by id; a single text is one id. It takes what the CIs rely on and no
    more. What does not serve has none and is none, unless `include` names its lifecycle. Raises `CmdbError` for a CI
    that does not exist."""
    topology = graph_of(graph, include)
    nodes = nodes_of(topology, ids)
    known = alone_of(gates(topology, nodes), frozenset(nodes))
    return tuple(_found(topology, node, known[node]) for node in nodes)


def nodes_of(topology: Topology, ids: Iterable[str]) -> list[int]:
    """The CIs that are asked about, each once; a single text is one id. Raises `CmdbError` for one that does not
    exist."""
    return sorted({resolve(topology, each) for each in ({ids} if isinstance(ids, str) else set(ids))})


def _found(topology: Topology, node: int, failed: Iterable[int]) -> SinglePoints:
    cis = tuple(topology.ids[each] for each in failed if each != node)
    return SinglePoints(*topology.who(node), cis, node, topology)
