"""The measures of a risk, each between 0 and 1 with the reason for it in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cmdb.changes.circumstances import Circumstances, Trouble
from cmdb.changes.sides import Sides
from cmdb.model.change_config import OTHER_ENVIRONMENT, ChangeConfig
from cmdb.model.change_record import (
    AffectedCI,
    AssumedFailure,
    Backout,
    ChangeImpact,
    DesignChange,
)
from cmdb.model.ci import CRITICALITIES
from cmdb.model.status import Status
from cmdb.model.words import few, several

MANY_SERVICES = 10
MANY_CIS = 100
"""So many services, or so many CIs, that are degraded or down are the full measure of breadth."""
MANY_CHANGES = 20
"""So many changed CIs are the full measure of size."""
UNDECLARED = "low"
"""What a CI counts as whose criticality nobody declared."""
HOLDING_DATA = ("database", "volume", "storage_array", "backup_system", "message_queue")
"""Kinds whose removal takes more than the files to undo."""
FEW = 3
"""So many ids are named in a reason."""


class Measure(NamedTuple):
    """Between 0 and 1, and why."""

    value: float
    reason: str


@dataclass(frozen=True)
class Assessed:
    """What is known of the change before its risk is."""

    sides: Sides
    impact: ChangeImpact
    design: tuple[DesignChange, ...]
    backout: Backout

    @property
    def suffering(self) -> tuple[AffectedCI, ...]:
        """The affected CIs that are degraded or worse."""
        return tuple(hit for hit in self.impact.affected if hit.status >= Status.DEGRADED)

    @property
    def involved(self) -> tuple[AssumedFailure | AffectedCI, ...]:
        """The changed CIs, and those that suffer meanwhile."""
        return (*self.impact.failed, *self.suffering)


def measures(assessed: Assessed, circumstances: Circumstances, config: ChangeConfig) -> Mapping[str, Measure]:
    """The measure of every factor."""
    return {
        "criticality": _criticality(assessed),
        "breadth": _breadth(assessed),
        "redundancy": _redundancy(assessed),
        "environment": _environment(assessed, config.environments),
        "size": _size(assessed),
        "rollback": _rollback(assessed),
        "history": _history(assessed, circumstances.troubles),
        "freeze": _freeze(circumstances.freezes),
    }


def _criticality(assessed: Assessed) -> Measure:
    """A quarter for each step from low to critical."""
    ranked = {ci.id: CRITICALITIES.index(ci.criticality or UNDECLARED) for ci in assessed.involved}
    worst = max(ranked.values(), default=0)
    declared = sorted(ci.id for ci in assessed.involved if ci.criticality is not None and ranked[ci.id] == worst)
    value = (worst + 1) / len(CRITICALITIES)
    if not declared:
        return Measure(value, f"no CI that changes or suffers declares a criticality; that counts as {UNDECLARED}")
    return Measure(value, f"{CRITICALITIES[worst]}: {few(declared, FEW)}")


def _breadth(assessed: Assessed) -> Measure:
    cis = len(assessed.suffering)
    services = sum(hit.service for hit in assessed.suffering)
    value = max(cis / MANY_CIS, services / MANY_SERVICES)
    if not cis:
        return Measure(0, "nothing else is degraded or down meanwhile")
    return Measure(value, f"{several(cis, 'CI')} degraded or down meanwhile, {several(services, 'service')} among them")


def _redundancy(assessed: Assessed) -> Measure:
    """The worse of what is left during the change and what is left after it."""
    return max(_left_meanwhile(assessed.impact), _left_after(assessed.design), key=lambda measure: measure.value)


def _left_meanwhile(impact: ChangeImpact) -> Measure:
    down = sorted(hit.id for hit in impact.affected if hit.status == Status.DOWN)
    if down:
        return Measure(1, f"nothing stands in for what fails: down meanwhile {few(down, FEW)}")
    degraded = sorted(hit.id for hit in impact.affected if hit.status == Status.DEGRADED)
    if degraded:
        return Measure(0.75, f"degraded meanwhile: {few(degraded, FEW)}")
    bare = sorted({hit.id for hit in impact.affected for group in hit.groups if group.left <= group.at_least})
    if bare:
        return Measure(0.5, f"no member to spare meanwhile: {few(bare, FEW)}")
    if impact.affected:
        return Measure(0.25, "what is affected keeps something to spare")
    return Measure(0, "nothing relies on what fails")


def _left_after(design: Iterable[DesignChange]) -> Measure:
    points = sorted({one.ci for one in design if one.what == "single_point_introduced"})
    if points:
        return Measure(0.75, f"new single points of failure: {few(points, FEW)}")
    lost = sorted({one.ci for one in design if one.what in ("redundancy_lost", "shared_fate_introduced")})
    return Measure(0.5, f"less redundancy afterwards: {few(lost, FEW)}") if lost else Measure(0, "")


def _environment(assessed: Assessed, known: Mapping[str, float]) -> Measure:
    found = {ci.environment for ci in assessed.involved}
    value, name = max((known.get(name or "", OTHER_ENVIRONMENT), name or "") for name in found)
    return Measure(value, name or "no environment is declared")


def _size(assessed: Assessed) -> Measure:
    changes = assessed.sides.changes.changes
    values = sum(len(change.attributes) + len(change.relations) for change in changes)
    return Measure(len(changes) / MANY_CHANGES, f"{several(len(changes), 'CI')}, {several(values, 'value')}")


def _rollback(assessed: Assessed) -> Measure:
    if not assessed.backout.restores:
        return Measure(1, "the inverse of the change does not restore the base")
    changes = assessed.sides.changes.changes
    schema = assessed.sides.before.inventory.schema
    stateful = frozenset[str]().union(*(schema.descendants.get(kind, frozenset()) for kind in HOLDING_DATA))
    removed = [change for change in changes if change.action == "removed"]
    if data := sorted(change.id for change in removed if change.kind in stateful):
        return Measure(1, f"holds data and goes: {few(data, FEW)}")
    if removed:
        return Measure(0.5, f"has to be built again: {few([change.id for change in removed], FEW)}")
    if related := [change.id for change in changes if change.action != "added" and change.relations]:
        return Measure(0.25, f"relations to be put back: {few(related, FEW)}")
    if any(change.action != "added" for change in changes):
        return Measure(0.1, "values to be put back")
    return Measure(0, "what comes can go again")


def _history(assessed: Assessed, troubles: Iterable[Trouble]) -> Measure:
    changed = {*assessed.sides.old, *assessed.sides.new}
    mine = [trouble for trouble in troubles if trouble.ci in changed]
    failed = sorted({trouble.ci for trouble in mine if trouble.what == "failed change"})
    drifted = sorted({trouble.ci for trouble in mine if trouble.what == "drift"})
    if failed:
        return Measure(1, f"a change failed lately: {few(failed, FEW)}")
    if drifted:
        return Measure(0.5, f"drifted lately: {few(drifted, FEW)}")
    return Measure(0, "no drift and no failed change is known of what changes")


def _freeze(freezes: tuple[str, ...]) -> Measure:
    return Measure(1, f"inside {few(sorted(freezes), FEW)}") if freezes else Measure(0, "outside of every known freeze")
