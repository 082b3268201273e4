"""The schedule of a change between two sides of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from cmdb.changes.circumstances import Trouble
from cmdb.changes.schedule import Ground, schedule
from cmdb.compare.inventories import diff
from cmdb.model.change import ChangeSet
from cmdb.model.filed_change import FiledChange, Plan
from cmdb.model.schedule import Schedule
from cmdb.sources.commits import day_of
from cmdb.sources.git_tree import GitTree
from cmdb.workspace import Workspace

LATELY = timedelta(days=90)
"""How long a failed change counts."""


def scheduled(before: Workspace, after: Workspace, planned: Plan | None, changes: ChangeSet | None = None) -> Schedule:
    """A plan held against the calendar of the side before, so that no change makes room for itself, and against the
    change records of both sides. `changes` are those between the sides, unless others are given."""
    if planned is None:
        return Schedule()
    found = diff(before.inventory, after.inventory) if changes is None else changes
    cis = sorted({name for change in found.changes for name in (change.id, change.former_id) if name})
    others: dict[str, FiledChange] = {one.id: one for side in (after, before) for one in side.records.records}
    sides = [Ground(side.inventory, side.topology) for side in (before, after)]
    return schedule(cis, planned, before.baselines.calendar, sides, others.values())


def troubles(before: Workspace, after: Workspace, day: date | None = None) -> Iterator[Trouble]:
    """The CIs of changes that failed in the 90 days up to a day, by the records of the side before; without one the day
    is that of the commit after."""
    if day is None:
        source = after.source
        if not isinstance(source, GitTree):
            return
        day = day_of(source.repository, source.commit)
    for record in before.records.records:
        if record.failed is not None and day - record.failed.date() <= LATELY:
            yield from (Trouble(ci, "failed change", record.id, record.failed) for ci in record.cis)


def without(found: Schedule, record: str) -> Schedule:
    """The schedule of a record that was on file already, which does not overlap itself."""
    return replace(found, overlaps=tuple(one for one in found.overlaps if one.record != record))
