"""In which order CIs are started and stopped, and what may be taken down together."""

from __future__ import annotations

from cmdb.graph.ordering.batches import Batch, Bound, MaintenanceBatches, maintenance_batches
from cmdb.graph.ordering.choices import Choice
from cmdb.graph.ordering.harms import BrokenGroup, Harmful, Victim
from cmdb.graph.ordering.knots import Broken
from cmdb.graph.ordering.start import Placed, Restored, StartOrder, Wave, recovery_order, start_order
from cmdb.graph.ordering.stop import StopOrder, Stopped, StopWave, Suffering, stop_order

__all__ = [
    "Batch",
    "Bound",
    "Broken",
    "BrokenGroup",
    "Choice",
    "Harmful",
    "MaintenanceBatches",
    "Placed",
    "Restored",
    "StartOrder",
    "StopOrder",
    "StopWave",
    "Stopped",
    "Suffering",
    "Victim",
    "Wave",
    "maintenance_batches",
    "recovery_order",
    "start_order",
    "stop_order",
]
