"""`cmdb impact HYPERVISOR` in a large inventory, the whole process, with everything remembered.

The floor is an interpreter that imports the modules which the command had imported by its end; what the command takes
beyond that is the figure. The inventory has 100 CIs a file. Instead people build a networkx graph from scratch and ask
for the ancestors: that is measured on the usual inventory, in memory and without reading it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench.estate import counts, name
from bench.lab import Lab, program
from bench.layers import LAYERS
from bench.samples import Result, Timing

LIMIT = 100.0
_PROBE = """
import atexit, json, sys
modules = lambda: sys.stderr.write("\\n" + json.dumps([name for name in sys.modules if name != "__main__"]))
atexit.register(modules)
from cmdb.cli.main import main
main()
"""
_IMPORTS = """
import sys
from importlib import import_module
for name in {names}:
    try:
        import_module(name)
    except ImportError:
        pass
"""


def measure(lab: Lab) -> tuple[Result, ...]:
    """One hypervisor in the middle of the large inventory."""
    workspace = lab.corpus(lab.sizes.many, per_file=100)
    question = ["impact", _hypervisor(lab.sizes.many), "-C", str(workspace), "-f", "json"]
    usual = str(lab.corpus(lab.sizes.cis))
    with lab.cache() as cache:
        lab.wall([program("cmdb"), *question], cache)
        imports = _IMPORTS.format(names=_imported(lab, question, cache))
        found = lab.rounds(
            {
                "cmdb": lambda _: lab.wall([program("cmdb"), *question], cache),
                "floor": lambda _: lab.wall([sys.executable, "-c", imports]),
            },
            lab.sizes.quick_rounds,
        )
    graphs = lab.rounds(
        {
            "ours": lambda _: lab.run(compact, workspace=usual, seed=_hypervisor(lab.sizes.cis)),
            "networkx": lambda _: lab.run(networkx, workspace=usual, seed=_hypervisor(lab.sizes.cis)),
        },
        lab.sizes.rounds,
    )
    note = f"{lab.sizes.cis:,} CIs in memory: build, ask once"
    return (
        Result(
            work="one impact question, warm, whole process",
            size=f"{lab.sizes.many:,} CIs, 100 CIs a file",
            limit=LIMIT,
            unit="ms",
            against="beyond interpreter start and imports",
            figure=found["cmdb"].beyond(found["floor"]).times(1000),
            timings=(
                Timing("cmdb impact", found["cmdb"]),
                Timing("interpreter start, imports", found["floor"]),
                Timing("cmdb: topology and impact", graphs["ours"], note=note),
                Timing("networkx: graph and ancestors", graphs["networkx"], note=note),
            ),
        ),
    )


def compact(workspace: str, seed: str) -> float:
    """Builds our topology from CIs in memory and walks it."""
    from cmdb import Workspace, impact

    inventory = Workspace.open(workspace, cache=False).inventory
    start = perf_counter()
    hit = impact(inventory, [seed])
    seconds = perf_counter() - start
    if not hit.affected:
        raise RuntimeError(f"{seed} harms nothing")
    return seconds


def networkx(workspace: str, seed: str) -> float:
    """Builds a networkx graph from the same CIs and asks for everything that depends on the seed."""
    import networkx as nx

    from cmdb import Workspace

    inventory = Workspace.open(workspace, cache=False).inventory
    start = perf_counter()
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for ci in inventory.values():
        graph.add_node(ci.id, kind=ci.kind, owner=ci.owner)
        for relation, target in ci.targets():
            graph.add_edge(ci.id, target.id, relation)
    nx.ancestors(graph, seed)
    return perf_counter() - start


def _hypervisor(cis: int) -> str:
    return name("hv", counts(LAYERS, cis)["hv"] // 2)


def _imported(lab: Lab, question: Sequence[str], cache: Path) -> list[str]:
    """The modules that the command has imported when it ends."""
    command = [sys.executable, "-c", _PROBE, *question]
    names: list[str] = json.loads(lab.process(command, cache).stderr.rpartition("\n")[2])
    return names
