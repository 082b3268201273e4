"""Impact as people and programs read it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from cmdb.graph.explain import explain
from cmdb.graph.impact import impact
from cmdb.graph.upstream import upstream
from cmdb.model.answer import Edge, Node, Screen
from cmdb.model.document import Document
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.render.json import dumps
from cmdb.render.markdown import markdown
from cmdb.render.text import text
from cmdb.testing.graphs import failing
from cmdb.testing.text import inventory
from cmdb.views.impact import (
    document,
    drawing,
    explanation_document,
    explanation_payload,
    payload,
    upstream_document,
    upstream_payload,
)

SHOP = inventory("""
- {kind: virtual_machine, id: vm-1}
- {kind: virtual_machine, id: vm-2}
- {kind: database, id: db-1, name: "Orders, primary", owner: team-data, relations: {runs_on: vm-1}}
- {kind: database, id: db-2, owner: team-data, relations: {runs_on: vm-2}}
- kind: application
  id: shop
  owner: team-shop
  relations:
    uses: {name: databases, at_least: 2, of: [db-1, db-2]}
    depends_on: {at_least: 1, of: [db-1, db-2]}
- {kind: application, id: report, owner: team-bi, relations: {depends_on: {at_least: 1, of: [db-1, db-2]}}}
- {kind: application, id: report-web, owner: team-bi, relations: {depends_on: report}}
- {kind: application, id: archive, relations: {backed_up_by: vm-1}}
- {kind: business_service, id: sales, name: Sales, owner: team-shop, relations: {depends_on: shop}}
- {kind: storage_array, id: nas, lifecycle: planned, relations: {runs_on: vm-1}}
""")


def shown(made: Document) -> str:
    return text(made, Screen(80))


def test_degraded_and_worse_are_listed_and_at_risk_is_a_line_per_cause() -> None:
    assert shown(document(impact(SHOP, ["vm-1"]))) == (
        """\
If vm-1 is down
1 down, 2 degraded, 3 at risk, 1 service among them

Down
db-1 · Orders, primary · database · team-data
    runs_on vm-1

Degraded
shop · application · team-shop
    uses db-1 → runs_on vm-1
    Redundancy lost in depends_on#1: 1 of 2 needed, 1 left
    Redundancy lost in databases: 2 of 2 needed, 1 left
sales · Sales · business_service · team-shop
    depends_on shop → uses db-1 → runs_on vm-1

At risk
db-1 is down: Redundancy lost for report; 2 CIs at risk
vm-1 is down: needed by archive (backed_up_by); 1 CI at risk

Services
sales · Sales · business_service · team-shop: degraded

