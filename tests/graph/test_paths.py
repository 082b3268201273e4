"""Paths between two CIs, against networkx and against all simple paths of small graphs."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx
import pytest
from hypothesis import given, settings

from cmdb.graph.export import multidigraph
from cmdb.graph.paths import Paths, Way, Which, paths
from cmdb.model.ci import flatten
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: application
  id: shop
  aliases: [old-shop]
  relations:
    depends_on:
      - {name: sites, at_least: 1, of: [{name: east, at_least: 2, of: [e1, e2]}, w1]}
    uses: mail
    owned_by: team
- {kind: server, id: e1, relations: {powered_by: feed, runs_on: spare}}
- {kind: server, id: e2, relations: {powered_by: feed}}
- {kind: server, id: w1, relations: {powered_by: feed}}
- {kind: application, id: mail, relations: {runs_on: e1}}
- {kind: power_feed, id: feed, relations: {located_in: hall}}
- {kind: site, id: hall}
- {kind: server, id: spare, lifecycle: planned, relations: {located_in: hall}}
- {kind: team, id: team}
- {kind: server, id: left, relations: {depends_on: right}}
- {kind: server, id: right, relations: {uses: left}}
""")


def told(found: Paths) -> list[str]:
    """Each path as its CIs, those in between marked where a group is passed."""
    return [
        " ".join(
            [path.steps[0].source, *(f"{step.target}{'?' * len(step.groups)}" for step in path.steps)],
        )
        for way in found.ways
        for path in way.paths
    ]


@pytest.mark.parametrize(
    ("ends", "which", "expected", "count"),
    [
        (("shop", "hall"), "shortest", ["shop e1?? feed hall"], 3),
        (("shop", "hall"), "all", ["shop e1?? feed hall", "shop e2?? feed hall", "shop w1? feed hall"], 3),
        (("shop", "hall"), "disjoint", ["shop e1?? feed hall"], 1),
        (("shop", "feed"), "disjoint", ["shop e1?? feed", "shop e2?? feed", "shop w1? feed"], 3),
        (("shop", "e1"), "disjoint", ["shop e1??", "shop mail e1"], 2),
        (("hall", "shop"), "shortest", ["shop e1?? feed hall"], 3),
        (("left", "right"), "shortest", ["left right", "right left"], 1),
        (("shop", "team"), "all", [], 0),
    ],
)
def test_paths(ends: tuple[str, str], which: Which, expected: list[str], count: int) -> None:
    found = paths(SHOP, *ends, which)
    assert told(found) == expected
    assert {way.count for way in found.ways} <= {count}


def test_what_all_paths_have_in_common() -> None:
    (way,) = paths(SHOP, "shop", "hall").ways
    assert (way.length, way.shared) == (3, ("feed",))
    (way,) = paths(SHOP, "shop", "feed").ways
    assert way.shared == ()


def test_a_step_says_how_many_members_a_group_needs_and_a_path_what_it_lets_through() -> None:
    (way,) = paths(SHOP, "shop", "feed", "disjoint", limit=1).ways
    assert (len(way.paths), way.count) == (1, 3)
    assert [(group.name, group.at_least, group.of) for group in way.paths[0].steps[0].groups] == [
        ("sites", 1, 2),
        ("east", 2, 2),
    ]
    assert [path.ceiling for way in paths(SHOP, "left", "right").ways for path in way.paths] == [
        Status.DOWN,
        Status.DEGRADED,
    ]


def test_the_least_ceiling_on_the_way_is_what_comes_through() -> None:
    (way,) = paths(SHOP, "shop", "e1", "disjoint").ways
    assert [path.ceiling for path in way.paths] == [Status.DOWN, Status.DEGRADED]


def test_relations_and_lifecycles_limit_or_widen_the_search() -> None:
    assert told(paths(SHOP, "shop", "team", relations=["owned_by"])) == ["shop team"]
    assert paths(SHOP, "shop", "team", relations=["owned_by"]).ways[0].paths[0].ceiling is Status.UP
    assert told(paths(SHOP, "shop", "e1", relations=["uses", "runs_on"])) == ["shop mail e1"]
    assert told(paths(SHOP, "e1", "spare")) == []
    assert told(paths(SHOP, "e1", "spare", include=["planned"])) == ["e1 spare"]
    (note,) = paths(SHOP, "e1", "spare").notes
    assert note.startswith("'spare' is planned and does not serve, so no path counts it; --include planned")


