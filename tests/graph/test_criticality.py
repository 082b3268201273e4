"""Which services go down with each CI, against one impact run for each."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.generate import Order, generate
from cmdb import Workspace
from cmdb.graph.impact import impact
from cmdb.graph.topology import Topology, build
from cmdb.graph.weak.criticality import Grade, criticality
from cmdb.model.status import Status
from cmdb.testing.graphs import random_inventory
from cmdb.testing.text import inventory


def by_impact(topology: Topology, services: list[str]) -> dict[str, tuple[str, ...]]:
    """For every CI the services that are down when it alone is."""
    found = {}
    for ci in topology.ids:
        hit = impact(topology, [ci])
        found[ci] = tuple(each for each in services if each != ci and hit[each].status == Status.DOWN)
    return {ci: down for ci, down in found.items() if down}


def services_of(topology: Topology) -> list[str]:
    return [topology.ids[node] for node in range(len(topology)) if topology.kind(node) in topology.services]


def test_services_are_counted_by_tier_and_criticality_most_first() -> None:
    declared = inventory("""
    - {kind: business_service, id: shop, relations: {depends_on: [db, mail]}}
    - {kind: business_service, id: till, relations: {depends_on: db}}
    - {kind: business_service, id: lab, relations: {uses: db, depends_on: mail}}
    - {kind: service_offering, id: gold, relations: {depends_on: shop}}
    - {kind: database, id: db, name: The database}
    - {kind: application, id: mail}
    """)
    grades = {"shop": Grade("gold", "high"), "till": Grade("silver"), "gold": Grade("gold", "high"), "lab": Grade()}
    first, second, third = criticality(declared, ["shop", "till", "lab", "gold"], grades=grades.__getitem__)
    assert (first.id, first.name, first.services) == ("db", "The database", ("gold", "shop", "till"))
    assert (first.by_tier, first.by_criticality) == ({"gold": 2, "silver": 1}, {"high": 2})
    assert (second.id, second.services) == ("mail", ("gold", "lab", "shop"))
    assert (third.id, third.services) == ("shop", ("gold",))
    assert criticality(declared, []) == ()


@pytest.mark.parametrize("size", [10, 40])
def test_it_is_one_impact_run_for_each_ci(size: int) -> None:
    for seed in range(12):
        topology = build(random_inventory(Random(f"critical {size} {seed}"), size))
        services = services_of(topology)
        found = criticality(topology, services)
        assert {each.id: each.services for each in found} == by_impact(topology, services)
        assert list(found) == sorted(found, key=lambda each: (-len(each.services), each.id))


def test_it_is_so_in_a_believable_company(tmp_path: Path) -> None:
    generate(tmp_path / "company", Order(600, per_file=100, commits=0))
    topology = Workspace.open(tmp_path / "company", cache=False).topology
    services = services_of(topology)
    found = {each.id: each.services for each in criticality(topology, services)}
    assert found == by_impact(topology, services)
    assert len(found) > 20
