"""What goes down with each CI, as a report."""

from __future__ import annotations

from datetime import date

from cmdb.analyses.criticality import LIMIT, Criticalities, Row, Summary, analyse, present
from cmdb.model.answer import Screen
from cmdb.model.asked import INCLUDE, Asked
from cmdb.model.data import as_data
from cmdb.render.text import text
from cmdb.workspace import Workspace

FILES = {
    "cmdb.yaml": "name: shop\n",
    "inventory/shop.yaml": """\
- {kind: business_service, id: shop, criticality: critical, labels: {tier: gold}, relations: {depends_on: [db, vm]}}
- {kind: business_service, id: till, criticality: low, relations: {depends_on: [db, shop]}}
- {kind: business_service, id: later, lifecycle: planned, relations: {depends_on: spare}}
- {kind: service_offering, id: offer, relations: {depends_on: spare}}
- {kind: database, id: db, criticality: medium}
- {kind: virtual_machine, id: vm, criticality: critical}
- {kind: server, id: spare}
""",
}
FACTS = Workspace.of(FILES).facts(date(2026, 11, 1))


def asked(*ids: str, include: tuple[str, ...] = (), limit: int = 50) -> Criticalities:
    return analyse(FACTS, Asked(ids or None, {INCLUDE.name: include, LIMIT.name: limit}))


def test_cis_by_the_services_that_go_down_with_them() -> None:
    found = asked()
    assert found.summary == Summary(cis=7, services=2, critical=3, rated_too_low=1)
    assert [(row.id, row.services) for row in found.cis] == [
        ("db", ("shop", "till")),
        ("vm", ("shop", "till")),
        ("shop", ("till",)),
    ]
    assert found.cis[0] == Row(
        "db",
        "database",
        None,
        None,
        ("shop", "till"),
        {"critical": 1, "low": 1},
        {"gold": 1},
        "medium",
        "critical",
        True,
    )
    assert [row.rated_too_low for row in found.cis] == [True, False, False]


def test_selectors_limit_the_cis_and_not_the_services() -> None:
    found = asked("vm", "spare")
    assert found.summary == Summary(cis=2, services=2, critical=1, rated_too_low=0)
    assert [(row.id, row.services) for row in found.cis] == [("vm", ("shop", "till"))]


def test_planned_services_count_where_that_is_said() -> None:
    assert ("spare", ("later",)) in [(row.id, row.services) for row in asked(include=("planned",)).cis]


def test_without_business_services_it_is_about_all_services() -> None:
    lone = "- {kind: service_offering, id: offer, relations: {depends_on: vm}}\n- {kind: server, id: vm}\n"
    facts = Workspace.of({"cmdb.yaml": "name: x\n", "inventory/x.yaml": lone}).facts(date(2026, 11, 1))
    assert [(row.id, row.services) for row in analyse(facts, Asked()).cis] == [("vm", ("offer",))]


def test_the_table() -> None:
    assert text(present(asked(limit=2)), Screen(80)) == (
        """\
What goes down with each CI
3 CIs of 7 can take one or more of 2 services down alone.

CI  kind             services  criticality        tier
db  database         2         1 critical, 1 low  1 gold
vm  virtual_machine  2         1 critical, 1 low  1 gold

1 more CI is not listed.

Rated too low
CI  says    needed by
db  medium  critical
"""
    )


def test_data_has_all() -> None:
    data = as_data(asked(limit=1))
    assert [row["id"] for row in data["cis"]] == ["db", "vm", "shop"]
    assert data["summary"] == {"cis": 7, "services": 2, "critical": 3, "rated_too_low": 1}
