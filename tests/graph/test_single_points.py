"""Single points of failure, against one impact run for each CI."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import impact
from cmdb.graph.topology import build
from cmdb.graph.weak.single_points import single_points
from cmdb.model.ci import LIFECYCLES
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories, random_inventory
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: business_service
  id: shop
  aliases: [old-shop]
  relations:
    depends_on:
      - {name: web, at_least: 1, of: [web-1, web-2]}
      - orders-db
    uses: cache
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: database, id: orders-db, relations: {runs_on: {at_least: 1, of: [hv-3, hv-4]}}}
- {kind: cache, id: cache, relations: {runs_on: hv-1}}
- {kind: hypervisor, id: hv-1, relations: {located_in: rack-1}}
- {kind: hypervisor, id: hv-2, relations: {located_in: rack-1}}
- {kind: hypervisor, id: hv-3, relations: {located_in: rack-2}}
- {kind: hypervisor, id: hv-4, lifecycle: planned}
- {kind: rack, id: rack-1}
- {kind: rack, id: rack-2}
""")


def told(declared: Inventory, *ids: str, include: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    return {found.id: found.cis for found in single_points(declared, ids, include=include)}


def test_everything_whose_failure_alone_takes_a_ci_down() -> None:
    assert told(SHOP, "shop") == {"shop": ("hv-3", "orders-db", "rack-1", "rack-2")}
    assert told(SHOP, "shop", include=("planned",)) == {"shop": ("orders-db", "rack-1")}
    assert told(SHOP, "web-1", "rack-1", "hv-4") == {"web-1": ("hv-1", "rack-1"), "rack-1": (), "hv-4": ()}


def test_a_former_id_will_do_and_a_wrong_one_is_told() -> None:
    assert [found.id for found in single_points(SHOP, "old-shop")] == ["shop"]
    assert [found.id for found in single_points(SHOP, ["old-shop", "shop"])] == ["shop"]
    with pytest.raises(CmdbError, match="there is no CI 'shpo'"):
        single_points(SHOP, ["shpo"])


def test_each_is_proved_by_a_chain_of_entries_that_go_down() -> None:
    (found,) = single_points(SHOP, "shop")
    assert {ci: [(step.relation, step.target) for step in via] for ci, via in found.proofs().items()} == {
        "hv-3": [("depends_on", "orders-db"), ("runs_on", "hv-3")],
        "orders-db": [("depends_on", "orders-db")],
        "rack-1": [("depends_on", "web-1"), ("runs_on", "hv-1"), ("located_in", "rack-1")],
        "rack-2": [("depends_on", "orders-db"), ("runs_on", "hv-3"), ("located_in", "rack-2")],
    }


@settings(max_examples=40, deadline=None)
@given(inventories(), st.frozensets(st.sampled_from(LIFECYCLES), max_size=2))
def test_they_are_what_one_impact_after_another_finds(declared: Inventory, include: frozenset[str]) -> None:
    for found in single_points(declared, declared, include=include):
        assert_proved(declared, found.id, include)
    assert {each.id: each.cis for each in single_points(declared, declared, include=include)} == {
        ci: by_impact(declared, ci, include) for ci in declared
    }


@pytest.mark.parametrize("size", [8, 12, 25])
def test_larger_graphs_with_more_circles(size: int) -> None:
    for seed in range(15):
        declared = random_inventory(Random(f"{size} {seed}"), size)
        found = {each.id: each.cis for each in single_points(declared, declared)}
        assert found == {ci: by_impact(declared, ci) for ci in declared}, seed
        for ci in list(declared)[:1]:
            assert_proved(declared, ci)
            assert told(declared, ci)[ci] == found[ci]


def by_impact(declared: Inventory, asked: str, include: frozenset[str] = frozenset()) -> tuple[str, ...]:
    topology = build(declared, include=include)
    return tuple(ci for ci in declared if ci != asked and impact(topology, [ci])[asked].status == Status.DOWN)


def assert_proved(declared: Inventory, asked: str, include: frozenset[str] = frozenset()) -> None:
    (found,) = single_points(declared, asked, include=include)
    proofs = found.proofs()
    assert tuple(sorted(proofs)) == found.cis
    topology = build(declared, include=include)
    for ci, via in proofs.items():
        assert via == impact(topology, [ci])[asked].via
