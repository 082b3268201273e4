"""In which order CIs are started and stopped, and what may be taken down together."""

from __future__ import annotations

from cmdb.graph.ordering.batches import Batch, BatchesSummary, Bound, MaintenanceBatches, maintenance_batches
from cmdb.graph.ordering.choices import Choice
from cmdb.graph.ordering.harms import BrokenGroup, Harmful, Victim
from cmdb.graph.ordering.knots import Broken
from cmdb.graph.ordering.ranks import Rank, ranks
from cmdb.graph.ordering.start import (
    Placed,
    Restored,
    StartOrder,
    StartSummary,
    Wave,
    involved,
    recovery_order,
    start_order,
)
from cmdb.graph.ordering.stop import StopOrder, Stopped, StopSummary, StopWave, Suffering, stop_order

__all__ = [
    "Batch",
    "BatchesSummary",
    "Bound",
    "Broken",
    "BrokenGroup",
    "Choice",
    "Harmful",
    "MaintenanceBatches",
    "Placed",
    "Rank",
    "Restored",
    "StartOrder",
    "StartSummary",
    "StopOrder",
    "StopSummary",
    "StopWave",
    "Stopped",
    "Suffering",
    "Victim",
    "Wave",
    "involved",
    "maintenance_batches",
    "ranks",
    "recovery_order",
    "start_order",
    "stop_order",
]