Owners of what is affected
team-bi 2, team-shop 2, team-data 1, nobody 1
"""
    )


def test_min_status_decides_what_is_listed() -> None:
    hit = impact(SHOP, ["vm-1"])
    everything = shown(document(hit, Status.AT_RISK))
    assert "report-web · application · team-bi\n    depends_on report → depends_on db-1 → runs_on vm-1\n" in everything
    assert "CIs at risk" not in everything
    down = shown(document(hit, Status.DOWN))
    assert "db-1 · Orders" in down
    assert "\nDegraded\n" not in down
    assert "\nServices\n" not in down


def test_redundancy_is_lost_only_where_a_member_is_degraded_or_down() -> None:
    hit = impact(SHOP, {"db-1": Status.AT_RISK})
    assert "Redundancy lost" not in shown(document(hit))
    assert "Redundancy lost" not in shown(document(hit, Status.AT_RISK))
    assert "A member is at risk in databases: 2 of 2 needed, 2 left" in shown(document(hit, Status.AT_RISK))
    assert "db-1 is at risk: needed by report, shop (depends_on); 4 CIs at risk" in shown(document(hit))
    assert "Redundancy lost" in shown(document(impact(SHOP, {"db-1": Status.DEGRADED})))


def test_nothing_affected_and_notes() -> None:
    assert shown(document(impact(SHOP, ["nas"]))) == (
        "If nas is down\n"
        "note: 'nas' is planned and does not serve, so its failure harms nothing;\n"
        "--include planned counts it in\n"
        "\nNothing else is affected.\n"
    )
    assert shown(document(impact(SHOP, {"sales": Status.DEGRADED, "vm-2": Status.UP}))).startswith(
        "If sales is degraded and vm-2 is up\n"
    )


def test_the_data_has_everything() -> None:
    data = payload(impact(SHOP, ["vm-1"]))
    assert list(data) == [
        "summary",
        "maintenance",
        "failed",
        "affected",
        "services",
        "owners",
        "environments",
        "customers",
        "exposed",
        "beyond",
        "notes",
    ]
    assert data["summary"] == {
        "failed": 1,
        "affected": 6,
        "down": 1,
        "degraded": 2,
        "at_risk": 3,
        "services": 1,
        "owners": 4,
        "environments": 1,
        "customers": 0,
        "exposed": 2,
        "beyond": 0,
    }
    assert data["failed"] == [{"id": "vm-1", "kind": "virtual_machine", "name": None, "owner": None, "status": "down"}]
    assert [(ci["id"], ci["status"], ci["distance"]) for ci in data["affected"]] == [
        ("db-1", "down", 1),
        ("shop", "degraded", 2),
        ("sales", "degraded", 3),
        ("archive", "at_risk", 1),
        ("report", "at_risk", 2),
        ("report-web", "at_risk", 3),
    ]
    assert data["affected"][1] == {
        "id": "shop",
        "kind": "application",
        "name": None,
        "owner": "team-shop",
        "status": "degraded",
        "distance": 2,
        "via": [
            {"source": "shop", "relation": "uses", "target": "db-1"},
            {"source": "db-1", "relation": "runs_on", "target": "vm-1"},
        ],
        "groups": [
            {
                "relation": "depends_on",
                "name": "depends_on#1",
                "at_least": 1,
                "of": 2,
                "left": 1,
                "contributes": "at_risk",
            },
            {"relation": "uses", "name": "databases", "at_least": 2, "of": 2, "left": 1, "contributes": "degraded"},
        ],
    }
    assert [service["id"] for service in data["services"]] == ["sales"]
    assert data["owners"] == [
        {"owner": "team-bi", "count": 2},
        {"owner": "team-data", "count": 1},
        {"owner": "team-shop", "count": 2},
        {"owner": None, "count": 1},
    ]


def test_arrays_are_arrays_where_there_is_nothing() -> None:
    assert payload(impact(SHOP, ["sales"])) | {"summary": None, "failed": None} == {
        "summary": None,
        "failed": None,
        "affected": [],
        "maintenance": False,
        "services": [],
        "owners": [],
        "environments": [],
        "customers": [],
        "exposed": [],
        "beyond": [],
        "notes": [],
    }


@settings(max_examples=60, deadline=None)
@given(failing())
def test_every_answer_can_be_shown(case: tuple[Inventory, dict[str, Status]]) -> None:
    declared, seeds = case
    hit = impact(declared, seeds)
    for status in Status:
        shown(document(hit, status))
        markdown(document(hit, status))
    json.loads(dumps(payload(hit)))
    drawing(hit)
    for ci in declared:
        shown(explanation_document(explain(declared, seeds, ci)))
        json.loads(dumps(explanation_payload(explain(declared, seeds, ci))))
        shown(upstream_document(upstream(declared, ci)))
        json.loads(dumps(upstream_payload(upstream(declared, ci))))


@settings(max_examples=60, deadline=None)
@given(failing())
def test_what_is_folded_adds_up(case: tuple[Inventory, dict[str, Status]]) -> None:
    hit = impact(*case)
    lines = [line for line in shown(document(hit)).splitlines() if line.endswith(" at risk") and "; " in line]
    assert sum(int(line.rsplit("; ", 1)[1].split()[0]) for line in lines) == payload(hit)["summary"]["at_risk"]


def test_an_explanation_says_what_is_left() -> None:
    made = explain(SHOP, ["vm-1"], "shop")
    assert shown(explanation_document(made)) == (
        """\
