"""Selectors as sets: intersections, unions, complements, and distances in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.export import multidigraph
from cmdb.graph.selectors import predicate, select
from cmdb.graph.topology import build
from cmdb.model.inventory import Inventory
from cmdb.testing.graphs import inventories

if TYPE_CHECKING:
    from cmdb.graph.export import MultiDiGraph

POSITIVE = ("owner=team-a", "owner~team-*", "kind=service", "lifecycle in (live, planned)", "relations.uses=a", "owner")
NEGATIVE = ("owner!=team-a", "owner!~team-*", "kind!=service", "lifecycle not in (live, planned)", "relations.uses!=a")


@st.composite
def texts(draw: st.DrawFn, inventory: Inventory) -> str:
    ci = draw(st.sampled_from(list(inventory)))
    graph = [ci, f"+{ci}", f"{ci}+", f"1+{ci}+2", f"+(kind=server,{ci}+)", f"old-{ci}", f"id!={ci}"]
    return draw(st.sampled_from([*POSITIVE, *NEGATIVE, *graph]))


@settings(max_examples=100, deadline=None)
@given(inventories(), st.data())
def test_terms_intersect_selectors_unite_and_exclude_subtracts(inventory: Inventory, data: st.DataObject) -> None:
    one, other = data.draw(texts(inventory)), data.draw(texts(inventory))
    left, right = set(select(inventory, [one])), set(select(inventory, [other]))
    assert select(inventory, [f"{one},{other}"]) == tuple(sorted(left & right))
    assert select(inventory, [f"({one}),({other})"]) == tuple(sorted(left & right))
    assert select(inventory, [one, other]) == tuple(sorted(left | right))
    assert select(inventory, [one], exclude=[other]) == tuple(sorted(left - right))
    assert select(inventory, [one, other], topology=build(inventory)) == tuple(sorted(left | right))


@settings(max_examples=50, deadline=None)
@given(inventories())
def test_a_negation_is_the_complement(inventory: Inventory) -> None:
    for positive, negative in zip(POSITIVE, (*NEGATIVE, "!owner"), strict=True):
        assert select(inventory, [negative]) == select(inventory, (), exclude=[positive])


@settings(max_examples=50, deadline=None)
@given(inventories())
def test_a_predicate_picks_what_the_selector_picks(inventory: Inventory) -> None:
    for text in (*POSITIVE, *NEGATIVE, "a", "(owner),!aliases"):
        applies = predicate(text, inventory.schema, inventory)
        assert tuple(ci.id for ci in inventory.values() if applies(ci)) == select(inventory, [text])


@settings(max_examples=80, deadline=None)
@given(inventories(), st.integers(0, 4))
def test_graph_operators_measure_steps_like_networkx(inventory: Inventory, steps: int) -> None:
    harmful = depends(inventory)
    for ci in inventory:
        needs = distances(harmful, ci)
        needed_by = distances(harmful.reverse(), ci)
        near, near_by = ({other for other, far in found.items() if far <= steps} for found in (needs, needed_by))
        assert set(select(inventory, [f"+{ci}"])) == set(needs)
        assert set(select(inventory, [f"{ci}+"])) == set(needed_by)
        assert set(select(inventory, [f"{steps}+{ci}"])) == near
        assert set(select(inventory, [f"({ci})+{steps}"])) == near_by
        assert set(select(inventory, [f"{steps}+{ci}+"])) == near | set(needed_by)


def depends(inventory: Inventory) -> MultiDiGraph:
    graph = multidigraph(inventory)
    edges = graph.edges(keys=True, data=True)
    graph.remove_edges_from([(a, b, key) for a, b, key, data in edges if data["ceiling"] == "none"])
    return graph


def distances(graph: MultiDiGraph, ci: str) -> dict[str, int]:
    return dict(networkx.single_source_shortest_path_length(graph, ci))
