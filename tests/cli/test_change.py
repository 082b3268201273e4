"""change: a record from a real repository, the same for the same two revisions, and what each format says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cmdb.formats.yaml.precise import parse
from cmdb.model.plain import Plain
from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, write

SHOP = {
    "cmdb.yaml": "name: shop\n",
    "inventory/shop.yaml": """
- {kind: business_service, id: shop, owner: team-shop, criticality: critical, relations: {depends_on: store}}
- kind: application
  id: store
  owner: team-shop
  environment: production
  relations:
    runs_on: {name: web, at_least: 1, of: [web-1, web-2]}
    supported_by: desk
""",
    "inventory/web-1.yaml": "kind: server\nid: web-1\nowner: team-web\n",
    "inventory/web-2.yaml": "kind: server\nid: web-2\nowner: team-web\n",
    "inventory/teams.yaml": """
- {kind: team, id: team-shop, name: Shop, attributes: {email: shop@example.org, lead: kim}}
- {kind: team, id: desk, attributes: {phone: "+41 1"}}
- {kind: person, id: kim, attributes: {phone: "+41 2"}}
""",
}
PLAIN = SHOP["inventory/shop.yaml"].replace("{name: web, at_least: 1, of: [web-1, web-2]}", "web-1")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """main: a shop on two servers. topic makes it rely on one of them, then retires the other and moves the file."""
    monkeypatch.chdir(tmp_path)
    checkout = Checkout.create(tmp_path)
    checkout.commit(SHOP)
    checkout.git("checkout", "--quiet", "-b", "topic")
    checkout.commit({"inventory/shop.yaml": PLAIN}, date="2026-02-01T12:00:00Z")
    checkout.commit({"inventory/web-2.yaml": None, "inventory/old/web-2.yaml": SHOP["inventory/web-2.yaml"]})
    retired = f"{SHOP['inventory/web-2.yaml']}lifecycle: retired\n"
    checkout.commit({"inventory/old/web-2.yaml": retired}, date="2026-02-03T12:00:00Z")
    return checkout


def record(cmdb: Program, *arguments: str) -> Any:
    said = cmdb("change", *arguments, "-f", "json")
    assert (said.code, said.err) == (0, "")
    return said.json


def test_the_whole_record(cmdb: Program, repository: Checkout) -> None:
    found = record(cmdb, "main..topic")
    base, head = (repository.git("rev-parse", name) for name in ("main", "topic"))
    assert (found["format"], found["status"], found["base"], found["head"]) == ("cmdb.change/1", "clean", base, head)
    assert [(one["id"], one["action"]) for one in found["changes"]] == [("store", "changed"), ("web-2", "changed")]
    store, web = found["changes"]
    assert store["places"][0] == {
        "path": "relations.runs_on.web-1",
        "before": None,
        "after": {"path": "inventory/shop.yaml", "line": 8, "column": 5},
    }
    assert [one["before"]["path"] for one in web["places"]] == ["inventory/web-2.yaml"]
    assert [one["after"]["path"] for one in web["places"]] == ["inventory/old/web-2.yaml"]
    commits = {one["id"]: one for one in found["commits"]}
    assert [commits[one]["date"] for one in store["commits"]] == ["2026-02-01T12:00:00+00:00"]
    assert [commits[one]["date"] for one in web["commits"]] == ["2026-02-03T12:00:00+00:00"]
    assert {(one["author"], one["email"], one["subject"]) for one in found["commits"]} == {
        ("Ada", "ada@example.org", "change")
    }
    assert [(one["id"], one["status"]) for one in found["impact"]["affected"]] == [("shop", "down")]
    assert found["impact"]["owners"] == [{"owner": "team-shop", "count": 1}]
    assert [(one["what"], one["ci"], one["services"]) for one in found["design"]] == [
        ("redundancy_lost", "store", ["shop"]),
        ("single_point_introduced", "web-1", ["shop"]),
    ]
    assert found["risk"]["score"] == sum(one["points"] for one in found["risk"]["factors"])
    assert [one["approver"] for one in found["approvals"]] == ["team-shop", "team-web"]
    assert [(one["role"], one["ci"], one["ways"].get("phone")) for one in found["contacts"]] == [
        ("owner", "team-shop", None),
        ("owner", "team-web", None),
        ("support", "desk", "+41 1"),
        ("escalation", "kim", "+41 2"),
    ]
    assert (found["backout"]["restores"], found["backout"]["differing"]) == (True, [])
    assert [one["action"] for one in found["backout"]["changes"]] == ["changed", "changed"]


def test_the_same_revisions_give_the_same_bytes(cmdb: Program, repository: Checkout, tmp_path: Path) -> None:
    first = cmdb("change", "main..topic", "-f", "json").out
    head = repository.git("rev-parse", "topic")
    assert cmdb("change", f"main..{head}", "-f", "json", "--no-cache").out == first
    repository.git("clone", "--quiet", str(tmp_path), str(tmp_path / "clone"))
    there = cmdb("change", "origin/main..topic", "-C", str(tmp_path / "clone"), "-f", "json")
    assert there.out == first


@pytest.mark.usefixtures("repository")
def test_yaml_says_what_json_says(cmdb: Program) -> None:
    said = cmdb("change", "main..topic", "-f", "yaml")
    assert plain(parse("x", said.out.encode()).documents[0]) == record(cmdb, "main..topic")


def plain(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {str(key): plain(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [plain(item) for item in raw]
    return raw.value if isinstance(raw, Plain) else raw


@pytest.mark.usefixtures("repository")
def test_markdown_is_a_comment_that_is_brought_up_to_date_in_place(cmdb: Program) -> None:
    said = cmdb("change", "main..topic", "-f", "markdown").out
    assert said.startswith("<!-- cmdb:change -->\n# Change chg-")
    text = cmdb("change", "main..topic").out
    for needed in (
        "Redundancy lost: store runs_on web: 1 of 2 needed, 2 in service, then runs_on plainly: 1 of 1 needed",
        "New single point of failure: web-1",
        "team-web\n    owns what changes: web-2",
        "~ lifecycle: live -> retired  inventory/web-2.yaml:1 → inventory/old/web-2.yaml:4",
        "taking these changes back restores the base exactly",
        "Ada, 2026-02-03",
    ):
        assert needed in text
    assert "Redundancy lost: `store`" in said


def test_sides(cmdb: Program, repository: Checkout) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.commit({"inventory/new.yaml": "kind: server\nid: new\n"})
    two, three = record(cmdb, "main..topic"), record(cmdb, "main...topic")
    assert [one["id"] for one in two["changes"]] == ["new", "store", "web-2"]
    assert [one["id"] for one in three["changes"]] == ["store", "web-2"]
    assert "has 1 commit that the head has not" in two["notes"][0]
    assert three["notes"] == []
    write(repository.root, {"inventory/new.yaml": None})
    tree = record(cmdb, "--as-of", "2026-03-01")
    assert (tree["head"], [one["action"] for one in tree["changes"]]) == ("working tree", ["removed"])
    nothing = record(cmdb, "main..main")
    assert (nothing["changes"], nothing["risk"]["score"], nothing["approvals"]) == ([], 0, [])
    assert cmdb("change", "main..main").out.endswith("Nothing changes.\n")
    assert cmdb("change", "main..topic", "--exit-code").code == 1
    assert cmdb("change", "main..main", "--exit-code").code == 0


def test_the_rules_are_those_of_the_base(cmdb: Program, repository: Checkout) -> None:
    rules = """
