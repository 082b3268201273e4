"""Stopping: the reverse of starting, and what else suffers in each wave."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import impact
from cmdb.graph.ordering import start_order, stop_order
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

SHOP = """
- {kind: business_service, id: shop, relations: {depends_on: storefront}}
- kind: application
  id: storefront
  relations: {runs_on: {name: web, at_least: 1, of: [web-1, web-2]}, uses: cache}
- {kind: cache, id: cache, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1}
- {kind: hypervisor, id: hv-2}
"""
SUFFERING = st.frozensets(st.sampled_from("abcdefg"), min_size=1)


def test_what_is_needed_stops_last_and_each_wave_tells_who_suffers() -> None:
    order = stop_order(inventory(SHOP), ["hv-1", "hv-2", "web-1", "web-2"])
    assert [[ci.id for ci in wave.cis] for wave in order.waves] == [["web-2", "web-1"], ["hv-2", "hv-1"]]
    affected = [[(ci.id, ci.status) for ci in wave.affected] for wave in order.waves]
    assert affected == [
        [("shop", Status.DOWN), ("storefront", Status.DOWN)],
        [("cache", Status.DOWN)],
    ]


def test_a_group_holds_while_it_can_spare_what_stops() -> None:
    (wave,) = stop_order(inventory(SHOP), ["web-1"]).waves
    assert wave.affected == ()
    waves = stop_order(inventory(SHOP), ["web-1", "hv-2"]).waves
    assert [[(ci.id, ci.status) for ci in wave.affected] for wave in waves] == [
        [("shop", Status.DOWN), ("storefront", Status.DOWN), ("web-2", Status.DOWN)]
    ]


def test_what_is_degraded_first_and_down_later_is_told_twice() -> None:
    cis = inventory(
        "- {kind: application, id: app, relations: {uses: a, depends_on: b}}\n"
        "- {kind: server, id: a, relations: {depends_on: b}}\n"
        "- {kind: server, id: b}\n"
    )
    affected = [[(ci.id, ci.status) for ci in wave.affected] for wave in stop_order(cis, ["a", "b"]).waves]
    assert affected == [[("app", Status.DEGRADED)], [("app", Status.DOWN)]]


def test_a_circle_is_told() -> None:
    cis = inventory(
        "- {kind: server, id: a, relations: {depends_on: b}}\n- {kind: server, id: b, relations: {uses: a}}\n"
    )
    (broken,) = stop_order(cis, ["a", "b"]).broken
    assert (broken.ci, broken.target, broken.harm) == ("b", "a", Status.DEGRADED)


@settings(max_examples=40, deadline=None)
@given(inventories(), SUFFERING)
def test_each_wave_tells_what_impact_says(cis: Inventory, wanted: frozenset[str]) -> None:
    names = sorted(wanted & set(cis)) or ["a"]
    order, stopped = stop_order(cis, names), list[str]()
    before = dict.fromkeys(cis, Status.UP)
    for wave in order.waves:
        stopped += [ci.id for ci in wave.cis]
        now = {name: impact(cis, stopped)[name].status for name in cis}
        worse = {name: now[name] for name in cis if now[name] > max(before[name], Status.AT_RISK)}
        assert {ci.id: ci.status for ci in wave.affected} == {
            name: status for name, status in worse.items() if name not in names
        }
        before = now


@settings(max_examples=40, deadline=None)
@given(inventories(), SUFFERING)
def test_nothing_of_the_set_suffers_before_it_stops(cis: Inventory, wanted: frozenset[str]) -> None:
    """Without circles: what still runs is never degraded by what was stopped before it."""
    names = sorted(wanted & set(cis)) or ["a"]
    order = stop_order(cis, names)
    if not order.broken:
        stopped: list[str] = []
        for wave in order.waves:
            for ci in wave.cis:
                assert impact(cis, stopped)[ci.id].status < Status.DEGRADED
            stopped += [ci.id for ci in wave.cis]


@settings(max_examples=20, deadline=None)
@given(inventories())
def test_stopping_is_starting_backwards(cis: Inventory) -> None:
    started = [ci.id for wave in start_order(cis, list(cis)).waves for ci in wave.cis]
    assert [ci.id for wave in stop_order(cis, list(cis)).waves for ci in wave.cis] == started[::-1]
