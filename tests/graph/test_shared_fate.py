"""Redundancy that one failure takes away, and the weak points of CIs taken together."""

from __future__ import annotations

from random import Random

import pytest

from cmdb.graph.propagate import members_left, settle
from cmdb.graph.topology import Topology, build
from cmdb.graph.weak.points import weak_points
from cmdb.graph.weak.shared_fate import SharedFate
from cmdb.model.status import Status
from cmdb.testing.graphs import random_inventory
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: business_service
  id: shop
  aliases: [old-shop]
  relations:
    depends_on: {name: web, at_least: 1, of: [web-1, web-2, web-3]}
    uses: {name: capacity, at_least: 2, of: [web-1, web-2, web-3]}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-3, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1, relations: {powered_by: {name: feeds, at_least: 1, of: [feed-a, feed-b]}}}
- {kind: hypervisor, id: hv-2, relations: {located_in: hall}}
- {kind: power_feed, id: feed-a, relations: {located_in: hall}}
- {kind: power_feed, id: feed-b, relations: {located_in: hall}}
- {kind: site, id: hall}
- {kind: application, id: plan, lifecycle: planned, relations: {depends_on: hall}}
""")


def told(fate: SharedFate) -> str:
    ways = [f"{m.name}({' '.join(s.target for s in m.via)})" for m in fate.members]
    left = "none left" if fate.all else f"of {fate.of}"
    fatal = ", fatal" if fate.fatal else ""
    return f"{fate.ci} takes {' '.join(ways)} {left} in {fate.source} {fate.relation} {fate.group}{fatal}"


def test_a_common_ci_is_told_with_the_ways_to_it() -> None:
    (found,) = weak_points(SHOP, ["shop"]).services
    assert [told(fate) for fate in found.shared_fate] == [
        "hall takes feed-a(hall) feed-b(hall) none left in hv-1 powered_by feeds, fatal",
        "hall takes web-1(hv-1 feed-a hall) web-2(hv-1 feed-a hall) web-3(hv-2 hall) none left in shop depends_on web, fatal",
    ]
    assert found.cut_sets == (
        ("hall",),
        ("hv-1", "hv-2"),
        ("hv-1", "web-3"),
        ("feed-a", "feed-b", "hv-2"),
        ("feed-a", "feed-b", "web-3"),
        ("hv-2", "web-1", "web-2"),
        ("web-1", "web-2", "web-3"),
    )
    assert [(each.id, each.kind, [step.target for step in each.via]) for each in found.single_points] == [
        ("hall", "site", ["web-3", "hv-2", "hall"])
    ]


def test_the_nearest_is_told_from_what_is_behind_it() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: {at_least: 1, of: [b, c]}}}
    - {kind: server, id: b, relations: {located_in: rack, depends_on: pair-1}}
    - {kind: server, id: c, relations: {located_in: rack, depends_on: pair-1}}
    - {kind: rack, id: rack, relations: {located_in: hall}}
    - {kind: site, id: hall}
    - {kind: server, id: pair-1, relations: {depends_on: pair-2}}
    - {kind: server, id: pair-2, relations: {depends_on: pair-1}}
    """)
    (found,) = weak_points(declared, "a").services
    assert [(fate.ci, fate.nearest) for fate in found.shared_fate] == [
        ("hall", False),
        ("pair-1", True),
        ("pair-2", True),
        ("rack", True),
    ]


def test_beyond_what_a_group_can_spare_is_enough_and_a_member_may_be_the_cause() -> None:
    declared = inventory("""
    - kind: server
      id: a
      relations: {depends_on: {at_least: 1, of: [{name: pair, at_least: 2, of: [b, c]}, {at_least: 2, of: [c, d, e]}]}}
    - {kind: server, id: b}
    - {kind: server, id: c, relations: {depends_on: a}}
    - {kind: server, id: d, relations: {depends_on: c}}
    - {kind: server, id: e}
    """)
    (found,) = weak_points(declared, "a").services
    assert [told(fate) for fate in found.shared_fate] == [
        "c takes pair(c) depends_on#1.2(c) none left in a depends_on depends_on#1, fatal",
        "c takes c() d(c) of 3 in a depends_on depends_on#1.2, fatal",
    ]


def test_what_was_asked_is_answered_by_id_with_remarks() -> None:
    found = weak_points(SHOP, ["web-1", "old-shop", "plan", "shop"])
    assert [(each.id, each.complete_to_size) for each in found.services] == [("plan", 3), ("shop", 3), ("web-1", 3)]
    assert found.services[0].cut_sets == ()
    assert found.notes == (
        "'old-shop' is a former id of 'shop'",
        "'plan' is planned and does not serve, so nothing takes it down; --include planned counts it in",
    )
    assert weak_points(SHOP, "plan", include=["planned"]).services[0].cut_sets == (("hall",),)
    assert [(each.id, each.services) for each in found.criticality] == [
        ("hall", ("shop", "web-1")),
        ("hv-1", ("web-1",)),
    ]


def test_a_search_that_is_cut_off_or_smaller_says_so() -> None:
    for size, limit, complete in ((1, 1_000, 1), (2, 1_000, 2), (3, 0, 1), (3, 20, 2)):
        found = weak_points(SHOP, "shop", size=size, limit=limit)
        assert (found.size, found.services[0].complete_to_size) == (size, complete)
    with pytest.raises(ValueError, match="1 to 3"):
        weak_points(SHOP, "shop", size=4)


def test_progress_is_told() -> None:
    heard: list[tuple[int, int]] = []
    weak_points(SHOP, ["shop", "web-1"], tell=lambda done, total: heard.append((done, total)))
    assert heard == [(0, 2), (1, 2)]


@pytest.mark.parametrize("size", [8, 20])
def test_they_are_the_groups_that_one_failure_after_another_takes_down(size: int) -> None:
    for seed in range(25):
        declared = random_inventory(Random(f"fate {size} {seed}"), size)
        topology = build(declared)
        for found in weak_points(topology, topology.ids[:3], size=1).services:
            told_groups = {
                (f.ci, f.source, f.relation, f.group, len(f.members), f.all, f.fatal) for f in found.shared_fate
            }
            assert told_groups == set(by_impact(topology, found.id)), seed


def by_impact(topology: Topology, asked: str) -> list[tuple[str, str, str, str, int, bool, bool]]:
    node, count = topology.number(asked), len(topology)
    assert node is not None
    found = []
    groups = [group for group in hard_below(topology, node) if group >= count]
    for failed in range(count):
        status = settle(topology, {failed: Status.DOWN})
        for group in groups:
            members = members_left(topology, group)
            down = [member for member in members if status.get(member) == Status.DOWN]
            spare = len(members) - topology.at_least[group - count]
            if failed != node and status.get(group) == Status.DOWN and spare > 0:
                relation = topology.relations[topology.back.relation[topology.back.start[group]]]
                where = topology.ids[topology.holder(group)], relation, topology.labels[group - count]
                took = len(down), len(down) == len(members), status.get(node) == Status.DOWN
                found.append((topology.ids[failed], *where, *took))
    return found


def hard_below(topology: Topology, node: int) -> set[int]:
    """Everything that a CI can go down with."""
    seen, waiting, count = {node}, [node], len(topology)
    while waiting:
        source = waiting.pop()
        for edge in topology.out.of(source):
            target = topology.out.node[edge]
            hard = source >= count or topology.ceilings[topology.out.relation[edge]] == Status.DOWN
            serves = all(each >= count or topology.serving[each] for each in (source, target))
            if hard and serves and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen
