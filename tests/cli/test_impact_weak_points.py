"""`cmdb impact --weak-points`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import write

pytestmark = pytest.mark.usefixtures("shop")
SERVICES = """\
- {kind: business_service, id: sales, criticality: high, attributes: {tier: gold}, relations: {depends_on: shop}}
- {kind: business_service, id: later, lifecycle: planned, relations: {depends_on: db-1}}
- {kind: service_offering, id: gold, relations: {depends_on: sales}}
"""


def cut_sets(data: Any) -> dict[str, list[str]]:
    return {one["id"]: [" ".join(cut["cis"]) for cut in one["cut_sets"]] for one in data["services"]}


def test_of_cis_that_are_named(cmdb: Program) -> None:
    said = cmdb("impact", "--weak-points", "shop", "web-1", "-f", "json")
    assert (said.code, said.json["format"], said.json["status"]) == (0, "cmdb.impact/1", "clean")
    assert cut_sets(said.json) == {"shop": ["web-1", "db-1 db-2"], "web-1": []}
    assert cut_sets(cmdb("impact", "kind=database", "--weak-points", "-f", "json").json) == {"db-1": [], "db-2": []}
    assert cut_sets(cmdb("impact", "--weak-points", "kind=rack", "-f", "json").json) == {}
    assert cmdb("impact", "--weak-points", "old-shop").out.splitlines()[:2] == [
        "Weak points of shop",
        "note: 'old-shop' is a former id of 'shop'",
    ]


def test_of_all_business_services_where_none_is_named(shop: Path, cmdb: Program) -> None:
    assert cut_sets(cmdb("impact", "--weak-points", "-f", "json").json) == {}
    write(shop, {"inventory/services.yaml": "- {kind: service_offering, id: gold, relations: {depends_on: shop}}\n"})
    assert list(cut_sets(cmdb("impact", "--weak-points", "-f", "json").json)) == ["gold"]
    write(shop, {"inventory/services.yaml": SERVICES})
    data = cmdb("impact", "--weak-points", "-f", "json").json
    assert cut_sets(data) == {"sales": ["shop", "web-1", "db-1 db-2"]}
    assert (data["criticality"][0]["by_tier"], data["criticality"][0]["by_criticality"]) == ({"gold": 1}, {"high": 1})
    data = cmdb("impact", "--weak-points", "--include", "planned", "-f", "json").json
    assert list(cut_sets(data)) == ["later", "sales"]


def test_how_far_to_look(cmdb: Program) -> None:
    data = cmdb("impact", "--weak-points", "shop", "--max-size", "1", "-f", "json").json
    assert (cut_sets(data), data["services"][0]["complete_to_size"]) == ({"shop": ["web-1"]}, 1)
    data = cmdb("impact", "--weak-points", "shop", "--max-steps", "1", "-f", "json").json
    assert (cut_sets(data), data["services"][0]["complete_to_size"]) == ({"shop": ["web-1", "db-1 db-2"]}, 2)
    data = cmdb("impact", "--weak-points", "shop", "--relation", "runs_on", "-f", "json").json
    assert cut_sets(data) == {"shop": ["web-1"]}


def test_exit_codes(shop: Path, cmdb: Program) -> None:
    assert cmdb("impact", "--weak-points", "shop", "--exit-code").code == 1
    assert cmdb("impact", "--weak-points", "db-1", "--exit-code").code == 0
    write(shop, {"inventory/broken.yaml": "kind: ["})
    said = cmdb("impact", "--weak-points", "shop", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")


@pytest.mark.parametrize("language", ["text", "markdown", "dot", "mermaid"])
def test_every_format(cmdb: Program, language: str) -> None:
    said = cmdb("impact", "--weak-points", "shop", "-f", language)
    assert (said.code, said.err) == (0, "")
    assert "web-1" in said.out


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (("--up",), "--weak-points and --up are different questions"),
        (("--explain", "shop"), "--weak-points and --explain are different questions"),
        (("--status", "degraded"), "--weak-points and --status are different questions"),
        (("--at-risk", "db-1"), "--weak-points and --at-risk are different questions"),
        (("--maintenance",), "--weak-points and --maintenance are different questions"),
        (("--depth", "2"), "--weak-points and --depth are different questions"),
        (("--max-size", "4"), "4 is not in the range"),
        (("nowhere",), "there is no CI 'nowhere'"),
    ],
)
def test_what_does_not_go_together(cmdb: Program, others: tuple[str, ...], said: str) -> None:
    found = cmdb("impact", "--weak-points", "shop", *others)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_options_of_the_search_need_the_question(cmdb: Program) -> None:
    for name in ("--max-size", "--max-steps"):
        found = cmdb("impact", "shop", name, "2")
        assert (found.code, found.err.splitlines()[-1]) == (2, f"Error: {name} goes with --weak-points only.")
    assert cmdb("impact").code == 2
