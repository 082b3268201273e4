"""Each command once through: its text, its JSON, its exit codes."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from cmdb.model.value import Value
from cmdb.testing.program import Program
from cmdb.testing.repositories import write

DANGLING = "kind: server\nid: web-2\nrelations: {runs_on: nowhere}\n"
BROKEN = "id: [\n"

pytestmark = pytest.mark.usefixtures("shop")


# check ---------------------------------------------------------------------------------------------------------------


def test_check_of_a_clean_workspace(cmdb: Program) -> None:
    said = cmdb("check")
    assert (said.code, said.out, said.err) == (0, "no problems in 4 CIs\n", "")


def test_check_speaks_like_a_compiler(cmdb: Program) -> None:
    write(
        Path(),
        {"inventory/web-2.yaml": DANGLING, "inventory/x.yaml": "kind: server\nid: x\nrelations: {uses: old-shop}\n"},
    )
    said = cmdb("check")
    assert said.code == 1
    assert said.out == (
        "inventory/web-2.yaml:3:13: error [dangling-relation] there is no CI 'nowhere'\n"
        "    hint: declare it, or remove the entry\n"
        "inventory/x.yaml:3:13: note [alias-reference] 'old-shop' is a former id of 'shop'\n"
        "    hint: write 'shop'\n\n"
        "1 error, 1 note in 6 CIs\n"
    )


def test_check_as_json(cmdb: Program) -> None:
    write(Path(), {"inventory/web-2.yaml": DANGLING})
    said = cmdb("check", "-f", "json")
    (problem,) = said.json["problems"]
    fingerprint = problem.pop("fingerprint")
    assert len(fingerprint) == 16
    assert list(said.json) == ["format", "status", "summary", "problems", "unread"]
    assert (said.code, said.json["format"], said.json["status"]) == (1, "cmdb.check/1", "findings")
    assert said.json["summary"] == {"cis": 5, "problems": 1, "critical": 0, "error": 1, "warning": 0, "note": 0}
    assert problem == {
        "code": "dangling-relation",
        "severity": "error",
        "message": "there is no CI 'nowhere'",
        "location": {"path": "inventory/web-2.yaml", "line": 3, "column": 13},
        "ci": "web-2",
        "key_path": "relations.runs_on",
        "related": [],
        "hint": "declare it, or remove the entry",
    }


@pytest.mark.parametrize(
    ("files", "level", "code", "status"),
    [
        ({}, "note", 0, "clean"),
        ({"inventory/x.yaml": "kind: server\nid: x\nrelations: {uses: old-shop}\n"}, "note", 1, "findings"),
        ({"inventory/x.yaml": "kind: server\nid: x\nrelations: {uses: old-shop}\n"}, "warning", 0, "clean"),
        ({"inventory/x.yaml": DANGLING}, "error", 1, "findings"),
        ({"inventory/x.yaml": DANGLING}, "critical", 0, "clean"),
        ({"inventory/x.yaml": BROKEN}, "error", 1, "findings"),
        ({"inventory/x.yaml": BROKEN}, "critical", 3, "incomplete"),
    ],
)
def test_the_fail_level_decides(cmdb: Program, files: dict[str, str], level: str, code: int, status: str) -> None:
    write(Path(), files)
    said = cmdb("check", "--fail-level", level, "-f", "json")
    assert (said.code, said.json["status"]) == (code, status)


# show ----------------------------------------------------------------------------------------------------------------


def test_show_says_where_each_value_stands(cmdb: Program) -> None:
    said = cmdb("show", "shop")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "shop: The shop\n"
        "path                  value                       from\n"
        "kind                  application                 inventory/shop.yaml:1:3\n"
        "id                    shop                        inventory/shop.yaml:2:3\n"
        "name                  The shop                    inventory/shop.yaml:3:3\n"
        "owner                 team-shop                   inventory/_defaults.yaml:1:1\n"
        "                                                  (defaults)\n"
        "lifecycle             live                        inventory/shop.yaml:1:3 (cmdb)\n"
        "aliases               old-shop                    inventory/shop.yaml:4:3\n"
        "relations.depends_on  databases: 1 of db-1, db-2  inventory/shop.yaml:9:14\n"
        "relations.runs_on     web-1                       inventory/shop.yaml:10:5\n"
    )


def test_show_takes_an_alias_and_says_so(cmdb: Program) -> None:
    said = cmdb("show", "old-shop", "-f", "json")
    assert (said.code, said.json["ci"]["id"]) == (0, "shop")
    assert said.err == "cmdb: 'old-shop' is a former id of 'shop'\n"


def test_show_as_json(cmdb: Program) -> None:
    said = cmdb("show", "web-1", "-f", "json")
    assert list(said.json) == ["format", "status", "summary", "ci", "provenance", "referenced_by"]
    assert said.json["ci"] == {
        "kind": "server",
        "id": "web-1",
        "name": None,
        "description": None,
        "owner": "team-shop",
        "environment": None,
        "lifecycle": "live",
        "criticality": None,
        "tags": [],
        "aliases": [],
        "labels": {},
        "links": {},
        "keys": {},
        "attributes": {"memory": 34359738368, "os_version": "1.10"},
        "relations": {},
    }
    assert said.json["provenance"]["owner"] == {
        "path": "inventory/_defaults.yaml",
        "line": 1,
        "column": 1,
        "origin": "defaults",
    }
    assert said.json["referenced_by"] == [{"source": "shop", "relation": "runs_on"}]
    shop = cmdb("show", "shop", "-f", "json").json["ci"]["relations"]
    group = {"name": "databases", "at_least": 1, "of": [{"to": "db-1"}, {"to": "db-2"}]}
    assert shop == {"depends_on": [group], "runs_on": [{"to": "web-1"}]}


def test_show_finds_those_who_point_here_through_a_group(cmdb: Program) -> None:
    assert cmdb("show", "db-1", "-f", "json").json["referenced_by"] == [{"source": "shop", "relation": "depends_on"}]
    assert cmdb("show", "db-1").out.endswith("\nReferenced by\nsource  relation\nshop    depends_on\n")


def test_sizes_are_shown_as_people_write_them(cmdb: Program) -> None:
    assert "attributes.memory      32 GiB     inventory/shop.yaml:15:16\n" in cmdb("show", "web-1").out


# select --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "then"),
    [
        ((), ["db-1", "db-2", "shop", "web-1"]),
        (("kind=database",), ["db-1", "db-2"]),
        (("db-1", "web-1"), ["db-1", "web-1"]),
        (("--exclude", "kind=database"), ["shop", "web-1"]),
        (("+shop", "--exclude", "db-1", "--exclude", "db-2"), ["shop", "web-1"]),
        (("owner=nobody",), []),
    ],
)
def test_select_ids(cmdb: Program, arguments: tuple[str, ...], then: list[str]) -> None:
    said = cmdb("select", *arguments, "--ids")
    assert (said.code, said.out.split()) == (0, then)
    assert [ci["id"] for ci in cmdb("select", *arguments, "-f", "json").json["cis"]] == then


def test_select_as_table_and_json(cmdb: Program) -> None:
    assert cmdb("select", "shop").out == "id    kind         name      owner\nshop  application  The shop  team-shop\n"
    assert cmdb("select", "owner=nobody").out == "Nothing is selected.\n"
    assert cmdb("select", "db-1", "-f", "json").json == {
        "format": "cmdb.select/1",
        "status": "clean",
        "summary": {"cis": 1},
        "cis": [{"id": "db-1", "kind": "database", "name": None, "owner": "team-data"}],
    }


def test_a_wrong_selector_has_a_caret(cmdb: Program) -> None:
    said = cmdb("select", "kind=server,size=3")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "cmdb: error [selector] wrong selector\n    kind=server,size=3\n                ^^^^ unknown field 'size'; an attribute is attributes.size, a label labels.size\n"
    )


# graph ---------------------------------------------------------------------------------------------------------------


def test_graph_as_table(cmdb: Program) -> None:
    assert cmdb("graph").out == (
        "source  relation    target  group\n"
        "shop    depends_on  db-1    databases (1 of 2)\n"
        "shop    depends_on  db-2    databases (1 of 2)\n"
        "shop    runs_on     web-1\n"
    )
    assert cmdb("graph", "db-1", "web-1").out == "Without relations among these: db-1, web-1\n"
    assert cmdb("graph", "owner=nobody").out == "Nothing is selected.\n"


def test_graph_as_json_is_a_graph_for_networkx(cmdb: Program) -> None:
    import networkx

    data = cmdb("graph", "-f", "json").json
    graph = networkx.node_link_graph(data, edges="edges")
    assert isinstance(graph, networkx.MultiDiGraph)
    assert sorted(graph.edges(keys=True)) == [
        ("shop", "db-1", "depends_on"),
        ("shop", "db-2", "depends_on"),
        ("shop", "web-1", "runs_on"),
    ]
    assert graph.nodes["shop"]["name"] == "The shop"
    assert data["edges"][0]["groups"] == [{"name": "databases", "at_least": 1, "of": 2}]
    assert [edge["plain"] for edge in data["edges"]] == [False, False, True]


def test_graph_as_drawings(cmdb: Program) -> None:
    assert '"shop" -> "db-1" [label="depends_on", style=dashed];' in cmdb("graph", "-f", "dot").out
    assert 'n3 -.->|"depends_on"| n1' in cmdb("graph", "-f", "mermaid").out


# impact --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "affected"),
    [
        (("web-1",), 0, {"shop": "down"}),
        (("web-1", "--exit-code"), 1, {"shop": "down"}),
        (("shop", "--exit-code"), 0, {}),
        (("web-1", "--status", "degraded"), 0, {"shop": "degraded"}),
        (("db-1",), 0, {"shop": "at_risk"}),
        (("kind=database",), 0, {"shop": "down"}),
        (("db-1", "db-2"), 0, {"shop": "down"}),
        (("owner=nobody",), 0, {}),
    ],
)
def test_impact(cmdb: Program, arguments: tuple[str, ...], code: int, affected: dict[str, str]) -> None:
    said = cmdb("impact", *arguments, "-f", "json")
    assert (said.code, {hit["id"]: hit["status"] for hit in said.json["affected"]}) == (code, affected)
    assert said.json["status"] == ("findings" if code else "clean")


def test_impact_explains_and_looks_up(cmdb: Program) -> None:
    assert cmdb("impact", "db-1", "--explain", "shop").out.startswith("Why shop is at risk\n")
    assert cmdb("impact", "shop", "--up", "-f", "json").json["summary"]["upstream"] == 3
    assert "At risk" in cmdb("impact", "db-1", "--min-status", "at_risk").out


def test_impact_of_a_word_that_is_a_field_and_an_id_means_the_field(cmdb: Program) -> None:
    write(
        Path(), {"inventory/x.yaml": "- {kind: server, id: labels.tier}\n- {kind: server, id: x, labels: {tier: a}}\n"}
    )
    assert [ci["id"] for ci in cmdb("impact", "labels.tier", "-f", "json").json["failed"]] == ["x"]
    assert [ci["id"] for ci in cmdb("impact", "id=labels.tier", "-f", "json").json["failed"]] == ["labels.tier"]


def test_impact_of_an_alias_says_so(cmdb: Program) -> None:
    said = cmdb("impact", "old-shop", "-f", "json")
    assert [failed["id"] for failed in said.json["failed"]] == ["shop"]
    assert said.json["notes"] == ["'old-shop' is a former id of 'shop'"]


@pytest.mark.parametrize(
    ("include", "affected"),
    [
        ((), []),
        (("--include", "planned"), ["new"]),
        (("--include", "ordered, planned"), ["new"]),
        (("--include", "build"), []),
    ],
)
def test_impact_counts_planned_cis_only_when_asked(
    cmdb: Program, include: tuple[str, ...], affected: list[str]
) -> None:
    write(
        Path(), {"inventory/new.yaml": "kind: application\nid: new\nlifecycle: planned\nrelations: {runs_on: db-2}\n"}
    )
    said = cmdb("impact", "db-2", *include, "-f", "json")
    assert [hit["id"] for hit in said.json["affected"] if hit["id"] != "shop"] == affected


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shop", "--include", "live"), "'live' is not one of planned, ordered, build, retired."),
        (("shop", "--up", "--explain", "web-1"), "different questions"),
        (("shop", "--status", "up"), "'up' is not one of"),
        (("nobody",), "there is no CI 'nobody'"),
        (("shop", "--explain", "nobody"), "there is no CI 'nobody'"),
    ],
)
def test_impact_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("impact", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


# schema --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["ci", "baseline", "workspace", "kinds"])
def test_schemas_are_json_schemas(cmdb: Program, file: str) -> None:
    said = cmdb("schema", file)
    import_module("jsonschema").Draft202012Validator.check_schema(said.json)
    assert said.out == cmdb("schema", file, "-f", "json").out


def test_the_schema_of_cis_knows_the_kinds_of_the_workspace(cmdb: Program, tmp_path: Path) -> None:
    write(Path(), {"inventory/schema/own.yaml": "kinds: {pos_terminal: {extends: compute}}\n"})
    assert "pos_terminal" in cmdb("schema").json["$defs"]["ci"]["properties"]["kind"]["enum"]
    (tmp_path / "cmdb.yaml").unlink()
    assert "pos_terminal" not in cmdb("schema").out
    assert cmdb("schema", "-C", str(tmp_path)).code == 2


# markdown and unread -------------------------------------------------------------------------------------------------


def test_markdown(cmdb: Program) -> None:
    assert cmdb("select", "shop", "-f", "markdown").out == (
        "| id | kind | name | owner |\n| --- | --- | --- | --- |\n| `shop` | application | The shop | team-shop |\n"
    )


@pytest.mark.parametrize(
    "arguments", [("select",), ("show", "shop"), ("graph",), ("impact", "shop"), ("impact", "shop", "--up")]
)
def test_questions_answer_from_the_rest_and_exit_with_3(cmdb: Program, arguments: tuple[str, ...]) -> None:
    whole: Value = cmdb(*arguments, "-f", "json").json
    write(Path(), {"inventory/broken.yaml": BROKEN})
    said = cmdb(*arguments, "-f", "json")
    assert said.json == {**whole, "status": "incomplete"}
    assert said.code == 3
    assert "inventory/broken.yaml" in said.err


def test_a_broken_baseline_makes_no_question_incomplete(cmdb: Program) -> None:
    write(Path(), {"baselines/broken.yaml": BROKEN})
    assert cmdb("select").code == 0
    assert cmdb("check", "--fail-level", "critical").code == 3


# environment ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "then"),
    [
        ({"CMDB_FORMAT": "json"}, True),
        ({"CMDB_SELECT_FORMAT": "json"}, True),
        ({"CMDB_FORMAT": "text", "CMDB_SELECT_FORMAT": "json"}, True),
        ({"CMDB_CHECK_FORMAT": "json"}, False),
        ({"CMDB_FORMAT": ""}, False),
    ],
)
def test_every_option_has_an_environment_variable(cmdb: Program, env: dict[str, str], then: bool) -> None:
    assert cmdb("select", env=env).out.startswith("{") == then


def test_other_options_from_the_environment(cmdb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Path(), {"inventory/x.yaml": DANGLING})
    monkeypatch.chdir("/")
    assert cmdb("check", env={"CMDB_WORKSPACE": str(tmp_path), "CMDB_FAIL_LEVEL": "critical"}).code == 0
    assert cmdb("select", env={"CMDB_WORKSPACE": str(tmp_path), "CMDB_IDS": "1"}).out.split()[0] == "db-1"
    assert (
        cmdb("check", "-C", str(tmp_path), env={"CMDB_OUTPUT": str(tmp_path / "out"), "CMDB_NO_CACHE": "1"}).out == ""
    )
    assert (tmp_path / "out").read_text().endswith("1 error in 5 CIs\n")


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2026-11-01", None),
        ("2026-11-01T02:00:00Z", None),
        ("2026-11-01T02:00:00+05:00", None),
        ("2026-11-01T02:00:00", "needs an offset from UTC"),
        ("yesterday", "is no day"),
        ("2026-02-30", "is no day"),
    ],
)
def test_as_of(cmdb: Program, as_of: str, told: str | None) -> None:
    said = cmdb("check", "--as-of", as_of)
    assert said.code == (2 if told else 0)
    assert (told or "") in said.err


def test_the_same_call_gives_the_same_bytes(cmdb: Program) -> None:
    assert json.dumps(cmdb("graph", "-f", "json").json) == json.dumps(cmdb("graph", "-f", "json").json)
