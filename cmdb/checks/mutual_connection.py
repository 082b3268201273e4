"""Two CIs reach the network through each other.

`connects_to` means "reaches the network through" and stands on the dependent end. Cabling between peers is `linked_to`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.graph.neighbours import joined
from cmdb.model.ci import CI, Target
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem, Related

CODE = "mutual-connection"
LOOKS = Reach.NEIGHBOURS
RELATION = "connects_to"


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each pair, at the CI whose id comes first."""
    inventory = facts.inventory
    for ci in facts.at(_connected(facts)):
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


def _connected(facts: Facts) -> Iterator[int]:
    """The CIs of which a target connects back."""
    topology, rows = facts.topology, facts.topology.out
    if RELATION not in topology.relations:
        return
    relation = topology.relations.index(RELATION)
    for node in facts.nodes:
        for edge in rows.of(node):
            target = rows.node[edge]
            further = rows.relation[edge] == relation and node < target < len(topology)
            if further and joined(topology, target, node, relation):
                yield node
                break


def _plain(inventory: Inventory, ci: CI) -> dict[str, str]:
    """Living id -> the id as written, of the plain targets."""
    written = (entry.id for entry in ci.relations.get(RELATION, ()) if isinstance(entry, Target))
    return {living: target for target in written if (living := inventory.resolve(target))}
