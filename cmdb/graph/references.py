"""From the ids that people type to nodes of the graph, with the words for what is wrong or odd about them."""

from __future__ import annotations

from cmdb.graph.hints import nearest
from cmdb.graph.topology import Topology
from cmdb.model.problem import CmdbError, Problem


def resolve(topology: Topology, reference: str) -> int:
    """The CI behind an id or alias. Raises `CmdbError` where there is none."""
    node = topology.number(reference)
    if node is None:
        raise CmdbError(Problem("unknown-ci", f"there is no CI '{reference}'", hint=_hint(topology, reference)))
    return node


def alias_note(topology: Topology, reference: str, node: int) -> tuple[str, ...]:
    """Says so where a reference is a former id."""
    current = topology.ids[node]
    return () if reference == current else (f"'{reference}' is a former id of '{current}'",)


def lifecycle_note(topology: Topology, node: int, consequence: str) -> tuple[str, ...]:
    """Says so where a CI does not serve, and what follows from that."""
    if topology.serving[node]:
        return ()
    state = topology.lifecycle(node)
    return (f"'{topology.ids[node]}' is {state} and does not serve, so {consequence}; --include {state} counts it in",)


def _hint(topology: Topology, reference: str) -> str:
    near = nearest(reference, topology.ids)
    return f"did you mean '{near}'?" if near else ""
