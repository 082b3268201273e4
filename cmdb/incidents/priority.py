"""Which of the affected services comes first: by how bad it is, how critical the service is, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from cmdb.graph.spread import Affected
from cmdb.model.ci import CI, CRITICALITIES, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.model.value import Value

AGREED = (
    "response_time_target",
    "resolution_time_target",
    "rto",
    "availability_target",
    "service_hours",
    "sla",
    "tier",
)
BY_CONTRACT = {"response_time_target": "response_time", "resolution_time_target": "resolution_time"}
"""What a contract calls the same."""
LOWEST = 4


@dataclass(frozen=True, slots=True)
class AffectedService:
    """A service, how a failure leaves it, its priority from 1 to 4, and what was agreed about it."""

    id: str
    name: str | None
    owner: str | None
    status: Status
    criticality: str | None
    priority: int
    agreed: Mapping[str, Value] = field(default_factory=dict)
    """Normalised values, durations in seconds."""


def prioritised(inventory: Inventory, services: Iterable[Affected]) -> tuple[AffectedService, ...]:
    """The services by priority, then by the time in which they have to work again, then by id. One that is down has
    priority 1 where it is critical, 2 high, 3 medium (or nobody said), 4 low; one that is degraded comes one later."""
    found = [_service(inventory, hit) for hit in services if hit.status >= Status.DEGRADED]
    return tuple(sorted(found, key=lambda service: (service.priority, _within(service), service.id)))


def priority(criticality: str | None, status: Status) -> int:
    """1 to 4, 1 being the most urgent."""
    rank = len(CRITICALITIES) - CRITICALITIES.index(criticality or "medium")
    return min(rank + (status < Status.DOWN), LOWEST)


def _service(inventory: Inventory, hit: Affected) -> AffectedService:
    ci = inventory[hit.id]
    urgency = priority(ci.criticality, hit.status)
    return AffectedService(ci.id, ci.name, ci.owner, hit.status, ci.criticality, urgency, _agreed(inventory, ci))


def _agreed(inventory: Inventory, ci: CI) -> Mapping[str, Value]:
    """What the service says itself, else what the contracts that cover it say."""
    names = (inventory.resolve(entry.id) for entry in flatten(ci.relations.get("covered_by", ())))
    contracts = [inventory[name] for name in names if name]
    found: dict[str, Value] = {}
    for name in AGREED:
        said = [ci.attributes.get(name), *(one.attributes.get(BY_CONTRACT.get(name, name)) for one in contracts)]
        if (value := next((each for each in said if each is not None), None)) is not None:
            found[name] = value
    return found


def _within(service: AffectedService) -> float:
    spans = (service.agreed.get(name) for name in ("resolution_time_target", "rto"))
    return min((span for span in spans if isinstance(span, int | float)), default=inf)
