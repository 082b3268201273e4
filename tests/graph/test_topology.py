"""The compact graph: numbering, groups as nodes, references, lifecycles."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.topology import Rows, Topology, build
from cmdb.model.ci import CI, Group, Target
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import SCHEMA, inventories

NESTED = Inventory(
    (
        CI("b", "server", lifecycle="planned", aliases=("old-b",)),
        CI("c", "business_service", owner="team-c", name="See"),
        CI(
            "a",
            "server",
            relations={
                "depends_on": (
                    Target("b"),
                    Target("nowhere"),
                    Group(1, (Target("b"), Target("old-b"), Target("gone"), Group(2, (Target("c"), Target("b"))))),
                    Group(1, (Target("c"),), name="named"),
                )
            },
        ),
    ),
    SCHEMA,
)


def edges(topology: Topology, rows: Rows) -> list[tuple[int, int, int]]:
    nodes = range(len(topology) + len(topology.labels))
    return [(node, rows.node[edge], rows.relation[edge]) for node in nodes for edge in rows.of(node)]


def test_cis_come_first_sorted_then_the_groups_with_those_inside_last() -> None:
    topology = build(NESTED)
    assert list(topology.ids) == ["a", "b", "c"]
    assert [(source, target) for source, target, _ in edges(topology, topology.out)] == [
        (0, 1),
        (0, 3),
        (0, 4),
        (3, 1),
        (3, 5),
        (4, 2),
        (5, 2),
        (5, 1),
    ]
    assert (list(topology.labels), list(topology.at_least)) == (["depends_on#3", "named", "depends_on#3.4"], [1, 1, 2])
    assert [topology.holder(node) for node in range(6)] == [0, 1, 2, 0, 0, 0]
    assert topology.dangling == 2


def test_what_is_known_of_a_ci() -> None:
    topology = build(NESTED)
    assert topology.who(2) == ("c", "business_service", "See", "team-c")
    assert topology.who(0) == ("a", "server", None, None)
    assert topology.lifecycle(1) == "planned"
    assert topology.services == {"service", "business_service"}
    assert dict(zip(topology.relations, topology.ceilings, strict=True))["uses"] == Status.DEGRADED


def test_ids_and_aliases_are_found() -> None:
    topology = build(NESTED)
    words = ["a", "b", "c", "old-b", "", "A", "zzz"]
    assert [topology.number(word) for word in words] == [0, 1, 2, 1, None, None, None]


def test_who_serves() -> None:
    assert list(build(NESTED).serving) == [1, 0, 1]
    assert list(build(NESTED, include={"planned"}).serving) == [1, 1, 1]
    assert list(build(NESTED).including({"planned", "unheard-of"}).serving) == [1, 1, 1]


def test_an_empty_inventory_has_an_empty_graph() -> None:
    topology = build(Inventory((), SCHEMA))
    assert (len(topology), topology.number("a"), edges(topology, topology.out)) == (0, None, [])


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_the_way_back_has_the_same_edges(inventory: Inventory) -> None:
    topology = build(inventory)
    there = Counter(edges(topology, topology.out))
    assert there == Counter((source, target, by) for target, source, by in edges(topology, topology.back))


@settings(max_examples=80, deadline=None)
@given(inventories(), st.randoms(use_true_random=False))
def test_the_order_of_files_is_irrelevant(inventory: Inventory, random: Random) -> None:
    declared = random.sample(inventory.declared, len(inventory.declared))
    one, other = build(inventory), build(replace(inventory, declared=tuple(declared)))
    assert edges(one, one.out) == edges(other, other.out)
    assert (list(one.labels), list(one.alias_of)) == (list(other.labels), list(other.alias_of))
