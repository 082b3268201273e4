"""Which services go down with each CI, for every CI of an inventory, with redundancy groups and circles.

Our sweep gives, for every service, all CIs that take it down alone, and turns that around. The floor is what people do
with a graph library: plain descendants of every CI, which knows nothing of redundancy; networkx sets the budget. All
have the same CIs and the relations that can take them down, in memory and as the library likes them, groups being
plain relations to their members for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from time import perf_counter
from typing import Any

from bench.lab import Lab
from bench.samples import Result, Timing
from cmdb import Status, Topology, Workspace

LIMIT = 1.0
Edge = tuple[int, int]


def measure(lab: Lab) -> tuple[Result, ...]:
    """The sweep against descendants of every node."""
    workspace = str(lab.corpus(lab.sizes.cis))
    found = lab.rounds(
        {
            "cmdb": lambda _: lab.run(sweep, workspace=workspace),
            "networkx": lambda _: lab.run(networkx, workspace=workspace),
            "rustworkx": lambda _: lab.run(rustworkx, workspace=workspace),
            "igraph": lambda _: lab.run(igraph, workspace=workspace),
        },
        lab.sizes.rounds,
    )
    note = "reachability only"
    return (
        Result(
            work="criticality of every CI",
            size=f"{lab.sizes.cis:,} CIs",
            limit=LIMIT,
            unit="×",
            against="networkx, plain descendants of every node",
            figure=found["cmdb"].over(found["networkx"]),
            timings=(
                Timing("cmdb: which services go down with it", found["cmdb"]),
                Timing("networkx: descendants", found["networkx"], note=note),
                Timing("rustworkx: descendants", found["rustworkx"], note=note),
                Timing("igraph: neighbourhood sizes", found["igraph"], note=note),
            ),
        ),
    )


def sweep(workspace: str) -> float:
    """Ours, for all services there are."""
    from cmdb.graph.weak.criticality import criticality

    topology = Workspace.open(workspace).topology
    services = [name for node, name in enumerate(topology.ids) if topology.kind(node) in topology.services]
    start = perf_counter()
    found = criticality(topology, services)
    seconds = perf_counter() - start
    if not found:
        raise RuntimeError("nothing takes a service down")
    return seconds


def networkx(workspace: str) -> float:
    """`networkx.descendants` of every node."""
    import networkx as nx

    topology = Workspace.open(workspace).topology
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(topology)))
    graph.add_edges_from(edges(topology))
    return _timed(lambda: sum(len(nx.descendants(graph, node)) for node in graph))


def rustworkx(workspace: str) -> float:
    """`rustworkx.descendants` of every node."""
    library = import_module("rustworkx")
    topology = Workspace.open(workspace).topology
    graph = library.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(len(topology)))
    graph.add_edges_from_no_data(list(edges(topology)))
    return _timed(lambda: sum(len(library.descendants(graph, node)) for node in range(len(topology))))


def igraph(workspace: str) -> float:
    """`Graph.neighborhood_size` of every node, as far as it goes."""
    topology = Workspace.open(workspace).topology
    graph = import_module("igraph").Graph(len(topology), list(edges(topology)), directed=True)
    return _timed(lambda: sum(graph.neighborhood_size(order=len(topology), mode="out")) - len(topology))


def edges(topology: Topology) -> Iterator[Edge]:
    """From every CI to each that can take it down, groups flattened, between CIs that serve; each once."""
    count, out = len(topology), topology.out
    for node in range(count):
        waiting = [node] if topology.serving[node] else []
        below: set[int] = set()
        while waiting:
            for edge in out.of(source := waiting.pop()):
                target = out.node[edge]
                if target >= count:
                    hard = source >= count or topology.ceilings[out.relation[edge]] == Status.DOWN
                    waiting += [target] if hard else []
                elif topology.serving[target] and topology.ceilings[out.relation[edge]] == Status.DOWN:
                    below.add(target)
        yield from ((node, target) for target in sorted(below))


def _timed(count: Any) -> float:
    start = perf_counter()
    found = count()
    seconds = perf_counter() - start
    if not found:
        raise RuntimeError("nothing depends on anything")
    return seconds
