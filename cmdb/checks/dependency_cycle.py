"""CIs need each other in a circle, so that none of them can start first.

Counted are plain entries whose failure brings the source down; `connects_to` is left out, since networks are full of
rings that harm nobody, and so are redundancy groups, since a quorum is meant to be one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts
from cmdb.graph.cycles import cycles
from cmdb.model.ci import Target
from cmdb.model.problem import Problem, Related, Severity
from cmdb.model.status import Status

CODE = "dependency-cycle"


def check(facts: Facts) -> Iterator[Problem]:
    """One warning for each knot of CIs, showing the shortest circle through its first."""
    inventory = facts.inventory
    hard = {
        name
        for name, kind in inventory.schema.relation_types.items()
        if kind.ceiling is Status.DOWN and name != "connects_to"
    }
    edges: dict[str, dict[str, str]] = {}
    for ci in inventory.values():
        for relation in sorted(hard & ci.relations.keys()):
            for entry in ci.relations[relation]:
                target = inventory.resolve(entry.id) if isinstance(entry, Target) else None
                if target is not None and target != ci.id:
                    edges.setdefault(ci.id, {}).setdefault(target, relation)
    for circle in cycles(edges):
        first, steps = circle[0], list(zip(circle, [*circle[1:], circle[0]], strict=True))
        yield Problem(
            CODE,
            "circle of dependencies: " + " -> ".join((*circle, first)),
            Severity.WARNING,
            where=inventory[first].place.at("relations", edges[first][steps[0][1]], steps[0][1]),
            ci=first,
            key_path=f"relations.{edges[first][steps[0][1]]}",
            related=tuple(
                Related(
                    f"'{source}' {edges[source][target]} '{target}'",
                    inventory[source].place.at("relations", edges[source][target], target),
                )
                for source, target in steps[1:]
            ),
            hint="make one of them a weaker relation (uses), or a redundancy group",
            subject=" ".join(sorted(circle)),
        )
