"""`cmdb check --base`: the gate of a pull request, in real repositories, in every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from cmdb.cli.options import TRACKED
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout

SCHEMAS = Path(__file__).parents[1] / "render" / "schemas"
OLD = "- {kind: server, id: old-1, relations: {runs_on: gone}}\n- {kind: server, id: old-2, colour: red}\n"
NEW = "kind: server\nid: new\nrelations: {runs_on: missing}\n"
OWNER = "{baseline: owned, applies_to: id=web-1, expect: {owner: {equals: ops, severity: %s}}}\n"
GIT_VARIABLES = {"GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A branch `topic` from `main`, which has two problems."""
    checkout = Checkout.create(tmp_path / "repository")
    checkout.commit(
        {"cmdb.yaml": "name: shop\n", "inventory/old.yaml": OLD, "inventory/web.yaml": "kind: server\nid: web-1\n"}
    )
    checkout.git("switch", "--quiet", "--create", "topic")
    monkeypatch.chdir(checkout.root)
    for name, value in GIT_VARIABLES.items():
        monkeypatch.setenv(name, value)
    return checkout


def states(cmdb: Program, *arguments: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Code and CI -> severity and state."""
    problems = cmdb("check", *arguments, "-f", "json").json["problems"]
    return {(each["code"], each["ci"]): (each["severity"], each["state"]) for each in problems}


# what counts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TRACKED)
def test_what_is_old_never_counts(cmdb: Program, checkout: Checkout, form: str) -> None:
    assert cmdb("check", "-f", form).code == 1
    for level in ("note", "error"):
        said = cmdb("check", "--base", "main", "-f", form, "--fail-level", level)
        assert (said.code, said.err) == (0, "")
    checkout.commit({"inventory/new.yaml": NEW})
    said = cmdb("check", "--base", "main", "-f", form)
    assert (said.code, said.err) == (1, "")
    assert cmdb("check", "--base", "main", "-f", form) == said
    assert cmdb("check", "--base", "main", "-f", form, "--fail-level", "critical").code == 0


def test_text(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW, "inventory/old.yaml": "# ~\n" + OLD.replace(", colour: red", "")})
    assert (
        cmdb("check", "--base", "main").out
        == """\
inventory/new.yaml:3:13: error [dangling-relation] there is no CI 'missing'
    hint: declare it, or remove the entry

Not new, and not counted
inventory/old.yaml:2:41: note [dangling-relation] there is no CI 'gone'
    hint: declare it, or remove the entry

1 error introduced since main in 4 CIs; 1 older problem, 1 fixed
"""
    )


def test_json(cmdb: Program, checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "main")
    checkout.commit({"inventory/new.yaml": NEW, "inventory/old.yaml": OLD.replace(", colour: red", "")})
    said = cmdb("check", "--base", "main", "-f", "json").json
    assert said["summary"] == {
        "cis": 4,
        "problems": 2,
        "critical": 0,
        "error": 1,
        "warning": 0,
        "note": 1,
        "introduced": 1,
        "worse": 0,
        "unchanged": 1,
        "fixed": 1,
    }
    assert said["base"] == {"revision": "main", "commit": base, "unread": []}
    new, old = said["problems"]
    assert (new["ci"], new["severity"], new["state"], new["rated"]) == ("new", "error", "new", "error")
    assert (old["ci"], old["severity"], old["state"], old["rated"]) == ("old-1", "note", "unchanged", "error")
    assert [each["ci"] for each in said["fixed"]] == ["old-2"]
    plain = cmdb("check", "-f", "json").json
    assert [each["fingerprint"] for each in plain["problems"]] == [new["fingerprint"], old["fingerprint"]]
    assert not {"fixed", "base"} & set(plain)


def test_what_became_worse_counts(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit(
        {"baselines/owned.yaml": OWNER % "warning", "inventory/web.yaml": "kind: server\nid: web-1\nowner: dev\n"}
    )
    checkout.git("branch", "--force", "main", "topic")
    checkout.commit({"baselines/owned.yaml": OWNER % "error"})
    said = cmdb("check", "--base", "main", "-f", "json")
    (worse,) = (each for each in said.json["problems"] if each["state"] == "worse")
    assert (said.code, worse["ci"], worse["severity"]) == (1, "web-1", "error")
    assert "1 error introduced or made worse (1) since main" in cmdb("check", "--base", "main").out


def test_what_a_change_does_to_files_that_it_leaves_alone(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/app.yaml": "kind: application\nid: app\nrelations: {runs_on: web-1}\n"})
    checkout.git("branch", "--force", "main", "topic")
    checkout.commit({"inventory/web.yaml": None})
    assert states(cmdb, "--base", "main")["dangling-relation", "app"] == ("error", "new")


# against what --------------------------------------------------------------------------------------------------------


def test_what_happened_to_the_revision_since_is_not_this_change(cmdb: Program, checkout: Checkout) -> None:
    """A fork: main went on, and both mended something there and broke something."""
    checkout.commit({"inventory/mine.yaml": "kind: server\nid: mine\n"})
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/old.yaml": "kind: server\nid: old-3\nrelations: {uses: [nothing, mine]}\n"})
    checkout.git("switch", "--quiet", "topic")
    assert cmdb("check", "--base", "main").code == 0
    assert {state for _, state in states(cmdb, "--base", "main").values()} == {"unchanged"}


def test_the_files_as_they_are_count_and_a_revision_where_one_is_asked_for(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW})
    checkout.root.joinpath("inventory/draft.yaml").write_text(NEW.replace("new", "draft"))
    code = "dangling-relation"
    assert {ci for (_, ci), (_, state) in states(cmdb, "--base", "main").items() if state == "new"} == {"new", "draft"}
    assert states(cmdb, "--base", "main", "--at", "topic")[code, "new"] == ("error", "new")
    assert states(cmdb, "--base", "topic")[code, "draft"] == ("error", "new")
    assert states(cmdb, "--base", "topic")[code, "new"] == ("note", "unchanged")
    assert cmdb("check", "--base", "topic", "--at", "topic").code == 0
    assert cmdb("check", "--base", "main", "--at", "main").code == 0


def test_a_pull_request_that_brings_the_workspace(
    cmdb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = Checkout.create(tmp_path / "fresh")
    checkout.commit({"README": "nothing yet"})
    checkout.git("switch", "--quiet", "--create", "topic")
    checkout.commit({"ops/cmdb.yaml": "", "ops/inventory/new.yaml": NEW})
    monkeypatch.chdir(checkout.root / "ops")
    said = cmdb("check", "--base", "main", "-f", "gitlab")
    assert (said.code, json.loads(said.out)[0]["location"]["path"]) == (1, "ops/inventory/new.yaml")


def test_the_merge_that_a_ci_system_checks_out(cmdb: Program, checkout: Checkout, tmp_path: Path) -> None:
    """GitHub checks out what the merge would be; its first parent is the target, and two commits are enough."""
    checkout.commit({"inventory/new.yaml": NEW})
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/other.yaml": NEW.replace("new", "other")})
    checkout.git("switch", "--quiet", "--detach", "main")
    checkout.git("merge", "--quiet", "--no-ff", "topic", "--message=merge")
    for base in ("main", "HEAD^1"):
        new = [ci for (_, ci), (_, state) in states(cmdb, "--base", base).items() if state == "new"]
        assert new == ["new"]
    checkout.git("branch", "merged")
    clone = tmp_path / "clone"
    checkout.git("clone", "--quiet", "--depth=2", "--branch=merged", f"file://{checkout.root}", str(clone))
    said = cmdb("check", "-C", str(clone), "--base", "HEAD^1", "-f", "json").json
    assert [each["ci"] for each in said["problems"] if each["state"] == "new"] == ["new"]


def test_a_shallow_clone_says_what_is_missing(cmdb: Program, checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({"inventory/new.yaml": NEW})
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/other.yaml": "kind: server\nid: other\n"})
    clone = tmp_path / "clone"
    checkout.git(
        "clone", "--quiet", "--depth=1", "--branch=topic", "--no-single-branch", f"file://{checkout.root}", str(clone)
    )
    said = cmdb("check", "-C", str(clone), "--base", "origin/main")
    assert (said.code, said.out) == (2, "")
    assert "fetch-depth to 0" in said.err


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("nowhere", "there is no revision 'nowhere'"),
        ("main..topic", "'main..topic' names more than one revision"),
        ("--output=x", "'--output=x' is no revision: none begins with '-'"),
        ("island", "island and HEAD have no commit in common\n    hint: name a revision that this branch began at"),
    ],
)
def test_what_cannot_be_a_base(cmdb: Program, checkout: Checkout, base: str, told: str) -> None:
    checkout.git("checkout", "--quiet", "--orphan", "island")
    checkout.commit({"new": ""})
    checkout.git("switch", "--quiet", "topic")
    said = cmdb("check", f"--base={base}")
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_without_a_repository(cmdb: Program, tmp_path: Path) -> None:
    (tmp_path / "cmdb.yaml").write_text("")
    assert "is not in a Git repository" in cmdb("check", "-C", str(tmp_path), "--base", "main").err


def test_a_file_that_does_not_load_leaves_the_answer_incomplete(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/broken.yaml": "id: [\n"})
    said = cmdb("check", "--base", "main")
    assert (said.code, "error [syntax]" in said.out) == (1, True)
    checkout.git("branch", "--force", "main", "topic")
    said = cmdb("check", "--base", "main", "-f", "json")
    assert (said.code, said.json["status"], said.json["unread"]) == (3, "incomplete", ["inventory/broken.yaml"])
    assert said.json["base"]["unread"] == ["inventory/broken.yaml"]


def test_settings_that_were_wrong_before(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"cmdb.yaml": "name: [\n"})
    assert cmdb("check", "--base", "main").code == 1
    checkout.git("branch", "--force", "main", "topic")
    assert cmdb("check", "--base", "main").code == 0


def test_both_sides_are_judged_on_the_same_day(cmdb: Program, checkout: Checkout) -> None:
    waiver = "waivers: [{ci: web-1, path: owner, observed: x, reason: y, approved_by: z, expires: 2026-06-30}]\n"
    checkout.commit({"baselines/waivers.yaml": waiver})
    checkout.git("branch", "--force", "main", "topic")
    assert states(cmdb, "--base", "main", "--as-of", "2026-07-01")["waiver-expired", "web-1"] == ("note", "unchanged")


# formats -------------------------------------------------------------------------------------------------------------


def test_sarif_tells_the_state_of_each_result(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW, "inventory/old.yaml": OLD.replace(", colour: red", "")})
    log = json.loads(cmdb("check", "--base", "main", "-f", "sarif").out)
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    import_module("jsonschema").Draft4Validator(schema).validate(log)
    (run,) = log["runs"]
    told = [(each["baselineState"], each["kind"], each["level"]) for each in run["results"]]
    assert told == [("new", "fail", "error"), ("unchanged", "fail", "note"), ("absent", "pass", "none")]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", run["baselineGuid"])
    plain = json.loads(cmdb("check", "-f", "sarif").out)["runs"][0]
    assert "baselineGuid" not in plain
    assert "baselineState" not in plain["results"][0]
    prints = [each["partialFingerprints"] for each in run["results"]]
    assert prints[:2] == [each["partialFingerprints"] for each in plain["results"]]


def test_junit_fails_what_is_new(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW, "inventory/old.yaml": OLD.replace(", colour: red", "")})
    text = cmdb("check", "--base", "main", "-f", "junit").out
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(text)
    cases = {
        (case.get("classname"), case.get("name")): [(each.tag, each.get("message")) for each in case]
        for case in ElementTree.fromstring(text).iter("testcase")
    }
    assert cases["cmdb.check.dangling-relation", "new relations.runs_on"] == [("failure", "there is no CI 'missing'")]
    old = [("skipped", "note, not new: there is no CI 'gone'")]
    assert cases["cmdb.check.dangling-relation", "old-1 relations.runs_on"] == old
    assert cases["cmdb.check.unknown-field", "old-2 colour"] == []


def test_gitlab_has_what_is_there(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW, "inventory/old.yaml": OLD.replace(", colour: red", "")})
    report = json.loads(cmdb("check", "--base", "main", "-f", "gitlab").out)
    assert [(each["description"].split(" (")[0], each["severity"]) for each in report] == [
        ("there is no CI 'missing'", "major"),
        ("there is no CI 'gone'", "info"),
    ]


def test_inside_actions(cmdb: Program, checkout: Checkout, tmp_path: Path) -> None:
    many = "".join(f"- {{kind: server, id: more-{number}, relations: {{runs_on: gone}}}}\n" for number in range(30))
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/more.yaml": many})
    checkout.git("switch", "--quiet", "--create", "later")
    checkout.commit({"inventory/zzz.yaml": NEW})
    summary = tmp_path / "summary.md"
    said = cmdb("check", "--base", "main", env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
    first, *rest, last = said.out.splitlines()
    assert first.startswith("::error file=inventory/zzz.yaml,line=3,col=13,title=dangling-relation::")
    assert {line.partition(" ")[0] for line in rest} == {"::notice"}
    assert len(rest) == 10
    assert "title=dangling-relation (not new)" in rest[0]
    assert last == "1 error introduced since main in 34 CIs; 32 older problems"
    told = summary.read_text("utf-8")
    assert told.startswith("<!-- cmdb:check -->\n- `inventory/zzz.yaml:3:13`: error")
    assert told.count(": note ") == 20
    assert told.endswith(f"\n… and 12 more\n\n{last}\n")


def test_several_outputs_in_one_run(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/new.yaml": NEW})
    said = cmdb("check", "--base", "main", "-f", "sarif", "-o", "a.sarif", "-f", "markdown", "-o", "-")
    assert said.out == cmdb("check", "--base", "main", "-f", "markdown").out
    assert Path("a.sarif").read_text("utf-8") == cmdb("check", "--base", "main", "-f", "sarif").out


# cost ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of the files that are really read, as they are."""
    paths: list[str] = []
    real = InventoryReading.read_many

    def noted(self: InventoryReading, files: Iterable[tuple[str, bytes]]) -> Iterator[FileReading]:
        some = list(files)
        paths.extend(path for path, _ in some)
        return real(self, some)

    monkeypatch.setattr(InventoryReading, "read_many", noted)
    yield paths


def test_only_what_changed_is_read(
    cmdb: Program, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    checkout.commit({f"inventory/{number}.yaml": f"kind: server\nid: s-{number}\n" for number in range(40)})
    checkout.git("branch", "--force", "main", "topic")
    cmdb("check")
    read.clear()
    checkout.commit({"inventory/7.yaml": NEW, "inventory/new.yaml": "kind: server\nid: other\n"})
    assert cmdb("check", "--base", "main").code == 1
    wrong = {"inventory/old.yaml"}
    assert set(read) == {"inventory/7.yaml", "inventory/new.yaml"} | wrong
    assert cmdb("check", "--base", "main", "--no-cache").code == 1
