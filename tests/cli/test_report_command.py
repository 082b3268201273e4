"""`cmdb report NAME`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.all_analyses import ANALYSES, Analysis
from cmdb.testing.program import Program

pytestmark = pytest.mark.usefixtures("shop")
every = pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.NAME)


def test_without_a_name_all_are_listed(cmdb: Program) -> None:
    said = cmdb("report")
    assert said.code == 0
    assert all(f"  {analysis.NAME} " in said.out for analysis in ANALYSES)
    assert cmdb("report", "--help").out == said.out


@every
def test_the_json_says_which_report_it_is(cmdb: Program, analysis: Analysis) -> None:
    said = cmdb("report", analysis.NAME, "-f", "json")
    assert (said.code, said.json["format"], said.json["status"]) == (0, "cmdb.report/1", "clean")
    assert said.json["report"] == analysis.NAME
    assert list(said.json)[3] == "summary"


@every
def test_it_answers_from_what_did_load(cmdb: Program, analysis: Analysis) -> None:
    Path("inventory/broken.yaml").write_text("id: [\n", "utf-8")
    said = cmdb("report", analysis.NAME, "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert "inventory/broken.yaml" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing",), "No such command 'nothing'"),
        (("dependencies", "--by", "ownr"), "nothing is grouped by 'ownr'"),
        (("dependencies", "--include", "live"), "'live' is not one of"),
        (("dependencies", "nobody"), "there is no CI 'nobody'"),
    ],
)
def test_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("report", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("arguments", "framed", "arrows"),
    [
        (("start-order",), {"wave 1": "db-1 db-2 web-1", "wave 2": "shop"}, ["shop after db-1"]),
        (("recovery-order", "web-1"), {"wave 1": "web-1", "wave 2": "shop"}, ["shop after web-1"]),
        (("stop-order", "web-1"), {"wave 1": "web-1", "suffers": "shop"}, []),
        (("maintenance-batches", "kind=database"), {"batch 1": "db-1", "batch 2": "db-2"}, []),
        (("maintenance-batches", "web-1"), {"not without harm": "web-1"}, []),
        (("availability", "web-1"), {"none": "web-1"}, []),
        (("criticality",), {}, []),
    ],
)
def test_reports_are_drawn_in_frames(
    cmdb: Program, arguments: tuple[str, ...], framed: dict[str, str], arrows: list[str]
) -> None:
    elements = cmdb("report", *arguments, "-f", "cytoscape").json["elements"]
    frames: dict[str, str] = {}
    for node in elements["nodes"]:
        frame = node["data"]["group"] or "none"
        frames[frame] = f"{frames.get(frame, '')} {node['data']['id']}".strip()
    assert frames == framed
    assert [
        " ".join(edge["data"][end] for end in ("source", "interaction", "target")) for edge in elements["edges"]
    ] == arrows
