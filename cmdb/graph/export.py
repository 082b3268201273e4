"""The door of networkx: the inventory as a graph that its whole library of algorithms understands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from cmdb.model.ci import Member, Target
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status

if TYPE_CHECKING:
    import networkx

    MultiDiGraph: TypeAlias = networkx.MultiDiGraph[str]

_Group = tuple[str, int]
"""The name of a redundancy group and how many of its members are needed."""
_Entry = tuple[Target, _Group | None]
"""A target, and the innermost group around it."""
TRAITS = ("id", "kind", "name", "owner", "environment", "lifecycle", "criticality")


def multidigraph(inventory: Inventory) -> MultiDiGraph:
    """A `networkx.MultiDiGraph` in which an edge from A to B reads "A depends on B".

    Nodes are ids, with `id`, `kind`, `name`, `owner`, `environment`, `lifecycle` and `criticality`. Edges are keyed by
    relation type, and have that as `relation`, its `ceiling` (`down`, `degraded`, `at_risk` or `none`), `notes`, and
    `group` and `at_least` of the innermost redundancy group that they stand in, None outside groups. A target that
    stands in several entries of one type has an edge for each: the plain one keeps the relation type as its key (or the
    first, where none is plain), the others add their group: `depends_on/auth quorum`. Aliases resolve, and targets that
    do not exist are left out.
    """
    import networkx

    graph: MultiDiGraph = networkx.MultiDiGraph()
    graph.add_nodes_from((ci.id, {name: getattr(ci, name) for name in TRAITS}) for ci in inventory.cis.values())
    for ci in inventory.cis.values():
        for relation in sorted(ci.relations):
            for (other, group), target in _distinct(inventory, ci.relations[relation], relation).items():
                taken = graph.has_edge(ci.id, other, relation)
                key = f"{relation}/{group[0]}" if group and taken else relation
                graph.add_edge(ci.id, other, key=key, **_traits(inventory, relation, target, group))
    return graph


def _distinct(
    inventory: Inventory, members: tuple[Member, ...], relation: str
) -> dict[tuple[str, _Group | None], Target]:
    """The entries by living id and group, each once, the plain ones first."""
    found: dict[tuple[str, _Group | None], Target] = {}
    for target, group in sorted(_entries(members, relation), key=lambda entry: entry[1] is not None):
        other = inventory.resolve(target.id)
        if other is not None:
            found.setdefault((other, group), target)
    return found


def _entries(members: tuple[Member, ...], relation: str, group: _Group | None = None) -> Iterator[_Entry]:
    for position, member in enumerate(members, start=1):
        if isinstance(member, Target):
            yield member, group
        else:
            place = f"{group[0]}.{position}" if group else f"{relation}#{position}"
            yield from _entries(member.of, relation, (member.label or member.name or place, member.at_least))


def _traits(inventory: Inventory, relation: str, target: Target, group: _Group | None) -> dict[str, Any]:
    known = inventory.schema.relation_types.get(relation)
    ceiling = known.ceiling if known else Status.UP
    return {
        "relation": relation,
        "ceiling": ceiling.label if ceiling > Status.UP else "none",
        "group": group[0] if group else None,
        "at_least": group[1] if group else None,
        "notes": dict(target.notes),
    }
