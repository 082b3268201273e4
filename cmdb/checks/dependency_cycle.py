"""CIs need each other in a circle, so that none of them can start first.

Counted are plain entries whose failure brings the source down; `connects_to` is left out, since networks are full of
rings that harm nobody, and so are redundancy groups, since a quorum is meant to be one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.graph.cycles import Knot, circle, hard, knots
from cmdb.graph.topology import Topology
from cmdb.model.location import Place
from cmdb.model.problem import Problem, Related, Severity

CODE = "dependency-cycle"
LOOKS = Reach.CIRCLES


def check(facts: Facts) -> Iterator[Problem]:
    """One warning for each knot of CIs, showing the shortest circle through its first."""
    topology = facts.topology
    counted = hard(topology)
    for knot in knots(topology, counted, facts.nodes):
        yield _problem(facts, counted, circle(topology, counted, knot))


def _problem(facts: Facts, counted: frozenset[int], circle: Knot) -> Problem:
    topology, ids = facts.topology, [facts.topology.ids[node] for node in circle]
    steps = [
        (source, _relation(topology, counted, node, target), topology.ids[target])
        for source, node, target in zip(ids, circle, (*circle[1:], circle[0]), strict=True)
    ]
    return Problem(
        CODE,
        "circle of dependencies: " + " -> ".join((*ids, ids[0])),
        Severity.WARNING,
        where=_place(facts, *steps[0]),
        ci=ids[0],
        key_path=f"relations.{steps[0][1]}",
        related=tuple(
            Related(f"'{source}' {name} '{target}'", _place(facts, source, name, target))
            for source, name, target in steps[1:]
        ),
        hint="make one of them a weaker relation (uses), or a redundancy group",
        subject=" ".join(sorted(ids)),
    )


def _relation(topology: Topology, counted: frozenset[int], node: int, target: int) -> str:
    """The name of the first relation that leads there."""
    rows = topology.out
    return topology.relations[
        min(rows.relation[e] for e in rows.of(node) if rows.node[e] == target and rows.relation[e] in counted)
    ]


def _place(facts: Facts, source: str, relation: str, target: str) -> Place:
    return facts.inventory[source].place.at("relations", relation, target)
