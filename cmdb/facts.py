"""Everything a check or an analysis may look at, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cmdb.graph.topology import Topology
from cmdb.model.baseline import Baselines
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem


@dataclass(frozen=True)
class Facts:
    """What is known of a workspace at one revision. `found` holds, by code, the problems that reading the files
    already met; `stray` the files under `inventory/` and `baselines/` that no part of cmdb reads, each with the reason."""

    inventory: Inventory
    topology: Topology
    baselines: Baselines
    as_of: date
    found: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    stray: Mapping[str, str] = field(default_factory=dict)
