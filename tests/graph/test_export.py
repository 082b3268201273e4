"""The inventory as a networkx graph."""

from __future__ import annotations

import subprocess
import sys

import networkx
from hypothesis import given, settings

from cmdb.graph.export import multidigraph
from cmdb.model.ci import CI, Group, Target, flatten
from cmdb.model.inventory import Inventory
from cmdb.testing.graphs import SCHEMA, inventories
from cmdb.testing.text import inventory


def test_an_edge_reads_a_depends_on_b_and_is_keyed_by_the_relation_type() -> None:
    graph = multidigraph(
        inventory("""
        - kind: application
          id: shop
          relations:
            depends_on: [{to: mail, port: 25}, {name: pair, at_least: 1, of: [mail, db]}]
            owned_by: old-team
        - {kind: application, id: mail, name: Mail, owner: team, environment: test, criticality: high}
        - {kind: database, id: db, lifecycle: planned}
        - {kind: team, id: team, aliases: [old-team]}
        """)
    )
    assert type(graph) is networkx.MultiDiGraph
    assert list(graph.nodes) == ["db", "mail", "shop", "team"]
    assert graph.nodes["mail"] == {
        "id": "mail",
        "kind": "application",
        "name": "Mail",
        "owner": "team",
        "environment": "test",
        "lifecycle": "live",
        "criticality": "high",
    }
    assert {(a, b, key): data for a, b, key, data in graph.edges(keys=True, data=True)} == {
        ("shop", "mail", "depends_on"): edge("depends_on", "down", notes={"port": 25}),
        ("shop", "mail", "depends_on/pair"): edge("depends_on", "down", "pair", 1),
        ("shop", "db", "depends_on"): edge("depends_on", "down", "pair", 1),
        ("shop", "team", "owned_by"): edge("owned_by", "none"),
    }


def edge(
    relation: str, ceiling: str, group: str | None = None, at_least: int | None = None, notes: object = None
) -> dict[str, object]:
    return {"relation": relation, "ceiling": ceiling, "group": group, "at_least": at_least, "notes": notes or {}}


def test_groups_within_groups_and_members_named_twice() -> None:
    inner = Group(2, (Target("b"), Target("b"), Target("nowhere"), Target("c")))
    outer = Group(1, (inner, Target("b")))
    cis = (CI("a", "server", relations={"uses": (outer,)}), CI("b", "server"), CI("c", "server"))
    found = multidigraph(Inventory(cis, SCHEMA)).edges(keys=True, data=True)
    assert [(b, key, data["group"], data["at_least"]) for _, b, key, data in found] == [
        ("b", "uses", "uses#1.1", 2),
        ("b", "uses/uses#1", "uses#1", 1),
        ("c", "uses", "uses#1.1", 2),
    ]


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_every_target_that_exists_has_an_edge(declared: Inventory) -> None:
    graph = multidigraph(declared)
    expected = {
        (ci.id, declared.resolve(target.id), relation)
        for ci in declared.values()
        for relation, entries in ci.relations.items()
        for target in flatten(entries)
        if declared.resolve(target.id)
    }
    assert set(graph.nodes) == set(declared)
    assert {(a, b, data["relation"]) for a, b, data in graph.edges(data=True)} == expected
    assert {(a, b, key) for a, b, key in graph.edges(keys=True) if "/" not in key} == expected


def test_networkx_is_imported_only_when_asked_for() -> None:
    code = "import sys, cmdb.graph.export, cmdb.graph.impact, cmdb.graph.selectors; print('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
