"""Which customers notice a failure: those of the services that it reaches, directly or by what was agreed with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.graph.neighbours import entries, sources
from cmdb.graph.topology import Topology
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who notices. `status` is the worst of `services`, the ids of the affected or failed services that are
    theirs, and of their own."""

    id: str
    name: str | None
    owner: str | None
    status: Status
    services: tuple[str, ...]


def customers(topology: Topology, status: Mapping[int, Status]) -> tuple[Customer, ...]:
    """The customers by id, given the status of all CIs that are not up.

    A service is a customer's where a relation of any type joins the two, whichever of them declares it, or joins both
    with one contract.
    """
    found: dict[int, set[int]] = {}
    for node in status:
        if node < len(topology):
            if topology.kind(node) in topology.customers:
                found.setdefault(node, set())
            elif topology.kind(node) in topology.services:
                for customer in _customers_of(topology, node):
                    found.setdefault(customer, set()).add(node)
    return tuple(_customer(topology, status, node, services) for node, services in sorted(found.items()))


def _customers_of(topology: Topology, service: int) -> Iterator[int]:
    for other in _joined(topology, service):
        if topology.kind(other) in topology.customers:
            yield other
        elif topology.kind(other) in topology.contracts:
            yield from (third for third in _joined(topology, other) if topology.kind(third) in topology.customers)


def _joined(topology: Topology, node: int) -> Iterator[int]:
    """The CIs in service that a relation of any type joins with a CI, members of groups like plain entries."""
    found = {other for _, other in entries(topology, node)} | sources(topology, (node,))
    return (other for other in found if topology.serving[other])


def _customer(topology: Topology, status: Mapping[int, Status], node: int, services: set[int]) -> Customer:
    worst = max(status.get(one, Status.UP) for one in (node, *services))
    ids = tuple(topology.ids[service] for service in sorted(services))
    return Customer(topology.ids[node], topology.names[node], topology.owner(node), worst, ids)
