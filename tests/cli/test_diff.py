"""diff: which two sides, and what the exit code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, Files, write

FIRST: Files = {
    "cmdb.yaml": "name: x\n",
    "inventory/a.yaml": "kind: server\nid: a\n",
    "inventory/b.yaml": "kind: server\nid: b\n",
}


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """main: a and b, then c. topic leaves after the first commit and retires b. The working tree is main's, with d."""
    monkeypatch.chdir(tmp_path)
    checkout = Checkout.create(tmp_path)
    checkout.commit(FIRST)
    checkout.git("checkout", "--quiet", "-b", "topic")
    checkout.commit({"inventory/b.yaml": "kind: server\nid: b\nlifecycle: retired\n"})
    checkout.git("checkout", "--quiet", "main")
    checkout.commit({"inventory/c.yaml": "kind: server\nid: c\n"})
    write(tmp_path, {"inventory/d.yaml": "kind: server\nid: d\n"})
    return checkout


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        ((), {"d": "added"}),
        (("HEAD",), {"d": "added"}),
        (("HEAD~1",), {"c": "added", "d": "added"}),
        (("HEAD~1..HEAD",), {"c": "added"}),
        (("main..topic",), {"b": "changed", "c": "removed"}),
        (("main...topic",), {"b": "changed"}),
        (("main..main",), {}),
        (("topic..",), {"b": "changed", "c": "added"}),
    ],
)
def test_sides(cmdb: Program, arguments: tuple[str, ...], changes: dict[str, str]) -> None:
    said = cmdb("diff", *arguments, "-f", "json")
    assert (said.code, said.err, said.json["format"], said.json["status"]) == (0, "", "cmdb.diff/1", "clean")
    assert {change["id"]: change["action"] for change in said.json["changes"]} == changes
    judged = cmdb("diff", *arguments, "--exit-code", "-f", "json")
    assert (judged.code, judged.json["status"]) == ((1, "findings") if changes else (0, "clean"))


def test_a_side_that_did_not_load_makes_the_answer_incomplete(cmdb: Program, history: Checkout) -> None:
    write(history.root, {"inventory/broken.yaml": "id: ["})
    said = cmdb("diff", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert said.err == "cmdb: this is without a file that did not load: inventory/broken.yaml (cmdb check says why)\n"
    assert cmdb("diff", "--exit-code").code == 1
    assert cmdb("diff", "HEAD~1..HEAD").code == 0


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("revisions", ["nowhere", "main..nowhere", "--output=/x", "main..topic..main"])
def test_a_wrong_revision_is_told(cmdb: Program, revisions: str) -> None:
    said = cmdb("diff", revisions) if not revisions.startswith("-") else cmdb("diff", "--", revisions)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("cmdb: error [git] ")


@pytest.mark.usefixtures("history")
def test_other_commands_answer_for_a_revision(cmdb: Program) -> None:
    assert cmdb("select", "--ids").out.split() == ["a", "b", "c", "d"]
    assert cmdb("select", "--ids", "--at", "topic").out.split() == ["a", "b"]
    assert cmdb("show", "b", "--at", "topic", "-f", "json").json["ci"]["lifecycle"] == "retired"
    assert cmdb("check", "--at", "HEAD~1").out == "no problems in 2 CIs\n"
    assert cmdb("check", "--at", "nowhere").code == 2


def test_without_a_repository_there_are_no_revisions(cmdb: Program, shop: Path) -> None:
    said = cmdb("diff")
    assert (said.code, said.out) == (2, "")
    assert str(shop) in said.err
