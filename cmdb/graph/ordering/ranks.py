"""What comes first where dependencies leave a choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmdb.model.ci import CI, CRITICALITIES
from cmdb.model.inventory import Inventory

Rank = Mapping[str, tuple[int, ...]]
"""Id -> its place: the smaller comes first; ids without one come last, by id."""
LAST = 2**63


def ranks(inventory: Inventory, ids: Iterable[str] | None = None) -> Rank:
    """By the attribute `recovery_order`, then by criticality; of all CIs, or of some."""
    return {name: _rank(inventory[name]) for name in (inventory if ids is None else ids)}


def _rank(ci: CI) -> tuple[int, ...]:
    order = ci.attributes.get("recovery_order")
    known = order if isinstance(order, int) else LAST
    critical = CRITICALITIES.index(ci.criticality) if ci.criticality in CRITICALITIES else -1
    return known, -critical
