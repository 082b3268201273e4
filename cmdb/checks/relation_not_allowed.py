"""A relation leads to a kind that the source's kind does not allow, or has too few or too many targets.

Only kinds that declare rules under `relations` are held to them; kinds match their descendants.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.kind import RelationRule
from cmdb.model.problem import Problem

CODE = "relation-not-allowed"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each wrong target, and for each relation with the wrong number of targets."""
    kinds = facts.inventory.schema.kinds
    for ci in facts.cis({name for name, kind in kinds.items() if kind.relations}):
        for relation, rule in kinds[ci.kind].relations.items():
            yield from _targets(facts.inventory, ci, relation, rule)
            yield from _count(ci, relation, rule)


def _targets(inventory: Inventory, ci: CI, relation: str, rule: RelationRule) -> Iterator[Problem]:
    for target in flatten(ci.relations.get(relation, ())):
        found = inventory.resolve(target.id)
        if found is None or not rule.to:
            continue
        kind = inventory[found].kind
        if not any(inventory.schema.is_a(kind, allowed) for allowed in rule.to):
            yield Problem(
                CODE,
                f"a {ci.kind} is not '{relation}' a {kind}",
                where=ci.place.at("relations", relation, target.id),
                ci=ci.id,
                key_path=f"relations.{relation}",
                hint=f"allowed: {', '.join(rule.to)}",
                subject=target.id,
            )


def _count(ci: CI, relation: str, rule: RelationRule) -> Iterator[Problem]:
    count = len(list(flatten(ci.relations.get(relation, ()))))
    if count < rule.min or (rule.max is not None and count > rule.max):
        wanted = f"at least {rule.min}" if count < rule.min else f"at most {rule.max}"
        yield Problem(
            CODE,
            f"a {ci.kind} has {wanted} '{relation}', this one {count or 'none'}",
            where=ci.place.at("relations", relation) if count else ci.place,
            ci=ci.id,
            key_path=f"relations.{relation}",
            hint=f"the kind '{ci.kind}' asks for it",
            subject="count",
        )
