"""The selected CIs and the relations among them: a table, a drawing, and JSON that networkx reads as a node-link
multigraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.ci import CI, Group, Member
from cmdb.model.document import Block, Document, Paragraph, Span, Table
from cmdb.model.inventory import Inventory
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Relation:
    """One arrow: `source` depends on `target` by `type`. `plain` says that it is needed on its own; `groups` are the
    redundancy groups that it is a member of."""

    source: str
    type: str
    target: str
    plain: bool
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Subgraph:
    """CIs sorted by id, and the relations among them, sorted by source, type and target."""

    cis: tuple[CI, ...]
    relations: tuple[Relation, ...]


def subgraph(inventory: Inventory, cis: Sequence[CI]) -> Subgraph:
    """The CIs and every relation that starts and ends among them; aliases resolve."""
    chosen = {ci.id for ci in cis}
    relations = [one for ci in cis for one in _relations(inventory, ci) if one.target in chosen]
    return Subgraph(tuple(cis), tuple(sorted(relations, key=lambda one: (one.source, one.type, one.target))))


def document(graph: Subgraph) -> Document:
    """A table of the relations, and the CIs that have none."""
    rows = tuple(
        (Span(one.source, "id"), one.type, Span(one.target, "id"), ", ".join(map(_group, one.groups)))
        for one in graph.relations
    )
    joined = {end for one in graph.relations for end in (one.source, one.target)}
    alone = [part for ci in graph.cis if ci.id not in joined for part in (", ", Span(ci.id, "id"))][1:]
    blocks: list[Block] = [Table(("source", "relation", "target", "group"), rows)] if rows else []
    if alone:
        blocks.append(Paragraph(("Without relations among these: ", *alone)))
    return Document(tuple(blocks) or (Paragraph("Nothing is selected."),))


def payload(graph: Subgraph) -> dict[str, Value]:
    """`summary`, and `nodes` and `edges` in networkx's node-link form."""
    return {
        "summary": {"cis": len(graph.cis), "relations": len(graph.relations)},
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [{"id": ci.id, "kind": ci.kind, "name": ci.name, "owner": ci.owner} for ci in graph.cis],
        "edges": [_edge(one) for one in graph.relations],
    }


def drawing(graph: Subgraph) -> Drawing:
    """Nodes by name; arrows to members of groups are soft."""
    nodes = tuple(Node(ci.id, ci.title, ci.kind) for ci in graph.cis)
    edges = tuple(Edge(one.source, one.target, one.type, soft=not one.plain) for one in graph.relations)
    return Drawing(nodes, edges)


def _relations(inventory: Inventory, ci: CI) -> Iterator[Relation]:
    for type_, members in ci.relations.items():
        plain: set[str] = set()
        groups: dict[str, list[Group]] = {}
        for target, group in _targets(members, None):
            known = inventory.resolve(target) or target
            if group is None:
                plain.add(known)
            else:
                groups.setdefault(known, []).append(group)
        for target in plain | groups.keys():
            yield Relation(ci.id, type_, target, target in plain, tuple(groups.get(target, ())))


def _targets(members: Sequence[Member], group: Group | None) -> Iterator[tuple[str, Group | None]]:
    for member in members:
        if isinstance(member, Group):
            yield from _targets(member.of, member)
        else:
            yield member.id, group


def _group(group: Group) -> str:
    return f"{group.name or group.label} ({group.at_least} of {len(group.of)})"


def _edge(relation: Relation) -> dict[str, Value]:
    groups = [{"name": one.name or one.label, "at_least": one.at_least, "of": len(one.of)} for one in relation.groups]
    ends = {"source": relation.source, "target": relation.target, "key": relation.type}
    return {**ends, "plain": relation.plain, "groups": groups}
