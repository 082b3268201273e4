"""From what an answer draws to a picture that can be looked at: layered by tier, framed by site or owner, and folded
where it would be a hairball."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Literal

from cmdb.graph.grouping import grouping
from cmdb.graph.topology import Topology
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.inventory import Inventory
from cmdb.model.tiers import tiers

Fold = Literal["auto", "kind", "group", "none"]
FOLDS: tuple[Fold, ...] = ("auto", "kind", "group", "none")
LIMIT = 40
"""Nodes that a picture may have before it is folded by itself."""
KEPT = 12
"""Services, and CIs that were said to fail, that stay single in a folded picture, if there are no more."""


def arranged(
    drawing: Drawing, inventory: Inventory, topology: Topology, *, group_by: str = "", fold: Fold = "auto"
) -> Drawing:
    """The drawing with a tier for each CI, and with its own groups, or those of CIs told apart `group_by` something.
    Folded pictures have one node for all CIs of a kind (or of a group) with the same status: always, never, or above
    `LIMIT` nodes. Raises `CmdbError` for what nothing is grouped by."""
    tier = tiers(inventory.schema)
    groups = grouping(inventory, topology, group_by) if group_by else None
    nodes: list[Node] = []
    for node in drawing.nodes:
        number = topology.number(node.id)
        named = ", ".join(groups(number)) if groups is not None and number is not None else node.group
        kind = topology.kind(number) if not node.kind and number is not None else node.kind
        nodes.append(replace(node, kind=kind, tier=tier.get(kind), group=named))
    whole = replace(drawing, nodes=tuple(nodes))
    if fold == "none" or (fold == "auto" and len(nodes) <= LIMIT):
        return whole
    return replace(whole, folded=_folded(whole, by_group=fold == "group", automatic=fold == "auto"))


def _folded(drawing: Drawing, *, by_group: bool, automatic: bool) -> Drawing:
    kept = _kept(drawing.nodes)
    alike: dict[Hashable, list[Node]] = {}
    for node in drawing.nodes:
        kind = "" if by_group else node.kind
        key = (node.id,) if node.id in kept else (node.group, kind, node.status, node.failed)
        alike.setdefault(key, []).append(node)
    home = {node.id: _one(nodes, by_group) for nodes in alike.values() for node in nodes}
    what = "group" if by_group else "kind"
    why = f", being more than {LIMIT}" if automatic else ""
    note = f"{len(drawing.nodes):,} CIs are folded by {what}{why}; --fold none draws each"
    nodes = sorted({node.id: node for node in home.values()}.values(), key=lambda node: node.id)
    return replace(drawing, nodes=tuple(nodes), edges=_merged(drawing.edges, home), note=note)


def _kept(nodes: Iterable[Node]) -> frozenset[str]:
    """What stays single: few services, and few CIs that were said to fail."""
    every = tuple(nodes)
    services = [node.id for node in every if node.tier == 0 and not node.failed]
    failed = [node.id for node in every if node.failed]
    return frozenset(name for names in (services, failed) if len(names) <= KEPT for name in names)


def _one(nodes: list[Node], by_group: bool) -> Node:
    """The node that stands for several."""
    first = nodes[0]
    if len(nodes) == 1:
        return first
    what = f"CIs of {first.group or 'no group'}" if by_group else first.kind
    label = f"{len(nodes)} × {what}" if not by_group else f"{len(nodes)} {what}"
    state = "" if first.status is None else first.status.label
    tiers = [node.tier for node in nodes if node.tier is not None]
    return Node(
        id=f"{label} {state} {first.failed} {first.group}",
        label=label,
        status=first.status,
        failed=first.failed,
        tier=min(tiers, default=None),
        group=first.group,
    )


def _merged(edges: Iterable[Edge], home: dict[str, Node]) -> tuple[Edge, ...]:
    """One arrow for all of a type between two nodes; none from a node to itself."""
    counts: Counter[tuple[str, str, str]] = Counter()
    soft: dict[tuple[str, str, str], bool] = {}
    for edge in edges:
        key = home[edge.source].id, home[edge.target].id, edge.label
        if key[0] != key[1]:
            counts[key] += 1
            soft[key] = soft.get(key, True) and edge.soft
    return tuple(
        Edge(source, target, f"{label} ×{count}" if count > 1 else label, soft[source, target, label])
        for (source, target, label), count in sorted(counts.items())
    )
