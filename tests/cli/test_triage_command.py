"""`cmdb triage`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cmdb.cli.main import cli
from cmdb.testing.program import Program

pytestmark = pytest.mark.usefixtures("shop")

DEVIATION = {"outcome": "missing", "ci": "web-1", "path": "presence", "excuse": None}
REPORT = {"format": "cmdb.drift/1", "deviations": [DEVIATION]}


def alert(**labels: str) -> str:
    return json.dumps({"labels": {"alertname": "Down", **labels}, "status": "firing"}) + "\n"


def test_the_answer_as_text(cmdb: Program) -> None:
    said = cmdb("triage", "shop", "-n", "2")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        """\
What explains 1 alarm: shop
One failure is enough. 3 explanations of up to 3 causes, the likeliest 2 below.

No. 1: shop
shop · The shop · application · team-shop (alarming itself)
nothing that should be alarming is silent

tier         call       how               for
second line  team-shop  nothing is known  owns shop

No. 2: web-1
web-1 · server · team-shop
explains 1 more alarm
    shop down: runs_on web-1
should be alarming too and is not: web-1

tier         call       how               for
second line  team-shop  nothing is known  owns web-1
"""
    )


def test_alerts_from_a_file_and_from_stdin(cmdb: Program) -> None:
    Path("alerts.jsonl").write_text(alert(ci="db-1") + alert(ci="db-2") + alert(ci="nobody"), "utf-8")
    said = cmdb("triage", "--alerts", "alerts.jsonl", "-f", "json")
    assert said.code == 0
    assert [one["id"] for one in said.json["alarming"]] == ["db-1", "db-2"]
    assert said.json["alarming"][0]["alerts"][0]["labels"] == {"alertname": "Down", "ci": "db-1"}
    assert [[cause["id"] for cause in one["causes"]] for one in said.json["explanations"]] == [["db-1", "db-2"]]
    assert [one["labels"]["ci"] for one in said.json["unknown"]] == ["nobody"]
    piped = CliRunner().invoke(
        cli, ["triage", "--alerts", "-", "-f", "json"], input=Path("alerts.jsonl").read_text("utf-8")
    )
    assert json.loads(piped.stdout)["explanations"] == said.json["explanations"]


def test_a_line_that_is_no_alert_makes_the_answer_incomplete(cmdb: Program) -> None:
    Path("alerts.jsonl").write_text("oops\n" + alert(ci="db-1"), "utf-8")
    said = cmdb("triage", "--alerts", "alerts.jsonl", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert "alerts.jsonl:1:1: no alert can be read here: not JSON" in said.err


def test_no_alert_needs_no_explanation(cmdb: Program) -> None:
    Path("alerts.jsonl").write_text("", "utf-8")
    said = cmdb("triage", "--alerts", "alerts.jsonl", "--exit-code")
    assert (said.code, said.out.splitlines()[-1]) == (
        0,
        "Nothing that is in service is alarming, so there is nothing to explain.",
    )
    assert cmdb("triage", "shop", "--exit-code").code == 1


def test_a_drift_report_speaks_against_its_cis(cmdb: Program) -> None:
    Path("drift.json").write_text(json.dumps(REPORT), "utf-8")
    said = cmdb("triage", "shop", "--drift", "drift.json", "-f", "json")
    first = said.json["explanations"][0]["causes"][0]
    assert (first["id"], first["evidence"]) == (
        "web-1",
        [{"type": "drifted", "text": "missing in the last comparison"}],
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name the CIs that are alarming, or give alerts with --alerts."),
        (("shpo",), "there is no CI 'shpo'"),
        (("--alerts", "nowhere"), "cannot read 'nowhere': No such file or directory"),
        (("shop", "--drift", "cmdb.yaml"), "'cmdb.yaml' is no drift report: not JSON"),
        (("shop", "--drift", "other.json"), "'other.json' is no drift report: its format is not cmdb.drift/1"),
        (("shop", "--since", "-1"), "-1 is not in the range"),
    ],
)
def test_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    Path("other.json").write_text("{}", "utf-8")
    said = cmdb("triage", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("how", "told"), [("dot", '"shop" -> "web-1"'), ("mermaid", "web-1"), ("markdown", "## No. 1: web-1")]
)
def test_other_formats(cmdb: Program, how: str, told: str) -> None:
    Path("drift.json").write_text(json.dumps(REPORT), "utf-8")
    assert told in cmdb("triage", "shop", "--drift", "drift.json", "-f", how).out
