"""The way back: the inverse of a change, and the proof that it leads back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cmdb.changes.sides import Side, Sides
from cmdb.compare.apply import apply, inverse
from cmdb.compare.inventories import diff
from cmdb.graph.neighbours import sources
from cmdb.model.change import ChangeSet
from cmdb.model.change_record import Backout
from cmdb.model.inventory import Index, Inventory
from cmdb.model.problem import CmdbError


def backout(sides: Sides) -> Backout:
    """The inverse changes, tried on the CIs of the head that they concern: those that change, and those that refer to
    one that is renamed. Nothing else can come out otherwise than it is."""
    back = inverse(sides.changes)
    before = excerpt(sides.before, {*sides.old, *_referring(sides.before, sides.renamed.keys())})
    after = excerpt(sides.after, {*sides.new, *_referring(sides.after, sides.renamed.values())})
    try:
        left = diff(apply(back, after), before)
    except CmdbError:
        return Backout(bare(back), restores=False, differing=sides.old)
    return Backout(bare(back), not left, tuple(change.id for change in left.changes))


def excerpt(side: Side, names: Collection[str]) -> Inventory:
    """The inventory with some of its CIs only, where references mean what they mean in the whole."""
    whole = side.inventory
    cis = {name: whole.cis[name] for name in sorted(names) if name in whole.cis}
    index = Index(cis, {alias: ci for alias, ci in whole.aliases.items() if alias not in cis})
    return Inventory(tuple(cis.values()), whole.schema, unread=whole.unread, unread_ids=whole.unread_ids, index=index)


def bare(changes: ChangeSet) -> ChangeSet:
    """The changes without the whole CIs of both sides, which a record is too small for."""
    return ChangeSet(tuple(replace(change, before=None, after=None) for change in changes.changes))


def _referring(side: Side, names: Collection[str]) -> set[str]:
    nodes = side.nodes(names)
    return {side.topology.ids[node] for node in sources(side.topology, nodes)} if nodes else set()
