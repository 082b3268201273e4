"""A relation uses a former id.

It works, so this is a note; the living id reads better and survives the day the alias goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem, Severity

CODE = "alias-reference"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One note for each target written as an alias."""
    inventory = facts.inventory
    renamed = frozenset(facts.topology.alias_of)
    for ci in facts.leading_to(renamed) if renamed else ():
        for relation, target in ci.targets():
            if target.id not in inventory.cis and (living := inventory.aliases.get(target.id)):
                yield Problem(
                    CODE,
                    f"'{target.id}' is a former id of '{living}'",
                    Severity.NOTE,
                    where=ci.place.at("relations", relation, target.id),
                    ci=ci.id,
                    key_path=f"relations.{relation}",
                    hint=f"write '{living}'",
                    subject=target.id,
                )