name: shop
change:
  types: [{type: standard, cis: "kind=server", paths: [lifecycle], at_most: high}]
  approvals: [{approver: board, risk: low, reason: always}, {approver: desk, type: standard}]
"""
    repository.git("checkout", "--quiet", "main")
    repository.commit({"cmdb.yaml": rules})
    repository.git("checkout", "--quiet", "-b", "server")
    repository.commit(
        {"cmdb.yaml": "name: x\n", "inventory/web-1.yaml": "kind: server\nid: web-1\nlifecycle: retiring\n"}
    )
    changed = record(cmdb, "main..server")
    assert (changed["type"], [one["approver"] for one in changed["approvals"]]) == ("normal", ["board", "team-web"])
    repository.commit({"inventory/web-1.yaml": f"{SHOP['inventory/web-1.yaml']}lifecycle: retiring\n"})
    standard = record(cmdb, "main..server")
    assert (standard["type"], [one["approver"] for one in standard["approvals"]]) == ("standard", ["desk"])


def test_a_file_that_did_not_load(cmdb: Program, repository: Checkout) -> None:
    write(repository.root, {"inventory/broken.yaml": "id: ["})
    said = cmdb("change", "topic", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert "inventory/broken.yaml did not load" in said.json["notes"][0]
    assert "inventory/broken.yaml" in said.err


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere..topic",), "there is no revision 'nowhere'"),
        (("--", "-x"), "none begins with '-'"),
        (("main", "topic"), "unexpected extra argument"),
        (("main", "-f", "sarif"), "'sarif' is not one of"),
    ],
)
def test_what_cannot_be(cmdb: Program, arguments: tuple[str, ...], words: str) -> None:
    said = cmdb("change", *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_what_drifted_is_a_change_too(cmdb: Program, repository: Checkout) -> None:
    seen = {
        "outcome": "missing",
        "ci": "web-1",
        "key": None,
        "kind": "server",
        "path": "presence",
        "observed": None,
        "excuse": None,
    }
    repository.git("checkout", "--quiet", "main")
    write(repository.root, {"drift.json": json.dumps({"format": "cmdb.drift/1", "deviations": [seen]})})
    found = record(cmdb, "--from-drift", "drift.json", "--as-of", "2026-03-01")
    assert (found["head"], [(one["id"], one["action"]) for one in found["changes"]]) == (
        "observed",
        [("web-1", "removed")],
    )
    assert found["backout"]["restores"]
    said = cmdb("change", "main", "--from-drift", "drift.json")
    assert (said.code, "goes without revisions" in said.err) == (2, True)
    assert "there is no ledger" in cmdb("change", "main..topic", "--ledger", "nowhere").err
