"""The reports of orders and batches: what they are about, and how they are told."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.all_analyses import ANALYSES, report
from cmdb.facts import Facts
from cmdb.model.answer import Screen
from cmdb.model.baseline import Baselines
from cmdb.model.data import as_data
from cmdb.render.text import text
from cmdb.testing.text import inventory

DAY = date(2026, 11, 1)
SITE = """
- {kind: business_service, id: shop, relations: {depends_on: web}}
- {kind: application, id: web, criticality: high, attributes: {recovery_order: 2}, relations: {runs_on: hv, uses: mail}}
- {kind: application, id: mail, attributes: {recovery_order: 1}, relations: {runs_on: hv, depends_on: web}}
- {kind: application, id: batch, criticality: low, relations: {runs_on: hv}}
- {kind: application, id: billing, criticality: critical, relations: {runs_on: hv}}
- {kind: hypervisor, id: hv}
- {kind: team, id: nobody-needs}
"""


def facts(cis: str = SITE) -> Facts:
    return Facts(inventory(cis), Baselines(), DAY)


def told(name: str, *selectors: str, cis: str = SITE) -> str:
    (analysis,) = (each for each in ANALYSES if name == each.NAME)
    return text(analysis.present(report(facts(cis), name, selectors)), Screen(80))


def test_within_a_wave_recovery_order_comes_before_criticality_before_the_id() -> None:
    order = report(facts(), "start-order", ["kind=application"])
    assert [[ci.id for ci in wave.cis] for wave in order.waves] == [["web", "billing", "batch"], ["mail"]]
    order = report(facts(SITE.replace("uses: mail", "linked_to: mail").replace(", depends_on: web", "")), "start-order")
    assert [ci.id for ci in order.waves[1].cis] == ["mail", "web", "billing", "batch"]


def test_a_circle_is_told_with_what_it_means() -> None:
    assert "web starts before mail (uses): degraded until then\n    they wait for each other: web → mail → web" in told(
        "start-order"
    )
    assert "web stops after mail (uses): degraded from then on" in told("stop-order")


def test_without_selectors_all_that_needs_something_or_is_needed_is_meant() -> None:
    for name in ("start-order", "stop-order", "recovery-order", "maintenance-batches"):
        result = report(facts(), name)
        assert result.summary.cis == 6
    assert "nobody-needs" not in told("start-order")


def test_recovery_adds_what_is_down_with_it() -> None:
    assert told("recovery-order", "hv").startswith("Recovery order\n6 CIs in 3 waves.\n")
    assert told("start-order", "hv").startswith("Start order\n1 CI in 1 wave.\n")


@pytest.mark.parametrize("name", ["start-order", "stop-order", "recovery-order", "maintenance-batches"])
def test_nothing_selected_is_said(name: str) -> None:
    assert "There is none." in told(name, "kind=database")


def test_what_is_not_proven_to_be_the_fewest_is_said() -> None:
    pairs = "\n".join(
        f"- {{kind: application, id: app-{number}, relations: {{runs_on: {{at_least: 1, of: [{pair}]}}}}}}"
        for number, pair in enumerate(["a, b", "b, c", "a, c"])
    )
    servers = "\n".join(f"- {{kind: server, id: {ci}}}" for ci in "abc")
    found = told("maintenance-batches", "kind=server", cis=f"{pairs}\n{servers}\n")
    assert "3 CIs in 3 batches. Fewer may be possible; at least 2 it must be." in found


def test_as_data_statuses_are_words_and_counts_stand_in_the_summary() -> None:
    data = as_data(report(facts(), "stop-order", ["hv"]))
    assert data["summary"] == {"cis": 1, "waves": 1, "affected": 5, "broken": 0}
    assert {ci["status"] for ci in data["waves"][0]["affected"]} == {"down"}
