"""Whom an impact concerns: customers, environments; answers limited by distance or relation, and united ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import impact, united
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.graphs import CEILINGS, failing
from cmdb.testing.text import inventory

SHOP = inventory("""
- {kind: business_service, id: sales, environment: production, relations: {depends_on: shop, linked_to: alone}}
- {kind: service_offering, id: portal, relations: {uses: shop, covered_by: {at_least: 1, of: [sla, old-sla]}}}
- {kind: service_offering, id: other, relations: {linked_to: unhurt}}
- {kind: application, id: shop, environment: production, relations: {runs_on: web, linked_to: nobody}}
- {kind: server, id: web, environment: test}
- {kind: contract, id: sla, relations: {linked_to: agreed}}
- {kind: contract, id: old-sla, lifecycle: retired, relations: {linked_to: gone}}
- {kind: customer, id: agreed, name: Agreed Ltd}
- {kind: customer, id: alone, owner: team-sales}
- {kind: customer, id: asks, relations: {uses: {at_least: 1, of: [sales, {at_least: 1, of: [portal, other]}]}}}
- {kind: customer, id: gone}
- {kind: customer, id: late, lifecycle: retired, relations: {linked_to: sales}}
- {kind: customer, id: nobody}
- {kind: customer, id: unhurt}
""")


def test_customers_of_affected_services_directly_or_by_contract() -> None:
    found = impact(SHOP, ["web"]).customers
    assert [(one.id, one.status.label, one.services) for one in found] == [
        ("agreed", "degraded", ("portal",)),
        ("alone", "down", ("sales",)),
        ("asks", "down", ("portal", "sales")),
    ]
    assert [one.id for one in impact(SHOP, ["sales"]).customers] == ["alone", "asks"]
    assert [one.id for one in impact(SHOP, ["unhurt"]).customers] == ["unhurt"]
    assert impact(SHOP, ["late"]).customers == ()


def test_environments_of_what_is_affected() -> None:
    found = impact(SHOP, ["web"]).environments
    assert [(one.environment, one.count) for one in found] == [("production", 2), (None, 2)]


def test_only_harm_by_some_relations() -> None:
    assert [hit.id for hit in impact(SHOP, ["web"], relations=["runs_on", "uses"]).affected] == [
        "shop",
        "portal",
        "asks",
    ]
    with pytest.raises(CmdbError, match="there is no relation type 'run_on'"):
        impact(SHOP, ["web"], relations=["run_on"])


def test_near_lists_and_beyond_counts() -> None:
    whole = impact(SHOP, ["web"])
    near = whole.near(2)
    assert [hit.id for hit in near.affected] == ["shop", "sales", "portal"]
    assert [hit.id for hit in near.beyond] == ["asks"]
    assert [hit.id for hit in near.services] == ["sales", "portal"]
    assert whole.near(9).affected == whole.affected
    assert near.near(1).beyond[-1].id == "asks"
    assert near["asks"].status is Status.AT_RISK


def test_of_united_answers_the_shorter_chain_counts() -> None:
    far, near = impact(SHOP, ["web"]), impact(SHOP, ["shop"])
    for both in (united(far, near), united(near, far)):
        assert [(hit.id, hit.distance) for hit in both.affected if hit.id == "sales"] == [("sales", 1)]


@settings(max_examples=60, deadline=None)
@given(failing(), st.integers(1, 4))
def test_near_and_beyond_are_the_whole(case: tuple[Inventory, dict[str, Status]], steps: int) -> None:
    whole = impact(*case)
    near = whole.near(steps)
    assert {*near.affected, *near.beyond} == set(whole.affected)
    assert all(hit.distance <= steps for hit in near.affected)
    assert all(hit.distance > steps for hit in near.beyond)
    assert (
        sum(owner.count for owner in near.owners) == sum(one.count for one in near.environments) == len(near.affected)
    )


@settings(max_examples=60, deadline=None)
@given(failing())
def test_all_relation_types_named_are_none_left_out(case: tuple[Inventory, dict[str, Status]]) -> None:
    declared, seeds = case
    named, whole = impact(declared, seeds, relations=CEILINGS), impact(declared, seeds)
    assert {ci: named[ci].status for ci in declared} == {ci: whole[ci].status for ci in declared}


@settings(max_examples=60, deadline=None)
@given(failing(), st.data())
def test_united_answers_are_the_worst_of_each(case: tuple[Inventory, dict[str, Status]], data: st.DataObject) -> None:
    declared, seeds = case
    one = impact(declared, seeds)
    other = impact(declared, data.draw(st.lists(st.sampled_from(list(declared)), max_size=2)))
    both = united(one, other)
    assert all(both[ci].status == max(one[ci].status, other[ci].status) for ci in declared)
    assert [ci.id for ci in both.failed] == sorted({ci.id for part in (one, other) for ci in part.failed})
    assert list(both.affected) == sorted(both.affected, key=lambda hit: (-hit.status, hit.distance, hit.id))
    assert set(both) == set(one) | set(other)
    assert united(one).affected == one.affected