Why shop is degraded
uses db-1 → runs_on vm-1

What it relies on
uses databases: 2 of 2 needed, 1 left
    contributes degraded: not enough are left, uses lets at most degraded through
    db-1: down
    db-2: up
depends_on#1: 1 of 2 needed, 1 left
    contributes at risk: enough are left
    db-1: down
    db-2: up

It relies on nothing else.

What would have to fail as well before it goes down
db-2
vm-2
"""
    )
    data = explanation_payload(made)
    assert data["further"] == [{"cis": [ci], "size": 1, "new": True} for ci in ("db-2", "vm-2")]
    assert data["complete_to_size"] == 3
    assert data["ci"]["status"] == "degraded"
    assert data["contributions"][0] == {
        "relation": "uses",
        "ceiling": "degraded",
        "contributes": "degraded",
        "entry": {
            "relation": "uses",
            "name": "databases",
            "at_least": 2,
            "of": 2,
            "left": 1,
            "contributes": "degraded",
            "status": "down",
            "members": [
                {"id": "db-1", "status": "down", "serves": True},
                {"id": "db-2", "status": "up", "serves": True},
            ],
        },
    }


@pytest.mark.parametrize(
    ("ci", "line"),
    [
        ("db-2", "All that it relies on is up (1 entry)."),
        ("vm-2", "It relies on nothing."),
        ("vm-1", "It was said to be down itself."),
        ("nas", "runs_on vm-1: down"),
        ("nas", "    contributes down"),
        ("archive", "    contributes at risk: backed_up_by lets at most at risk through"),
    ],
)
def test_why_and_why_not(ci: str, line: str) -> None:
    assert line in shown(explanation_document(explain(SHOP, ["vm-1"], ci))).splitlines()


def test_upstream_tells_needed_from_one_of_several() -> None:
    assert shown(upstream_document(upstream(SHOP, ["report"]))) == (
        """\
What report relies on

One of several
db-1 · Orders, primary · database · team-data
    report depends_on db-1
    1 of 2 in depends_on#1
db-2 · database · team-data
    report depends_on db-2
    1 of 2 in depends_on#1
vm-1 · virtual_machine
    report depends_on db-1 → runs_on vm-1
    1 of 2 in depends_on#1
vm-2 · virtual_machine
    report depends_on db-2 → runs_on vm-2
    1 of 2 in depends_on#1
"""
    )
    data = upstream_payload(upstream(SHOP, ["sales"]))
    assert data["summary"] == {"upstream": 5, "needed": 5}
    assert next((ci["id"], ci["distance"], ci["needed"]) for ci in data["upstream"]) == ("shop", 1, True)
    assert shown(upstream_document(upstream(SHOP, ["vm-1"]))) == "What vm-1 relies on\nNothing.\n"


def test_a_drawing_has_the_first_step_of_each_chain() -> None:
    made = drawing(impact(SHOP, ["db-1"]))
    assert Node("db-1", "Orders, primary", "database", Status.DOWN, failed=True) in made.nodes
    assert Edge("shop", "db-1", "uses") in made.edges
    assert Edge("report", "db-1", "depends_on", soft=True) in made.edges
    assert made.title == "If db-1 is down"
    assert len(made.nodes) == len(made.edges) + 1


def test_a_long_chain_is_cut_and_lines_fit() -> None:
    names = [f"application-with-a-long-name-{number}" for number in range(12)]
    cis = [
        f"- {{kind: application, id: {a}, relations: {{depends_on: {b}}}}}"
        for a, b in zip(names[1:], names, strict=False)
    ]
    declared = inventory("\n".join([f"- {{kind: application, id: {names[0]}}}", *cis]))
    lines = shown(document(impact(declared, [names[0]]))).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-4].endswith("3 more steps")
