"""Weak points, and what would have to fail as well, as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.graph.explain import explain
from cmdb.graph.impact import impact
from cmdb.graph.weak.criticality import Grade
from cmdb.graph.weak.points import weak_points
from cmdb.model.answer import Edge, Node, Screen
from cmdb.model.document import Document
from cmdb.model.status import Status
from cmdb.render.text import text
from cmdb.testing.text import inventory
from cmdb.views.impact import (
    explanation_document,
    explanation_payload,
    payload,
    weak_points_document,
    weak_points_drawing,
    weak_points_payload,
)

SHOP = inventory("""
- kind: business_service
  id: shop
  name: Online shop
  owner: team-shop
  relations:
    depends_on: {name: web, at_least: 1, of: [web-1, web-2, web-3]}
- {kind: business_service, id: till, relations: {depends_on: [shop, web-1]}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-3, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1}
- {kind: hypervisor, id: hv-2, relations: {located_in: rack}}
- {kind: rack, id: rack, name: Rack 7}
- {kind: business_service, id: archive, lifecycle: planned}
""")
GRADES: Mapping[str, Grade] = {"shop": Grade("gold", "high"), "till": Grade("silver", "critical")}


def shown(made: Document) -> str:
    return text(made, Screen(80))


def test_one_ci_with_its_sets_and_proofs() -> None:
    found = weak_points(SHOP, "till")
    assert shown(weak_points_document(found)) == (
        """\
Weak points of till
business_service

Takes it down alone
hv-1 · hypervisor
    depends_on web-1 → runs_on hv-1
shop · Online shop · business_service · team-shop
    depends_on shop
web-1 · virtual_machine
    depends_on web-1
"""
    )


def test_redundancy_that_is_none() -> None:
    common = inventory("""
    - kind: server
      id: a
      relations: {depends_on: [{name: trio, at_least: 2, of: [b, c, d]}, {at_least: 1, of: [e, {at_least: 2, of: [c, f]}]}]}
    - {kind: server, id: b, relations: {runs_on: h}}
    - {kind: server, id: c, relations: {runs_on: h}}
    - {kind: server, id: d}
    - {kind: server, id: e, relations: {runs_on: h}}
    - {kind: server, id: f}
    - {kind: server, id: h, relations: {located_in: hall}}
    - {kind: site, id: hall}
    """)
    assert shown(weak_points_document(weak_points(common, "a"))) == (
        """\
Weak points of a
server

Takes it down alone
h · server
    depends_on b → runs_on h
hall · site
    depends_on b → runs_on h → located_in hall

Takes it down only together
b and c
b and d
c and d
c and e
e and f

Shared fate
a depends_on#2, 1 of 2 needed
    h takes all of them down
        e runs_on h
        depends_on#2.2 depends_on c → runs_on h
a depends_on trio, 2 of 3 needed
    h takes 2 of 3 of them down
        b runs_on h
        c runs_on h
"""
    )


def test_several_cis_come_as_a_table_first_and_with_what_matters_most() -> None:
    found = weak_points(SHOP, ["shop", "till"], grades=GRADES.__getitem__)
    assert shown(weak_points_document(found)) == (
        """\
Weak points of shop, till
service  alone  two together  three together  shared fate
shop     0      3             3               0
till     3      0             0               0

shop
Online shop · business_service · team-shop

Nothing takes it down alone.

Takes it down only together
hv-1 and hv-2
hv-1 and rack
hv-1 and web-3
hv-2, web-1 and web-2
rack, web-1 and web-2
web-1, web-2 and web-3

till
business_service

Takes it down alone
hv-1 · hypervisor
    depends_on web-1 → runs_on hv-1
shop · Online shop · business_service · team-shop
    depends_on shop
web-1 · virtual_machine
    depends_on web-1

