"""What CIs rely on."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given, settings

from cmdb.graph.export import multidigraph
from cmdb.graph.impact import impact
from cmdb.graph.upstream import Upstream, upstream
from cmdb.model.ci import CI, Group, Member, Target, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.testing.graphs import SCHEMA, inventories
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: application
  id: shop
  relations:
    depends_on:
      - {name: sites, at_least: 1, of: [{name: east, at_least: 2, of: [e1, e2]}, w1]}
    uses: mail
    owned_by: team
- {kind: server, id: e1, aliases: [old-e1]}
- {kind: server, id: e2}
- {kind: server, id: w1, relations: {located_in: hall, powered_by: feed}}
- {kind: application, id: mail, relations: {depends_on: [e1, shop]}}
- {kind: site, id: hall}
- {kind: power_feed, id: feed, lifecycle: ordered}
- {kind: team, id: team}
""")


def told(found: Upstream) -> list[str]:
    return [f"{d.id} {d.distance} {'needed' if d.needed else 'one of several'}" for d in found.dependencies]


def test_everything_that_lets_harm_through_by_distance() -> None:
    assert told(upstream(SHOP, "shop")) == [
        "e1 1 needed",
        "e2 1 one of several",
        "mail 1 needed",
        "w1 1 one of several",
        "hall 2 one of several",
    ]
    assert [ci.id for ci in upstream(SHOP, ["shop", "w1"]).asked] == ["shop", "w1"]
    assert told(upstream(SHOP, ["shop", "w1"])) == [
        "e1 1 needed",
        "e2 1 one of several",
        "hall 1 needed",
        "mail 1 needed",
    ]


def test_the_chain_names_the_groups_it_passes() -> None:
    found = {d.id: d for d in upstream(SHOP, ["shop"]).dependencies}
    assert [(s.source, s.relation, s.target) for s in found["hall"].via] == [
        ("shop", "depends_on", "w1"),
        ("w1", "located_in", "hall"),
    ]
    assert [(c.source, c.relation, c.name, c.at_least, c.of) for c in found["e2"].groups] == [
        ("shop", "depends_on", "sites", 1, 2),
        ("shop", "depends_on", "east", 2, 2),
    ]
    assert found["mail"].groups == ()


def test_what_is_needed_comes_with_the_chain_that_makes_it_so() -> None:
    found = {d.id: d for d in upstream(SHOP, ["shop"]).dependencies}
    assert (found["e1"].needed, found["e1"].distance, found["e1"].groups) == (True, 1, ())
    assert [(s.relation, s.target) for s in found["e1"].via] == [("uses", "mail"), ("depends_on", "e1")]
    declared = inventory("""
    - kind: server
      id: a
      relations:
        depends_on:
          - {at_least: 1, of: [b, c]}
          - {name: all, at_least: 2, of: [{name: both, at_least: 2, of: [b, d]}, e]}
    - {kind: server, id: b}
    - {kind: server, id: c}
    - {kind: server, id: d}
    - {kind: server, id: e}
    """)
    found = {d.id: d for d in upstream(declared, "a").dependencies}
    assert [choice.name for choice in found["b"].groups] == ["all", "both"]
    assert [choice.name for choice in found["c"].groups] == ["depends_on#1"]


def test_a_group_that_can_spare_nobody_is_no_choice() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: {at_least: 2, of: [b, c, d]}}}
    - {kind: server, id: b}
    - {kind: server, id: c}
    - {kind: server, id: d, lifecycle: planned}
    """)
    assert told(upstream(declared, "a")) == ["b 1 needed", "c 1 needed"]
    assert told(upstream(declared, "a", include=["planned"])) == [f"{ci} 1 one of several" for ci in "bcd"]


def test_remarks_on_the_question() -> None:
    assert upstream(SHOP, ["old-e1"]).notes == ("'old-e1' is a former id of 'e1'",)
    (note,) = upstream(SHOP, ["feed"]).notes
    assert note.startswith("'feed' is ordered and does not serve")
    with pytest.raises(CmdbError, match="there is no CI 'shpo'"):
        upstream(SHOP, ["shpo"])


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_distances_are_those_of_networkx_among_what_serves(declared: Inventory) -> None:
    graph = multidigraph(declared)
    edges = graph.edges(keys=True, data=True)
    harmless = [(a, b, key) for a, b, key, data in edges if data["ceiling"] == "none"]
    graph.remove_edges_from(harmless)
    for ci in declared:
        living = [other for other in declared if declared[other].serves or other == ci]
        expected = networkx.single_source_shortest_path_length(graph.subgraph(living), ci)
        found = {d.id: d.distance for d in upstream(declared, [ci]).dependencies}
        assert found | {ci: 0} == dict(expected)


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_what_can_break_a_ci_is_upstream_and_what_is_needed_breaks_it(declared: Inventory) -> None:
    for ci in (ci for ci in declared if declared[ci].serves):
        found = {d.id: d for d in upstream(declared, [ci]).dependencies}
        for other in declared:
            hit = impact(declared, [other])
            if other != ci and declared[other].serves:
                assert other in found or not hit[ci].status
                assert other not in found or not found[other].needed or hit[ci].status


@settings(max_examples=50, deadline=None)
@given(inventories())
def test_every_chain_is_made_of_entries(declared: Inventory) -> None:
    for dependency in upstream(declared, list(declared)[:1]).dependencies:
        assert dependency.via[-1].target == dependency.id
        assert len(dependency.via) == dependency.distance or (
            dependency.needed and len(dependency.via) > dependency.distance
        )
        for step in dependency.via:
            entries = declared[step.source].relations[step.relation]
            assert step.target in {declared.resolve(target.id) for target in flatten(entries)}
        spare = [choice for choice in dependency.groups if choice.of > choice.at_least]
        assert bool(spare) != dependency.needed


def test_ties_go_to_the_first_relation_then_the_first_target() -> None:
    entries: dict[str, tuple[Member, ...]] = {
        "runs_on": (Target("b"),),
        "depends_on": (Group(2, (Target("d"), Target("c"))),),
    }
    below = {name: CI(name, "server", relations={"uses": (Target("z"),)}) for name in "bcd"}
    cis = (CI("a", "server", relations=entries), *below.values(), CI("z", "server"))
    found = {d.id: d for d in upstream(Inventory(cis, SCHEMA), "a").dependencies}
    assert [(step.relation, step.target) for step in found["z"].via] == [("depends_on", "c"), ("uses", "z")]


def test_a_plain_entry_beside_a_group_passes_no_group() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: [b, {at_least: 1, of: [b, c]}]}}
    - {kind: server, id: b}
    - {kind: server, id: c}
    """)
    assert isinstance(declared["a"].relations["depends_on"][0], Target)
    assert isinstance(declared["a"].relations["depends_on"][1], Group)
    found = {d.id: d for d in upstream(declared, "a").dependencies}
    assert (found["b"].groups, [choice.name for choice in found["c"].groups]) == ((), ["depends_on#2"])
