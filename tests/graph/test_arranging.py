"""Pictures that can be looked at: tiers, frames, and folding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.drawing import KEPT, LIMIT, Fold, arranged
from cmdb.graph.topology import build
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.model.tiers import TIERS, tiers
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

SHOP = inventory(
    """
- {kind: business_service, id: sales, owner: team-a}
- {kind: application, id: shop, owner: team-a}
- {kind: database, id: db, owner: team-b}
- {kind: till, id: till}
- {kind: thing, id: thing}
""",
    schema="kinds: {till: {extends: server}, thing: {}}",
)


def drawn(names: list[str], *, statuses: dict[str, Status] | None = None) -> Drawing:
    known = statuses or {}
    return Drawing(tuple(Node(name, name, SHOP[name].kind, known.get(name)) for name in names if name in SHOP))


def test_tiers_by_the_nearest_ancestor() -> None:
    found = arranged(drawn(["db", "sales", "shop", "thing", "till"]), SHOP, build(SHOP))
    assert {node.id: node.tier for node in found.nodes} == {"db": 2, "sales": 0, "shop": 1, "thing": None, "till": 3}
    assert set(tiers(SHOP.schema).values()) == set(range(len(TIERS)))


def test_groups_are_frames() -> None:
    found = arranged(drawn(["db", "shop", "till"]), SHOP, build(SHOP), group_by="owner")
    assert {node.id: node.group for node in found.nodes} == {"db": "team-b", "shop": "team-a", "till": ""}
    with pytest.raises(CmdbError, match="nothing is grouped by 'ownr'"):
        arranged(drawn(["db"]), SHOP, build(SHOP), group_by="ownr")


def many(count: int) -> tuple[Inventory, Drawing]:
    """Virtual machines on two hypervisors, a few of them down, and the services that need them."""
    cis = [f"- {{kind: virtual_machine, id: vm-{n}, owner: team-{n % 2}}}" for n in range(count)]
    cis += [f"- {{kind: business_service, id: service-{n}}}" for n in range(3)]
    cis += ["- {kind: hypervisor, id: hv-1}", "- {kind: hypervisor, id: hv-2}"]
    declared = inventory("\n".join(cis))
    status = {f"vm-{n}": Status.DOWN for n in range(5)}
    nodes = [
        Node(ci.id, ci.id, ci.kind, status.get(ci.id, Status.AT_RISK), ci.id == "hv-1") for ci in declared.values()
    ]
    edges = [Edge(f"vm-{n}", f"hv-{n % 2 + 1}", "runs_on", soft=n % 2 == 0) for n in range(count)]
    edges += [Edge(f"service-{n}", f"vm-{n}", "depends_on") for n in range(3)]
    return declared, Drawing(tuple(nodes), tuple(edges), "Many")


def test_a_large_drawing_is_folded_by_kind_and_status_and_says_so() -> None:
    declared, drawing = many(100)
    found = arranged(drawing, declared, build(declared))
    assert (len(found.nodes), found.note) == (105, "")
    picture = found.picture
    assert picture.note == f"105 CIs are folded by kind, being more than {LIMIT}; --fold none draws each"
    assert [(node.label, node.status.label if node.status else "") for node in picture.nodes] == [
        ("5 × virtual_machine", "down"),
        ("95 × virtual_machine", "at_risk"),
        ("hv-1", "at_risk"),
        ("hv-2", "at_risk"),
        ("service-0", "at_risk"),
        ("service-1", "at_risk"),
        ("service-2", "at_risk"),
    ]
    names = {node.id: node.label for node in picture.nodes}
    assert [(names[edge.source], edge.label, names[edge.target], edge.soft) for edge in picture.edges] == [
        ("5 × virtual_machine", "runs_on ×3", "hv-1", True),
        ("5 × virtual_machine", "runs_on ×2", "hv-2", False),
        ("95 × virtual_machine", "runs_on ×47", "hv-1", True),
        ("95 × virtual_machine", "runs_on ×48", "hv-2", False),
        ("service-0", "depends_on", "5 × virtual_machine", False),
        ("service-1", "depends_on", "5 × virtual_machine", False),
        ("service-2", "depends_on", "5 × virtual_machine", False),
    ]


@pytest.mark.parametrize(("first", "second", "soft"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_merged_arrow_is_dashed_only_where_all_of_them_are(first: bool, second: bool, soft: bool) -> None:
    declared, drawing = many(2)
    edges = (Edge("vm-0", "hv-1", "runs_on", first), Edge("vm-1", "hv-1", "runs_on", second))
    picture = arranged(Drawing(drawing.nodes, edges), declared, build(declared), fold="kind").picture
    assert [(edge.label, edge.soft) for edge in picture.edges] == [("runs_on ×2", soft)]


@pytest.mark.parametrize(
    ("count", "fold", "group_by", "nodes"),
    [
        (LIMIT - 5, "auto", "", None),
        (LIMIT - 4, "auto", "", 7),
        (LIMIT, "none", "", None),
        (8, "kind", "", 7),
        (8, "group", "owner", 9),
        (100, "auto", "owner", 9),
    ],
)
def test_folding_is_asked_for_or_comes_by_itself(count: int, fold: Fold, group_by: str, nodes: int | None) -> None:
    declared, drawing = many(count)
    found = arranged(drawing, declared, build(declared), group_by=group_by, fold=fold)
    assert (found.folded and len(found.folded.nodes)) == nodes


def test_many_services_are_folded_too() -> None:
    declared = inventory("\n".join(f"- {{kind: business_service, id: s{n}}}" for n in range(KEPT + 1)))
    drawing = Drawing(tuple(Node(ci.id, ci.id, ci.kind) for ci in declared.values()))
    assert len(arranged(drawing, declared, build(declared), fold="kind").picture.nodes) == 1


@settings(max_examples=60, deadline=None)
@given(inventories(), st.sampled_from(["kind", "group"]), st.sampled_from(["", "owner", "kind"]))
def test_folded_nodes_are_distinct_and_every_arrow_has_its_ends(declared: Inventory, fold: Fold, group_by: str) -> None:
    nodes = tuple(Node(ci.id, ci.title, ci.kind, Status(len(ci.id) % 4)) for ci in declared.values())
    edges = tuple(Edge(one, other, "uses") for one in declared for other in declared)
    picture = arranged(Drawing(nodes, edges), declared, build(declared), group_by=group_by, fold=fold).picture
    ids = [node.id for node in picture.nodes]
    assert ids == sorted(set(ids))
    assert all(edge.source != edge.target and {edge.source, edge.target} <= set(ids) for edge in picture.edges)
