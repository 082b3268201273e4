"""YAML in Git as the configuration management database: impact, drift and change, without a server.

Everything public is listed here; nothing else is. Names are loaded on first use, so that a quick question does not pay
for what it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmdb.all_analyses import report
    from cmdb.api import criticality, diff, drift, further, impact, paths, single_points, upstream, weak_points
    from cmdb.changes.calendar import Calendar, Met
    from cmdb.changes.circumstances import Trouble
    from cmdb.changes.periods import Period
    from cmdb.changes.records import Records
    from cmdb.changes.states import advanced, moves
    from cmdb.compare.apply import apply, inverse
    from cmdb.compare.problems import Ratchet, ratchet
    from cmdb.events import Delivered, Delivery, Event, deliver, event
    from cmdb.filing import RecordFolder, proposed, scheduled
    from cmdb.gating import Base, base_of, introduced
    from cmdb.graph.availability import Availabilities, Availability, availability
    from cmdb.graph.impact import Impact
    from cmdb.graph.ordering import (
        MaintenanceBatches,
        StartOrder,
        StopOrder,
        maintenance_batches,
        recovery_order,
        start_order,
        stop_order,
    )
    from cmdb.graph.paths import Paths
    from cmdb.graph.selectors import SelectorError
    from cmdb.graph.spread import Affected
    from cmdb.graph.topology import Topology
    from cmdb.graph.weak.criticality import Critical
    from cmdb.graph.weak.further import Further
    from cmdb.graph.weak.points import SinglePoint, Weakness, WeakPoints
    from cmdb.graph.weak.shared_fate import SharedFate
    from cmdb.graph.weak.single_points import SinglePoints
    from cmdb.incidents.triage import RootCause, Triage, triage
    from cmdb.inventory import Inventory
    from cmdb.ledger import History, Ledger, LedgerError, Recollection
    from cmdb.look_back import blame, freeze, log, verify
    from cmdb.merging.conflicts import Conflict
    from cmdb.merging.inventories import Merge, merge
    from cmdb.model.baseline import Baseline, Baselines, Expectation, Waiver
    from cmdb.model.calendar import CalendarEntry
    from cmdb.model.change import Change, ChangeSet
    from cmdb.model.change_record import ChangeRecord
    from cmdb.model.ci import CI, Group, Target
    from cmdb.model.drift import Deviation, DeviationId, DriftReport
    from cmdb.model.explanation import Explanation
    from cmdb.model.filed_change import FiledChange, Plan
    from cmdb.model.keypath import format_path, parse_path
    from cmdb.model.kind import Attribute, Kind, RelationType, Schema
    from cmdb.model.location import Location
    from cmdb.model.past import Blame, BlamedValue, Commit, Log, LogEntry
    from cmdb.model.problem import CmdbError, Problem, Severity
    from cmdb.model.release import Departure, Release, Verification
    from cmdb.model.schedule import Schedule
    from cmdb.model.snapshot import Coverage, Observation, Reference, Run, Snapshot
    from cmdb.model.status import Status
    from cmdb.proposals import change
    from cmdb.rehearsal import Foreseen, Rehearsal, foreseen, rehearse
    from cmdb.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "cmdb.all_analyses": ("report",),
    "cmdb.api": (
        "criticality",
        "diff",
        "drift",
        "further",
        "impact",
        "paths",
        "single_points",
        "upstream",
        "weak_points",
    ),
    "cmdb.changes.calendar": ("Calendar", "Met"),
    "cmdb.changes.circumstances": ("Trouble",),
    "cmdb.changes.periods": ("Period",),
    "cmdb.changes.records": ("Records",),
    "cmdb.changes.states": ("advanced", "moves"),
    "cmdb.compare.apply": ("apply", "inverse"),
    "cmdb.compare.problems": ("Ratchet", "ratchet"),
    "cmdb.events": ("Delivered", "Delivery", "Event", "deliver", "event"),
    "cmdb.filing": ("RecordFolder", "proposed", "scheduled"),
    "cmdb.gating": ("Base", "base_of", "introduced"),
    "cmdb.graph.availability": ("Availabilities", "Availability", "availability"),
    "cmdb.graph.impact": ("Impact",),
    "cmdb.graph.ordering": (
        "MaintenanceBatches",
        "StartOrder",
        "StopOrder",
        "maintenance_batches",
        "recovery_order",
        "start_order",
        "stop_order",
    ),
    "cmdb.graph.paths": ("Paths",),
    "cmdb.graph.selectors": ("SelectorError",),
    "cmdb.graph.spread": ("Affected",),
    "cmdb.graph.topology": ("Topology",),
    "cmdb.graph.weak.criticality": ("Critical",),
    "cmdb.graph.weak.further": ("Further",),
    "cmdb.graph.weak.points": ("SinglePoint", "WeakPoints", "Weakness"),
    "cmdb.graph.weak.shared_fate": ("SharedFate",),
    "cmdb.graph.weak.single_points": ("SinglePoints",),
    "cmdb.incidents.triage": ("RootCause", "Triage", "triage"),
    "cmdb.inventory": ("Inventory",),
    "cmdb.ledger": ("History", "Ledger", "LedgerError", "Recollection"),
    "cmdb.look_back": ("blame", "freeze", "log", "verify"),
    "cmdb.merging.conflicts": ("Conflict",),
    "cmdb.merging.inventories": ("Merge", "merge"),
    "cmdb.model.baseline": ("Baseline", "Baselines", "Expectation", "Waiver"),
    "cmdb.model.calendar": ("CalendarEntry",),
    "cmdb.model.change": ("Change", "ChangeSet"),
    "cmdb.model.change_record": ("ChangeRecord",),
    "cmdb.model.ci": ("CI", "Group", "Target"),
    "cmdb.model.drift": ("Deviation", "DeviationId", "DriftReport"),
    "cmdb.model.explanation": ("Explanation",),
    "cmdb.model.filed_change": ("FiledChange", "Plan"),
    "cmdb.model.keypath": ("format_path", "parse_path"),
    "cmdb.model.kind": ("Attribute", "Kind", "RelationType", "Schema"),
    "cmdb.model.location": ("Location",),
    "cmdb.model.past": ("Blame", "BlamedValue", "Commit", "Log", "LogEntry"),
    "cmdb.model.problem": ("CmdbError", "Problem", "Severity"),
    "cmdb.model.release": ("Departure", "Release", "Verification"),
    "cmdb.model.schedule": ("Schedule",),
    "cmdb.model.snapshot": ("Coverage", "Observation", "Reference", "Run", "Snapshot"),
    "cmdb.model.status": ("Status",),
    "cmdb.proposals": ("change",),
    "cmdb.rehearsal": ("Foreseen", "Rehearsal", "foreseen", "rehearse"),
    "cmdb.workspace": ("Workspace",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CI",
    "Affected",
    "Attribute",
    "Availabilities",
    "Availability",
    "Base",
    "Baseline",
    "Baselines",
    "Blame",
    "BlamedValue",
    "Calendar",
    "CalendarEntry",
    "Change",
    "ChangeRecord",
    "ChangeSet",
    "CmdbError",
    "Commit",
    "Conflict",
    "Coverage",
    "Critical",
    "Delivered",
    "Delivery",
    "Departure",
    "Deviation",
    "DeviationId",
    "DriftReport",
    "Event",
    "Expectation",
    "Explanation",
    "FiledChange",
    "Foreseen",
    "Further",
    "Group",
    "History",
    "Impact",
    "Inventory",
    "Kind",
    "Ledger",
    "LedgerError",
    "Location",
    "Log",
    "LogEntry",
    "MaintenanceBatches",
    "Merge",
    "Met",
    "Observation",
    "Paths",
    "Period",
    "Plan",
    "Problem",
    "Ratchet",
    "Recollection",
    "RecordFolder",
    "Records",
    "Reference",
    "Rehearsal",
    "RelationType",
    "Release",
    "RootCause",
    "Run",
    "Schedule",
    "Schema",
    "SelectorError",
    "Severity",
    "SharedFate",
    "SinglePoint",
    "SinglePoints",
    "Snapshot",
    "StartOrder",
    "Status",
    "StopOrder",
    "Target",
    "Topology",
    "Triage",
    "Trouble",
    "Verification",
    "Waiver",
    "WeakPoints",
    "Weakness",
    "Workspace",
    "__version__",
    "advanced",
    "apply",
    "availability",
    "base_of",
    "blame",
    "change",
    "criticality",
    "deliver",
    "diff",
    "drift",
    "event",
    "foreseen",
    "format_path",
    "freeze",
    "further",
    "impact",
    "introduced",
    "inverse",
    "log",
    "maintenance_batches",
    "merge",
    "moves",
    "parse_path",
    "paths",
    "proposed",
    "ratchet",
    "recovery_order",
    "rehearse",
    "report",
    "scheduled",
    "single_points",
    "start_order",
    "stop_order",
    "triage",
    "upstream",
    "verify",
    "weak_points",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cmdb' has no attribute '{name}'")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
