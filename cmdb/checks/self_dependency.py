"""A CI is its own target.

It may be a member of its own redundancy group (a quorum counts itself), never a plain target.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import Target
from cmdb.model.problem import Problem

CODE = "self-dependency"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each plain entry that leads back to its own CI."""
    rows = facts.topology.out
    own = (node for node in facts.nodes if node in rows.node[rows.start[node] : rows.start[node + 1]])
    for ci in facts.at(own):
        for relation, entries in ci.relations.items():
            for entry in entries:
                if isinstance(entry, Target) and facts.inventory.resolve(entry.id) == ci.id:
                    yield Problem(
                        CODE,
                        f"'{ci.id}' is its own '{relation}' target",
                        where=ci.place.at("relations", relation, entry.id),
                        ci=ci.id,
                        key_path=f"relations.{relation}",
                        hint="remove the entry; only a redundancy group may count its own CI",
                        subject=entry.id,
                    )
