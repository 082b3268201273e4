"""What has nothing left in reserve, against failing one more member of every group that has lost some."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from cmdb.graph.impact import Impact, impact
from cmdb.graph.topology import Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import failing
from cmdb.testing.text import inventory

SHOP = inventory("""
- {kind: business_service, id: sales, relations: {depends_on: shop}}
- {kind: business_service, id: watched, relations: {monitored_by: shop}}
- kind: application
  id: shop
  relations: {runs_on: {name: web, at_least: 1, of: [w1, w2]}}
- {kind: application, id: pool, relations: {uses: {name: pool, at_least: 1, of: [w1, w2, w3]}}}
- kind: application
  id: sites
  relations:
    depends_on: {name: sites, at_least: 1, of: [{name: east, at_least: 1, of: [w1, w2]}, w3]}
- kind: application
  id: both
  relations:
    depends_on: {name: both, at_least: 2, of: [{name: inner, at_least: 1, of: [w1, w2]}, w3]}
- {kind: application, id: pair, relations: {depends_on: {name: pair, at_least: 1, of: [shop, w4]}}}
- {kind: application, id: copies, relations: {replicates_to: {name: copies, at_least: 1, of: [w1, w2]}}}
- {kind: server, id: w1}
- {kind: server, id: w2}
- {kind: server, id: w3}
- {kind: server, id: w4}
""")


def told(hit: Impact) -> dict[str, tuple[str, list[str]]]:
    return {one.ci.id: (one.through, [group.name for group in one.groups]) for one in hit.exposed}


def test_what_has_no_redundancy_left() -> None:
    assert told(impact(SHOP, ["w1"])) == {
        "shop": ("shop", ["web"]),
        "both": ("both", ["inner"]),
        "sales": ("shop", ["web"]),
    }
    assert told(impact(SHOP, ["w1", "w4"])) == {
        "shop": ("shop", ["web"]),
        "both": ("both", ["inner"]),
        "sales": ("shop", ["web"]),
        "pair": ("pair", ["pair"]),
    }


@pytest.mark.parametrize("seeds", [["w1", "w2"], {"w1": Status.AT_RISK}, []])
def test_nothing_is_exposed_where_it_is_broken_or_nothing_is_lost(seeds: list[str]) -> None:
    assert "shop" not in told(impact(SHOP, seeds))


NESTED = """
- {{kind: server, id: top, relations: {{depends_on: {{at_least: 1, of: [lost, {{at_least: {least}, of: [x, y]}}]}}}}}}
- {{kind: server, id: lost}}
- {{kind: server, id: x}}
- {{kind: server, id: y, lifecycle: {lifecycle}}}
"""


@pytest.mark.parametrize(
    ("least", "lifecycle", "exposed"), [(1, "live", []), (2, "live", ["top"]), (1, "planned", ["top"])]
)
def test_a_group_that_is_left_may_have_members_to_spare(least: int, lifecycle: str, exposed: list[str]) -> None:
    declared = inventory(NESTED.format(least=least, lifecycle=lifecycle))
    assert [one.ci.id for one in impact(declared, ["lost"]).exposed] == exposed


def test_a_group_that_is_left_without_anything_that_could_fail() -> None:
    declared = inventory(NESTED.format(least=1, lifecycle="planned").replace("[x, y]", "[y]"))
    assert impact(declared, ["lost"]).exposed == ()


@settings(max_examples=80, deadline=None)
@given(failing())
def test_one_more_failure_in_a_weakened_group_reaches_what_is_exposed(
    case: tuple[Inventory, dict[str, Status]],
) -> None:
    declared, seeds = case
    topology = build(declared)
    hit = impact(topology, seeds)
    found = {one.ci.id for one in hit.exposed}
    hurt = {ci for ci in declared if hit[ci].status is Status.AT_RISK and ci not in seeds}
    expected = set()
    for group in weakened(topology, hit):
        for member in spare(topology, hit, group):
            expected |= {
                ci for ci in hurt if impact(topology, {**seeds, member: Status.DOWN})[ci].status > Status.AT_RISK
            }
    assert found <= expected


def weakened(topology: Topology, hit: Impact) -> Iterator[int]:
    """The groups that have lost a member, or a member of a group within."""
    for group in range(len(topology), len(topology.out.start) - 1):
        if any(hit[ci].status > Status.AT_RISK for ci in members(topology, group)):
            yield group


def spare(topology: Topology, hit: Impact, group: int) -> Iterator[str]:
    """All CIs below a group that are left."""
    return (ci for ci in members(topology, group) if hit[ci].status <= Status.AT_RISK)


def members(topology: Topology, group: int) -> Iterator[str]:
    waiting = [group]
    while waiting:
        for edge in topology.out.of(waiting.pop()):
            node = topology.out.node[edge]
            if node < len(topology):
                yield topology.ids[node]
            else:
                waiting.append(node)