What most of them go down with
CI     kind              services  criticality  tier
hv-1   hypervisor        1         1 critical   1 silver
shop   business_service  1         1 critical   1 silver
web-1  virtual_machine   1         1 critical   1 silver
"""
    )


def test_many_are_only_a_table_and_long_lists_are_cut() -> None:
    many = inventory(
        "\n".join(
            [
                *(f"- {{kind: server, id: s-{n:02}, relations: {{depends_on: p-{n:02}}}}}" for n in range(30)),
                *(f"- {{kind: server, id: p-{n:02}}}" for n in range(30)),
                "- kind: server",
                "  id: top",
                f"  relations: {{depends_on: {{at_least: 29, of: [{', '.join(f's-{n:02}' for n in range(30))}]}}}}",
            ]
        )
    )
    lines = shown(weak_points_document(weak_points(many, many, size=1))).splitlines()
    assert lines[:4] == [
        "Weak points of 61 CIs",
        "service  alone  shared fate",
        "p-00     0      0",
        "p-01     0      0",
    ]
    assert lines[-1] == "10 more CIs take a service down alone."
    assert not any(line.startswith("Takes") for line in lines)
    lines = shown(weak_points_document(weak_points(many, "top", size=2))).splitlines()
    assert lines[4:9] == ["", "Takes it down only together", "p-00 and p-01", "p-00 and p-02", "p-00 and p-03"]
    assert lines[-1] == "and 1730 more sets of 2"


def test_a_search_that_was_cut_off_says_at_least() -> None:
    found = weak_points(SHOP, ["shop", "till"], limit=1)
    lines = shown(weak_points_document(found)).splitlines()
    assert lines[2] == "shop     0      not known     not known       0"
    assert "note: the search was cut off: these are all sets of up to 1 CI, and at least 0" in lines
    assert weak_points_payload(found)["summary"]["cut_off"] == 1


def test_nothing_and_remarks() -> None:
    assert (
        shown(weak_points_document(weak_points(SHOP, []))) == "Weak points of nothing\nThere is nothing to ask about.\n"
    )
    assert shown(weak_points_document(weak_points(SHOP, "archive"))).splitlines()[1:] == [
        "note: 'archive' is planned and does not serve, so nothing takes it down;",
        "--include planned counts it in",
        "",
        "business_service",
        "",
        "Nothing takes it down alone.",
    ]


def test_data() -> None:
    data = weak_points_payload(weak_points(SHOP, ["shop", "till"], grades=GRADES.__getitem__))
    assert data["summary"] == {
        "services": 2,
        "single_points": 3,
        "cut_sets": 9,
        "shared_fate": 0,
        "size": 3,
        "cut_off": 0,
    }
    shop, till = data["services"]
    assert {name: till[name] for name in ("id", "name", "cut_sets", "complete_to_size", "shared_fate")} == {
        "id": "till",
        "name": None,
        "cut_sets": [{"cis": [ci], "size": 1} for ci in ("hv-1", "shop", "web-1")],
        "complete_to_size": 3,
        "shared_fate": [],
    }
    assert shop["cut_sets"][-1] == {"cis": ["web-1", "web-2", "web-3"], "size": 3}
    assert data["single_points"][0] == {
        "service": "till",
        "ci": "hv-1",
        "via": [
            {"source": "till", "relation": "depends_on", "target": "web-1"},
            {"source": "web-1", "relation": "runs_on", "target": "hv-1"},
        ],
    }
    assert data["criticality"][0] == {
        "id": "hv-1",
        "kind": "hypervisor",
        "name": None,
        "owner": None,
        "count": 1,
        "services": ["till"],
        "by_criticality": {"critical": 1},
        "by_tier": {"silver": 1},
    }
    assert data["notes"] == []


def test_a_shared_fate_as_data() -> None:
    (service,) = weak_points_payload(weak_points(SHOP, "shop", size=1))["services"]
    assert service["shared_fate"] == []
    pair = inventory("""
    - {kind: server, id: a, relations: {depends_on: {name: pair, at_least: 1, of: [b, c]}}}
    - {kind: server, id: b, relations: {depends_on: c}}
    - {kind: server, id: c}
    """)
    (service,) = weak_points_payload(weak_points(pair, "a"))["services"]
    assert service["shared_fate"] == [
        {
            "ci": "c",
            "source": "a",
            "relation": "depends_on",
            "group": "pair",
            "at_least": 1,
            "of": 2,
            "members": [
                {"name": "b", "via": [{"source": "b", "relation": "depends_on", "target": "c"}]},
                {"name": "c", "via": []},
            ],
            "all": True,
            "fatal": True,
            "nearest": True,
        }
    ]


def test_the_drawing_shows_single_points_and_the_chains_to_them() -> None:
    drawn = weak_points_drawing(weak_points(SHOP, ["till", "shop"]))
    assert drawn.title == "Weak points of shop, till"
    assert drawn.nodes == (
        Node("hv-1", "hv-1 (single point of failure)", "hypervisor", Status.DOWN),
        Node("shop", "Online shop (single point of failure)", "business_service", Status.DOWN),
        Node("till", "till", "business_service"),
        Node("web-1", "web-1 (single point of failure)", "virtual_machine", Status.DOWN),
    )
    assert drawn.edges == (
        Edge("till", "shop", "depends_on"),
        Edge("till", "web-1", "depends_on"),
        Edge("web-1", "hv-1", "runs_on"),
    )


def test_what_would_have_to_fail_as_well() -> None:
    data = payload(impact(SHOP, ["hv-2"]))
    further = {service["id"]: service["further"] for service in data["services"]}
    assert further["shop"] == [{"cis": ["hv-1"], "size": 1, "new": True}]
    assert further["till"] == [
        {"cis": ["hv-1"], "size": 1, "new": False},
        {"cis": ["shop"], "size": 1, "new": False},
        {"cis": ["web-1"], "size": 1, "new": False},
    ]
    assert [service["further"] for service in payload(impact(SHOP, ["shop"]))["services"]] == [[]]
    lines = shown(explanation_document(explain(SHOP, ["hv-2"], "till"))).splitlines()
    assert lines[-2:] == [
        "What would have to fail as well before it goes down",
        "with or without this failure: hv-1; shop; web-1",
    ]
    lines = shown(explanation_document(explain(SHOP, ["hv-2"], "shop"))).splitlines()
    assert lines[-3:] == ["What would have to fail as well before it goes down", "hv-1", "web-1 and web-2"]


def test_where_nothing_more_is_needed_or_enough() -> None:
    down = explain(SHOP, ["shop"], "till")
    assert (explanation_payload(down)["further"], explanation_payload(down)["complete_to_size"]) == ([], None)
    assert "as well" not in shown(explanation_document(down))
    using = inventory("""
    - {kind: server, id: a, relations: {uses: b}}
    - {kind: server, id: b}
    """)
    assert shown(explanation_document(explain(using, ["b"], "a"))).endswith(
        "What would have to fail as well before it goes down\nNothing, or more than 3 CIs together.\n"
    )
