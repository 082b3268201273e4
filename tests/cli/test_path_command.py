"""`cmdb path A B`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import write

pytestmark = pytest.mark.usefixtures("shop")


def test_one_depends_on_the_other_whichever_is_named_first(cmdb: Program) -> None:
    for ends, head in ((("shop", "db-1"), "From shop to db-1"), (("db-1", "shop"), "From db-1 to shop")):
        said = cmdb("path", *ends)
        assert (said.code, said.out) == (
            0,
            f"{head}\nshop depends on db-1: 1 step\n\nshop\n    depends_on db-1 (1 of 2 in databases)\n",
        )


def test_none_says_so(cmdb: Program) -> None:
    said = cmdb("path", "web-1", "db-1")
    assert (said.code, said.out) == (0, "From web-1 to db-1\nNeither depends on the other.\n")
    assert cmdb("path", "web-1", "db-1", "-f", "json").json["paths"] == []


def test_data(cmdb: Program) -> None:
    data = cmdb("path", "db-1", "shop", "--all", "-f", "json").json
    assert data["summary"] == {"depends": False, "needed_by": True, "paths": 1}
    assert (data["source"]["id"], data["target"]["id"], data["which"]) == ("db-1", "shop", "all")
    assert data["ways"] == [{"source": "shop", "target": "db-1", "length": 1, "count": 1, "shared": []}]
    assert data["paths"] == [
        {
            "source": "shop",
            "target": "db-1",
            "length": 1,
            "ceiling": "down",
            "steps": [
                {
                    "source": "shop",
                    "relation": "depends_on",
                    "target": "db-1",
                    "groups": [{"name": "databases", "at_least": 1, "of": 2}],
                }
            ],
        }
    ]


def test_drawn(cmdb: Program) -> None:
    assert '"shop" -> "db-1" [label="depends_on", style=dashed];' in cmdb("path", "shop", "db-1", "-f", "dot").out
    assert "-.->" in cmdb("path", "shop", "db-1", "-f", "mermaid").out


def test_independent_paths_and_what_all_pass(cmdb: Program) -> None:
    write(
        Path(),
        {
            "inventory/more.yaml": """\
- {kind: business_service, id: sales, relations: {uses: shop}}
- {kind: server, id: web-9, relations: {runs_on: db-1}}
"""
        },
    )
    assert cmdb("path", "sales", "db-1", "--disjoint").out == (
        "From sales to db-1\nsales depends on db-1: 1 independent path, the shortest of 2 steps\n\n"
        "sales (at most degraded comes through)\n    uses shop\n    depends_on db-1 (1 of 2 in databases)\n\n"
        "Every path passes shop.\n"
    )
    assert cmdb("path", "sales", "db-1", "--all", "--limit", "1").out.endswith("Every path passes shop.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shop",), "Missing argument 'B'"),
        (("shop", "shop"), "both ends of the path are 'shop'"),
        (("shop", "nobody"), "there is no CI 'nobody'"),
        (("shop", "db-1", "--all", "--disjoint"), "different questions"),
        (("shop", "db-1", "--relation", "runs"), "there is no relation type 'runs'"),
        (("shop", "db-1", "--include", "live"), "'live' is not one of"),
    ],
)
def test_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("path", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_it_answers_from_what_did_load(cmdb: Program) -> None:
    write(Path(), {"inventory/broken.yaml": "id: [\n"})
    assert cmdb("path", "shop", "db-1", "-f", "json").json["status"] == "incomplete"
    assert cmdb("path", "shop", "db-1").code == 3
