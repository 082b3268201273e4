"""A CI in service needs one that is not.

Counted are plain entries whose failure would harm the CI. Members of redundancy groups are counted by
`group-out-of-service`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI, Target
from cmdb.model.problem import Problem, Severity
from cmdb.model.status import Status

CODE = "needs-out-of-service"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One warning for each such entry."""
    types = facts.inventory.schema.relation_types
    harmful = {name for name, kind in types.items() if kind.ceiling is not Status.UP}
    for ci in facts.leaning:
        for relation in sorted(harmful & ci.relations.keys()) if ci.serves else ():
            yield from _entries(facts, ci, relation)


def _entries(facts: Facts, ci: CI, relation: str) -> Iterator[Problem]:
    for entry in ci.relations[relation]:
        target = facts.inventory.resolve(entry.id) if isinstance(entry, Target) else None
        if target is not None and not (other := facts.inventory[target]).serves:
            yield Problem(
                CODE,
                f"'{ci.id}' is {ci.lifecycle} and {relation} '{target}', which is {other.lifecycle}",
                Severity.WARNING,
                where=ci.place.at("relations", relation, entry.id if isinstance(entry, Target) else ""),
                ci=ci.id,
                key_path=f"relations.{relation}",
                hint="bring it into service first, or take it out of the relation",
                subject=target,
            )
