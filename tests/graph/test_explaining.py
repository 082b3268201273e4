"""Causes of what is alarming, against every set of CIs tried one after the other."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.explaining import causes
from cmdb.graph.propagate import settle
from cmdb.graph.topology import Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

Sets = set[tuple[int, ...]]
BAD = (Status.AT_RISK, Status.DEGRADED, Status.DOWN)
SITE = inventory(
    """
- {kind: application, id: shop, relations: {depends_on: {at_least: 1, of: [web-1, web-2]}, uses: cache}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: cache, id: cache, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1, relations: {located_in: rack}}
- {kind: hypervisor, id: hv-2, relations: {located_in: rack}}
- {kind: rack, id: rack}
- {kind: printer, id: printer}
""",
    schema="kinds: {printer: {extends: compute}}",
)


def brute(topology: Topology, alarming: list[int], least: Status, size: int = 3) -> Sets:
    """All least sets that leave everything alarming so bad."""

    def explains(nodes: tuple[int, ...]) -> bool:
        status = settle(topology, dict.fromkeys(nodes, Status.DOWN))
        return all(status.get(node, Status.UP) >= least for node in alarming)

    serving = [node for node in range(len(topology)) if topology.serving[node]]
    found: Sets = set()
    for nodes in chain.from_iterable(combinations(serving, count) for count in range(1, size + 1)):
        if explains(nodes) and not any(set(smaller) < set(nodes) for smaller in found):
            found.add(nodes)
    return found


def named(declared: Inventory, *alarming: str, least: Status = Status.DEGRADED) -> list[tuple[str, ...]]:
    topology = build(declared)
    found = causes(topology, [topology.ids.index(each) for each in alarming], least)
    return [tuple(topology.ids[node] for node in nodes) for nodes in found.sets]


@settings(max_examples=300, deadline=None)
@given(inventories(), st.data())
def test_they_are_the_least_sets_that_brute_force_finds(declared: Inventory, data: st.DataObject) -> None:
    topology = build(declared)
    serving = [node for node in range(len(topology)) if topology.serving[node]]
    alarming = data.draw(st.lists(st.sampled_from(serving), min_size=1, unique=True)) if serving else []
    least = data.draw(st.sampled_from(BAD))
    found = causes(topology, alarming, least)
    expected = brute(topology, sorted(alarming), least) if alarming else set()
    if found.whole:
        assert set(found.sets) == expected
        assert list(found.sets) == sorted(found.sets, key=lambda nodes: (len(nodes), nodes))
    else:
        assert not expected
        status = settle(topology, dict.fromkeys(found.sets[0], Status.DOWN))
        assert all(status[node] >= least for node in alarming)


def test_one_failure_behind_several_alarms() -> None:
    pairs = [("hv-1", "hv-2"), ("hv-1", "web-2"), ("hv-2", "web-1"), ("web-1", "web-2")]
    assert named(SITE, "web-1", "web-2") == [("rack",), *pairs]
    pairs = [("cache", "web-2"), ("hv-1", "web-2"), ("shop", "web-2"), ("web-1", "web-2")]
    assert named(SITE, "shop", "web-2") == [("hv-2",), ("rack",), *pairs]
    assert named(SITE, "shop", least=Status.DOWN)[:2] == [("rack",), ("shop",)]


def test_things_that_have_nothing_in_common_fail_each_for_itself() -> None:
    assert named(SITE, "printer", "rack") == [("printer", "rack")]


def test_more_than_three_incidents_are_put_together_step_by_step() -> None:
    lonely = inventory("\n".join(f"- {{kind: server, id: s{number}}}" for number in range(5)))
    topology = build(lonely)
    found = causes(topology, range(5), Status.DEGRADED)
    assert (found.sets, found.complete_to_size, found.whole) == (((0, 1, 2, 3, 4),), 3, False)


def test_a_search_that_is_cut_off_says_so() -> None:
    topology = build(SITE)
    found = causes(topology, [topology.ids.index("web-1"), topology.ids.index("web-2")], Status.DOWN, limit=1)
    assert (found.complete_to_size, [topology.ids[node] for node in found.sets[0]]) == (1, ["rack"])


def test_nothing_alarming_needs_no_cause() -> None:
    assert causes(build(SITE), [], Status.DOWN).sets == ()
