"""Two CIs reach the network through each other.

`connects_to` means "reaches the network through" and stands on the dependent end. Cabling between peers is `linked_to`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts
from cmdb.model.ci import CI, Target
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem, Related

CODE = "mutual-connection"
RELATION = "connects_to"


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each pair, at the CI whose id comes first."""
    inventory = facts.inventory
    for ci in inventory.values():
        for target, written in _plain(inventory, ci).items():
            back = _plain(inventory, inventory[target])
            if ci.id < target and ci.id in back:
                yield Problem(
                    CODE,
                    f"'{ci.id}' and '{target}' connect to each other",
                    where=ci.place.at("relations", RELATION, written),
                    ci=ci.id,
                    key_path=f"relations.{RELATION}",
                    related=(Related("and back here", inventory[target].place.at("relations", RELATION, back[ci.id])),),
                    hint="keep it on the end that depends on the other, or write linked_to between peers",
                    subject=target,
                )


def _plain(inventory: Inventory, ci: CI) -> dict[str, str]:
    """Living id -> the id as written, of the plain targets."""
    written = (entry.id for entry in ci.relations.get(RELATION, ()) if isinstance(entry, Target))
    return {living: target for target in written if (living := inventory.resolve(target))}
