"""The layers of a drawing: from what people notice down to what everything stands on."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.kind import Schema

TIERS = ("services", "applications", "data", "machines and storage", "network", "sites and power", "people and papers")
_KINDS: Mapping[int, tuple[str, ...]] = {
    0: ("service",),
    1: ("software",),
    2: ("database", "message_queue", "cache"),
    3: ("compute", "storage_array", "volume", "cloud_resource", "cloud_account"),
    4: ("network_element", "network", "network_interface", "circuit", "ip_address", "dns_zone", "certificate"),
    5: ("facility",),
    6: ("organisation", "team", "person", "contract", "license", "software_product", "document"),
}


def tiers(schema: Schema) -> dict[str, int]:
    """Kind -> its layer, by the nearest of its ancestors that has one."""
    known = {kind: tier for tier, kinds in _KINDS.items() for kind in kinds}
    nearest = {
        name: next((known[one] for one in kind.lineage if one in known), None) for name, kind in schema.kinds.items()
    }
    return {name: tier for name, tier in nearest.items() if tier is not None}
