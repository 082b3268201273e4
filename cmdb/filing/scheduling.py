"""The schedule of a change between two sides of a workspace."""

from __future__ import annotations

from dataclasses import replace

from cmdb.changes.schedule import Ground, schedule
from cmdb.compare.inventories import diff
from cmdb.model.filed_change import FiledChange, Plan
from cmdb.model.schedule import Schedule
from cmdb.workspace import Workspace


def scheduled(before: Workspace, after: Workspace, planned: Plan | None) -> Schedule:
    """A plan held against the calendar of the side before, so that no change makes room for itself, and against the
    change records of both sides."""
    if planned is None:
        return Schedule()
    changes = diff(before.inventory, after.inventory).changes
    cis = sorted({name for change in changes for name in (change.id, change.former_id) if name})
    others: dict[str, FiledChange] = {one.id: one for side in (after, before) for one in side.records.records}
    sides = [Ground(side.inventory, side.topology) for side in (before, after)]
    return schedule(cis, planned, before.baselines.calendar, sides, others.values())


def without(found: Schedule, record: str) -> Schedule:
    """The schedule of a record that was on file already, which does not overlap itself."""
    return replace(found, overlaps=tuple(one for one in found.overlaps if one.record != record))
