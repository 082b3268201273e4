"""Maintenance batches against their definition, tried out with the impact engine, and by example."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import Spread
from cmdb.graph.ordering import MaintenanceBatches, maintenance_batches
from cmdb.graph.topology import Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

WANTED = st.frozensets(st.sampled_from("abcdefg"), min_size=1)
SHOP = """
- {kind: business_service, id: shop, relations: {depends_on: storefront}}
- kind: application
  id: storefront
  relations: {runs_on: {name: web, at_least: 2, of: [web-1, web-2, web-3, web-4]}, depends_on: db, uses: cache}
- {kind: database, id: db, relations: {runs_on: hv-1}}
- {kind: cache, id: cache, relations: {runs_on: hv-2}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-3, relations: {runs_on: hv-2}}
- {kind: virtual_machine, id: web-4, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1}
- {kind: hypervisor, id: hv-2}
- {kind: hypervisor, id: hv-3}
"""
CASES = [
    ("two of four at a time", ["web-1", "web-2", "web-3", "web-4"], [["web-1", "web-2"], ["web-3", "web-4"]], []),
    ("a needed one is harmful", ["db", "web-1"], [["web-1"]], ["db"]),
    ("what takes others down is harmful", ["hv-2"], [], ["hv-2"]),
    ("unless they are in the set", ["hv-2", "cache", "web-3", "web-4"], [["cache", "hv-2", "web-3", "web-4"]], []),
    ("degraded is no harm", ["cache"], [["cache"]], []),
    ("what nobody needs", ["hv-3", "shop"], [["hv-3", "shop"]], []),
]


@pytest.mark.parametrize(("names", "batches", "harmful"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_batches(names: list[str], batches: list[list[str]], harmful: list[str]) -> None:
    found = maintenance_batches(inventory(SHOP), names)
    assert of(found) == batches
    assert [ci.id for ci in found.harmful] == harmful


def test_the_group_that_needs_so_many_batches_proves_it() -> None:
    found = maintenance_batches(inventory(SHOP), ["web-1", "web-2", "web-3", "web-4"])
    assert found.bound is not None
    assert (found.bound.batches, found.bound.ci, found.bound.name, found.bound.members, found.bound.spare) == (
        (2, "storefront", "web", 4, 2)
    )
    assert found.fewest


def test_harm_comes_with_its_proof() -> None:
    (db,) = maintenance_batches(inventory(SHOP), ["db"]).harmful
    assert (db.takes_down, db.services) == (2, ("shop",))
    assert db.nearest is not None
    assert db.nearest.id == "storefront"
    assert [(step.source, step.relation, step.target) for step in db.nearest.via] == [
        ("storefront", "depends_on", "db")
    ]


def test_shared_fate_is_a_broken_group() -> None:
    cis = inventory(
        "- {kind: application, id: app, relations: {uses: {name: pair, at_least: 1, of: [a, b]}}}\n"
        "- {kind: server, id: a, relations: {runs_on: hv}}\n"
        "- {kind: server, id: b, relations: {runs_on: hv}}\n"
        "- {kind: hypervisor, id: hv}\n"
    )
    (hv,) = maintenance_batches(cis, ["a", "b", "hv"]).harmful
    assert (hv.takes_down, hv.nearest) == (0, None)
    assert [(group.ci, group.name, group.at_least, group.of, group.left) for group in hv.groups] == [
        ("app", "pair", 1, 2, 0)
    ]
    assert of(maintenance_batches(cis, ["a", "b", "hv"])) == [["a"], ["b"]]
    assert of(maintenance_batches(cis, ["a", "app", "b", "hv"])) == [["a", "app", "b", "hv"]]


def test_a_quorum_is_kept_though_its_members_are_all_in_the_set() -> None:
    quorum = "{kind: server, id: %s, relations: {depends_on: {name: quorum, at_least: 2, of: [a, b, c]}}}\n"
    cis = inventory("".join(f"- {quorum % ci}" for ci in "abc"))
    assert of(maintenance_batches(cis, ["a", "b", "c"])) == [["a"], ["b"], ["c"]]


def test_each_batch_tells_who_works_worse_meanwhile() -> None:
    (batch,) = maintenance_batches(inventory(SHOP), ["cache", "web-1"]).batches
    assert [(ci.id, ci.status) for ci in batch.degraded] == [("shop", Status.DEGRADED), ("storefront", Status.DEGRADED)]
    assert batch.at_risk == 0


@settings(max_examples=40, deadline=None)
@given(inventories(), WANTED)
def test_every_batch_is_safe_and_everything_is_told(cis: Inventory, wanted: frozenset[str]) -> None:
    names = frozenset(wanted & set(cis)) or frozenset(["a"])
    found, topology = maintenance_batches(cis, names), build(cis)
    packed = list(chain.from_iterable(of(found)))
    assert sorted([*packed, *(ci.id for ci in found.harmful)]) == sorted(name for name in names if cis[name].serves)
    assert all(safe(topology, frozenset(batch), names) for batch in of(found))
    for ci in found.harmful:
        victims, broken = harm(topology, frozenset([ci.id]), names)
        assert ci.takes_down == len(victims)
        assert victims or any(topology.ids[topology.holder(group)] not in names for group in broken)
        assert len(ci.groups) == len(broken)


@settings(max_examples=40, deadline=None)
@given(inventories(5), WANTED)
def test_what_is_said_to_be_the_fewest_is(cis: Inventory, wanted: frozenset[str]) -> None:
    names = frozenset(wanted & set(cis)) or frozenset(["a"])
    found, topology = maintenance_batches(cis, names), build(cis)
    packed = sorted(chain.from_iterable(of(found)))
    fewest = next(count for count in range(len(packed) + 1) if splits(topology, packed, count, names))
    assert fewest <= len(found.batches)
    if found.bound:
        assert found.bound.batches <= fewest
    if found.fewest:
        assert len(found.batches) == fewest


def splits(topology: Topology, packed: list[str], count: int, names: frozenset[str]) -> bool:
    if not packed:
        return True
    ways = product(range(count), repeat=len(packed)) if count else ()
    for way in ways:
        batches = [frozenset(ci for ci, of in zip(packed, way, strict=True) if of == number) for number in range(count)]
        if all(safe(topology, batch, names) for batch in batches):
            return True
    return False


def safe(topology: Topology, batch: frozenset[str], names: frozenset[str]) -> bool:
    """Nothing outside the set is down, and no group is broken that none of the batch breaks alone."""
    victims, broken = harm(topology, batch, names)
    return not victims and broken <= {group for ci in batch for group in harm(topology, frozenset([ci]), names)[1]}


def harm(topology: Topology, down: frozenset[str], names: frozenset[str]) -> tuple[set[str], set[int]]:
    """The CIs outside the set that are down, and the redundancy groups that have too few members left."""
    nodes = {topology.ids.index(ci): Status.DOWN for ci in down}
    status = Spread(topology, nodes).status
    count = len(topology)
    victims = {topology.ids[node] for node, level in status.items() if node < count and level is Status.DOWN}
    return victims - names, {
        group for group in range(count, len(topology.at_least) + count) if broken(topology, status, group)
    }


def broken(topology: Topology, status: dict[int, Status], group: int) -> bool:
    count, rows = len(topology), topology.out
    members = [rows.node[edge] for edge in rows.of(group)]
    members = [member for member in members if member >= count or topology.serving[member]]
    needed = topology.at_least[group - count]
    left = sum(status.get(member, Status.UP) is not Status.DOWN for member in members)
    harms = topology.ceilings[topology.back.relation[topology.back.start[group]]] > Status.UP
    return bool(harms and topology.serving[topology.holder(group)] and needed < len(members) and left < needed)


@settings(max_examples=15, deadline=None)
@given(inventories(), st.permutations("abcdefg"))
def test_the_order_of_the_ids_is_irrelevant(cis: Inventory, names: list[str]) -> None:
    known = [name for name in names if name in cis]
    assert maintenance_batches(cis, known) == maintenance_batches(cis, sorted(known))


def of(found: MaintenanceBatches) -> list[list[str]]:
    return [[ci.id for ci in batch.cis] for batch in found.batches]


def test_combinations_of_two_are_tried() -> None:
    """The oracle itself: of three members of which one is needed, two may go."""
    text = "- {kind: application, id: app, relations: {runs_on: {at_least: 1, of: [a, b, c]}}}\n"
    topology = build(inventory(text + "".join(f"- {{kind: server, id: {ci}}}\n" for ci in "abc")))
    names = frozenset("abc")
    assert all(safe(topology, frozenset(pair), names) for pair in combinations("abc", 2))
    assert not safe(topology, names, names)
