"""Both sides of a change from the YAML in a test."""

from __future__ import annotations

from datetime import date

from cmdb.changes.sides import Side, Sides
from cmdb.compare.inventories import diff
from cmdb.graph.topology import build
from cmdb.model.inventory import Inventory
from cmdb.testing.text import workspace

DAY = date(2026, 1, 1)


def sides_of(before: Inventory, after: Inventory) -> Sides:
    """The sides without the problems of checks."""
    old, new = (Side(name, side, build(side)) for name, side in (("base", before), ("head", after)))
    return Sides(old, new, diff(before, after))


def sides(before: str, after: str, *, files: str = "") -> Sides:
    """The sides of one file of CIs each, with the problems of all checks. `files` is a baseline that both have."""
    found = []
    for name, text in (("base", before), ("head", after)):
        read = workspace({"inventory/cis.yaml": text} | ({"baselines/rules.yaml": files} if files else {}))
        found.append(Side(name, read.inventory, read.topology, read.check(DAY)))
    return Sides(found[0], found[1], diff(found[0].inventory, found[1].inventory))