@pytest.mark.parametrize(
    ("ends", "relations", "told"),
    [
        (("shop", "shop"), (), "both ends of the path are 'shop'"),
        (("shop", "old-shop"), (), "both ends of the path are 'shop'"),
        (("shop", "hal"), (), "there is no CI 'hal'"),
        (("shop", "hall"), ("depends",), "there is no relation type 'depends'"),
    ],
)
def test_asked_wrongly(ends: tuple[str, str], relations: tuple[str, ...], told: str) -> None:
    with pytest.raises(CmdbError, match=told):
        paths(SHOP, *ends, relations=relations)


def test_a_former_id_works_and_is_told() -> None:
    found = paths(SHOP, "old-shop", "feed")
    assert (found.source.id, found.notes) == ("shop", ("'old-shop' is a former id of 'shop'",))


def test_many_shortest_paths_are_counted_and_not_all_listed() -> None:
    rows = [["a"], *([f"r{row}c{column}" for column in range(4)] for row in range(20)), ["z"]]
    cis = [
        f"- {{kind: server, id: {ci}, relations: {{uses: [{', '.join(below)}]}}}}"
        for above, below in pairwise(rows)
        for ci in above
    ]
    declared = inventory("\n".join([*cis, "- {kind: server, id: z}"]))
    (way,) = paths(declared, "a", "z", "all", limit=7).ways
    assert (way.length, way.count, len(way.paths), way.shared) == (21, 4**20, 7, ())
    (way,) = paths(declared, "a", "z", "disjoint").ways
    assert way.count == 4


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_shortest_disjoint_and_shared_are_those_of_the_definition(declared: Inventory) -> None:
    graph = plain(declared)
    for one, other in combinations(declared, 2):
        ways = {way.source: way for way in paths(declared, one, other, "all").ways}
        apart = {way.source: way for way in paths(declared, one, other, "disjoint").ways}
        for source, target in ((one, other), (other, one)):
            simple = (
                [tuple(found) for found in networkx.all_simple_paths(graph, source, target)] if source in graph else []
            )
            assert (source in ways, source in apart) == (bool(simple), bool(simple))
            if simple:
                shortest = {found for found in simple if len(found) == min(map(len, simple))}
                assert len(nodes(ways[source])) == len(set(nodes(ways[source])))
                assert set(nodes(ways[source])) == shortest
                common = set.intersection(*(set(found) for found in simple)) - {source, target}
                assert set(ways[source].shared) == common
                assert apart[source].count == most_apart(simple) == len(nodes(apart[source]))
                assert are_apart(nodes(apart[source]))
                assert set(nodes(apart[source])) <= set(simple)


@settings(max_examples=60, deadline=None)
@given(inventories())
def test_every_step_is_an_entry_of_its_ci(declared: Inventory) -> None:
    for one, other in combinations(declared, 2):
        for way in paths(declared, one, other, "all").ways:
            for step in (step for path in way.paths for step in path.steps):
                entries = declared[step.source].relations[step.relation]
                assert step.target in {declared.resolve(target.id) for target in flatten(entries)}


def plain(declared: Inventory) -> networkx.DiGraph[str]:
    """What serves, with an edge where harm flows."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(ci for ci in declared if declared[ci].serves)
    graph.add_edges_from(
        (one, other)
        for one, other, data in multidigraph(declared).edges(data=True)
        if data["ceiling"] != "none" and {one, other} <= set(graph) and one != other
    )
    return graph


def nodes(way: Way) -> list[tuple[str, ...]]:
    return [(path.steps[0].source, *(step.target for step in path.steps)) for path in way.paths]


def are_apart(found: list[tuple[str, ...]]) -> bool:
    return all(not set(one[1:-1]) & set(other[1:-1]) and one != other for one, other in combinations(found, 2))


def most_apart(simple: list[tuple[str, ...]]) -> int:
    """The most of the paths that have no CI in common but their ends."""
    for size in range(len(simple), 0, -1):
        if any(are_apart(list(chosen)) for chosen in combinations(simple, size)):
            return size
    return 0
