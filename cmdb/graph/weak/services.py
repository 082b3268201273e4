"""Which services are meant when nobody says, and how much each matters."""

from __future__ import annotations

from cmdb.graph.topology import Topology
from cmdb.graph.weak.criticality import Grade, Grades
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema

KIND = "business_service"


def business_services(topology: Topology, schema: Schema) -> tuple[str, ...]:
    """The ids of all business services that serve; where there is none, of all services."""
    kinds = schema.descendants.get(KIND, frozenset[str]())
    return _serving(topology, kinds) or _serving(topology, topology.services)


def grades(inventory: Inventory) -> Grades:
    """The tier of a service, an attribute or a label of that name, and its criticality."""
    return lambda service: _grade(inventory[service])


def _serving(topology: Topology, kinds: frozenset[str]) -> tuple[str, ...]:
    wanted = {number for number, kind in enumerate(topology.kinds) if kind in kinds}
    nodes = (node for node, kind in enumerate(topology.kind_of) if kind in wanted and topology.serving[node])
    return tuple(topology.ids[node] for node in nodes)


def _grade(ci: CI) -> Grade:
    tier = ci.attributes.get("tier", ci.labels.get("tier"))
    return Grade(None if tier is None else str(tier), ci.criticality)
