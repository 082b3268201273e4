"""baseline freeze, list, show, diff and verify on real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, Files, write

SERVERS: Files = {
    "cmdb.yaml": "name: x\n",
    "inventory/web-1.yaml": "kind: server\nid: web-1\ntags: [b, a]\nattributes: {memory: 32 GiB, os: debian}\n",
    "inventory/web-2.yaml": "kind: server\nid: web-2\nrelations: {depends_on: web-1}\n",
    "inventory/team.yaml": "kind: team\nid: team-a\n",
}
FREEZE = (
    "baseline",
    "freeze",
    "r1",
    "kind=server",
    "--approved-by",
    "board",
    "--note",
    "CHG1: go",
    "--as-of",
    "2026-11-01",
)
FILE = "baselines/frozen/r1.yaml"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    checkout = Checkout.create(tmp_path)
    checkout.commit(SERVERS)
    return checkout


@pytest.fixture
def frozen(cmdb: Program, checkout: Checkout) -> str:
    """The commit of a release `r1` of the servers, which is committed."""
    revision = checkout.git("rev-parse", "HEAD")
    assert cmdb(*FREEZE).code == 0
    checkout.commit()
    return revision


def test_a_release_records_who_approved_what(cmdb: Program, checkout: Checkout) -> None:
    revision = checkout.git("rev-parse", "HEAD")
    said = cmdb(*FREEZE)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"Froze 2 CIs at {revision[:9]} into {FILE}.\n"
    head, _, digests = Path(FILE).read_text().partition("cis:\n")
    assert head == (
        f'frozen: r1\nrevision: {revision}\ndate: 2026-11-01\napproved_by: board\nnote: "CHG1: go"\n'
        "select: [kind=server]\ndigest: cmdb-ci/1 sha256\n"
    )
    assert [line.split(":")[0] for line in digests.splitlines()] == ["  web-1", "  web-2"]
    assert cmdb("check").out == "no problems in 3 CIs\n"
    shown = cmdb("baseline", "show", "r1", "-f", "json").json
    assert shown["release"] | {"path": ""} == {
        "name": "r1",
        "revision": revision,
        "date": "2026-11-01",
        "approved_by": "board",
        "note": "CHG1: go",
        "selectors": ["kind=server"],
        "exclude": [],
        "uncommitted": False,
        "digest": "cmdb-ci/1 sha256",
        "cis": 2,
        "path": "",
    }
    listed = cmdb("baseline", "list", "-f", "json").json
    assert [one["name"] for one in listed["frozen"]] == ["r1"]
    assert "r1" in cmdb("baseline", "list").out


def test_what_keeps_a_release_from_being_frozen(cmdb: Program, checkout: Checkout) -> None:
    def refused(*arguments: str) -> str:
        said = cmdb("baseline", "freeze", *arguments)
        assert (said.code, said.out) == (2, "")
        return said.err

    assert "the selectors pick no CI" in refused("r1", "kind=rack")
    for name in ("live", "worktree", "HEAD", "../x", "a b", ".hidden"):
        assert f"'{name}' is no name for a frozen baseline" in refused(name)
    web = Path("inventory/web-1.yaml")
    web.write_text(web.read_text() + "# a comment\n")
    assert "not committed yet: inventory/web-1.yaml" in refused("r1")
    assert cmdb("baseline", "freeze", "r0", "--at", "HEAD").code == 0
    checkout.git("checkout", "--", ".")
    Path("inventory/new.yaml").write_text("kind: server\nid: new\n")
    assert "not committed yet: inventory/new.yaml" in refused("r1")
    Path("inventory/new.yaml").write_text("kind: [\n")
    assert "these files did not load: inventory/new.yaml" in refused("r1", "--allow-dirty")
    Path("inventory/new.yaml").unlink()
    assert cmdb("baseline", "freeze", "r1").code == 0
    assert "there is a frozen baseline 'r1' already" in refused("r1")
    assert cmdb("baseline", "freeze", "r1", "kind=team", "--force").code == 0
    write(
        checkout.root, {"baselines/b.yaml": "baseline: b\napplies_to: kind=server\nexpect: {attributes.os: debian}\n"}
    )
    assert "there is a baseline 'b' in baselines/b.yaml already" in refused("b", "--force")


@pytest.mark.usefixtures("frozen")
def test_nothing_left_a_release_that_was_only_laid_out_anew(cmdb: Program, checkout: Checkout) -> None:
    everything = "- {kind: server, attributes: {os: debian, memory: 32768 MiB}, tags: [a, b], id: web-1}\n- kind: server\n  id: web-2\n"
    everything += "  relations: {depends_on: [web-1]}\n- {kind: team, id: team-a, name: A}\n"
    checkout.commit({**{path: None for path in SERVERS if "/" in path}, "inventory/all.yaml": everything})
    said = cmdb("baseline", "verify", "r1")
    assert (said.code, said.out) == (0, "nothing left 'r1': 2 of 2 CIs as they were frozen\n")


def test_what_left_a_release_is_told_with_its_commit(cmdb: Program, checkout: Checkout, frozen: str) -> None:
    changed = checkout.commit(
        {"inventory/web-1.yaml": "kind: server\nid: web-1\ntags: [a, b]\nattributes: {memory: 64 GiB, os: debian}\n"}
    )
    checkout.commit(
        {
            "inventory/web-1.yaml": None,
            "inventory/w/web-1.yaml": "kind: server\nid: web-1\ntags: [a, b]\nattributes: {memory: 64 GiB, os: debian}\n",
        }
    )
    removed = checkout.commit({"inventory/web-2.yaml": None})
    added = checkout.commit({"inventory/web-3.yaml": "kind: server\nid: web-3\n"})
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, said.json["status"]) == (1, "findings")
    assert said.json["summary"] == {
        "name": "r1",
        "revision": frozen,
        "cis": 2,
        "kept": 0,
        "departures": 3,
        "missing": None,
    }
    told = [(one["ci"], one["action"], [each["commit"] for each in one["commits"]]) for one in said.json["departures"]]
    assert told == [("web-1", "changed", [changed]), ("web-2", "removed", [removed]), ("web-3", "added", [added])]
    web = said.json["departures"][0]
    assert web["attributes"] == [{"path": "attributes.memory", "before": 32 * 2**30, "after": 64 * 2**30}]
    assert (web["location"]["path"], web["severity"]) == ("inventory/w/web-1.yaml", "error")
    assert "through" in cmdb("baseline", "verify", "r1").out
    for name in ("sarif", "junit", "gitlab", "github", "markdown"):
        assert changed[:9] in cmdb("baseline", "verify", "r1", "-f", name).out


def test_new_cis_are_warnings_and_uncommitted_changes_are_told(cmdb: Program, frozen: str) -> None:
    Path("inventory/web-3.yaml").write_text("kind: server\nid: web-3\n")
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, said.json["departures"][0]["uncommitted"]) == (0, True)
    assert cmdb("baseline", "verify", "r1", "--fail-level", "warning").code == 1
    assert cmdb("baseline", "verify", "r1", "--at", "HEAD", "--fail-level", "note").code == 0
    Path("inventory/web-2.yaml").unlink()
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, [one["uncommitted"] for one in said.json["departures"]]) == (1, [True, True])
    assert cmdb("baseline", "verify", "r1", "--at", frozen).code == 2


@pytest.mark.usefixtures("frozen")
def test_a_renamed_ci_left_and_a_renamed_target_did_not(cmdb: Program, checkout: Checkout) -> None:
    www = "kind: server\nid: www\naliases: [web-1]\ntags: [b, a]\nattributes: {memory: 32 GiB, os: debian}\n"
    commit = checkout.commit({"inventory/web-1.yaml": www})
    (one,) = cmdb("baseline", "verify", "r1", "-f", "json").json["departures"]
    assert (one["ci"], one["former_id"], one["action"]) == ("www", "web-1", "renamed")
    assert [each["commit"] for each in one["commits"]] == [commit]


@pytest.mark.usefixtures("frozen")
def test_what_did_not_load_has_not_left(cmdb: Program) -> None:
    Path("inventory/web-2.yaml").write_text("kind: [server\nid: web-2\n")
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, said.json["status"], said.json["departures"]) == (3, "incomplete", [])
    Path("inventory/web-1.yaml").unlink()
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, [one["ci"] for one in said.json["departures"]]) == (1, ["web-1"])


@pytest.mark.usefixtures("frozen")
def test_an_edited_record_is_found_out(cmdb: Program, checkout: Checkout) -> None:
    file = Path(FILE)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-1], f"  web-2: {'0' * 64}"]) + "\n")
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, [(one["ci"], one["code"]) for one in said.json["departures"]]) == (
        1,
        [("web-2", "release-record")],
    )
    assert said.json["departures"][0]["location"] == {"path": FILE, "line": len(lines), "column": 3}
    checkout.git("checkout", "--", ".")
    assert cmdb("baseline", "verify", "r1").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frozen: r2\n", "the field 'revision' is missing"),
        (
            "frozen: r2\nrevision: main\ndate: 2026-01-01\ndigest: cmdb-ci/1 sha256\ncis: {}\n",
            "the full id of a commit",
        ),
        ("frozen: r2\nrevision: %s\ndate: 2026-01-01\ndigest: md5\ncis: {}\n" % ("a" * 40), "'md5' are not known"),
        ("frozen: r2\nrevision: %s\ndate: 1.5\ndigest: cmdb-ci/1 sha256\ncis: {}\n" % ("a" * 40), "date"),
        (
            "frozen: r2\nrevision: %s\ndate: 2026-01-01\ndigest: cmdb-ci/1 sha256\ncis: {a: b}\n" % ("a" * 40),
            "no digest of 64",
        ),
        (
            "frozen: r1\nrevision: %s\ndate: 2026-01-01\ndigest: cmdb-ci/1 sha256\ncis: {}\n" % ("a" * 40),
            "there is a baseline 'r1' already",
        ),
        ("- 1\n", "a mapping of fields is expected here"),
    ],
)
@pytest.mark.usefixtures("frozen")
def test_a_wrong_record_is_a_problem(cmdb: Program, text: str, message: str) -> None:
    Path("baselines/frozen/r2.yaml").write_text(text)
    said = cmdb("check")
    assert said.code == 1
    assert message in said.out


def test_any_two_sides_are_compared(cmdb: Program, checkout: Checkout, frozen: str) -> None:
    checkout.commit(
        {"inventory/web-1.yaml": "kind: server\nid: web-1\ntags: [a, b]\nattributes: {memory: 64 GiB, os: debian}\n"}
    )
    assert cmdb("baseline", "freeze", "r2", "kind=server").code == 0
    checkout.commit()
    Path("inventory/web-2.yaml").unlink()
    Path("inventory/team.yaml").write_text("kind: team\nid: team-a\nname: A\n")

    def changes(*sides: str) -> dict[str, str]:
        said = cmdb("baseline", "diff", *sides, "-f", "json")
        assert said.code == 0, said.err
        return {one["id"]: one["action"] for one in said.json["changes"]}

    assert changes("r1", "r2") == {"web-1": "changed"}
    assert changes("r2", "r1") == {"web-1": "changed"}
    assert changes("r1", "HEAD") == {"web-1": "changed"}
    assert changes("r1") == {"web-1": "changed", "web-2": "removed"}
    assert changes("worktree", "r2") == {"web-2": "added"}
    assert changes("HEAD", "worktree") == {"team-a": "changed", "web-2": "removed"}
    assert changes(frozen, "r1") == {}
    assert cmdb("baseline", "diff", "r1", "r2", "--exit-code").code == 1
    assert cmdb("baseline", "diff", "r1", "nowhere").code == 2


SEEN = """\
{"format": "cmdb.snapshot/1", "source": "hosts", "run": "2026-11-01T02:00:00Z"}
{"coverage": {"scope": "kind=server", "status": "complete"}}
{"observation": {"kind": "server", "key": "web-1", "attributes": {"os": "debian", "memory": 68719476736}}}
{"observation": {"kind": "server", "key": "web-9", "attributes": {}}}
{"end": {"observations": 2, "coverage": 1}}
"""


@pytest.mark.usefixtures("frozen")
def test_a_release_is_compared_with_what_was_observed(cmdb: Program) -> None:
    Path("tonight.jsonl").write_text(SEEN)
    live = ("--observed", "tonight.jsonl", "--as-of", "2026-11-01", "-f", "json")
    said = cmdb("baseline", "diff", "r1", "live", *live)
    assert (said.code, said.err) == (0, "")
    assert [(one["id"], one["action"]) for one in said.json["changes"]] == [("web-1", "changed"), ("web-2", "removed")]
    memory = {"path": "attributes.memory", "before": 32 * 2**30, "after": 64 * 2**30}
    assert said.json["changes"][0]["attributes"] == [memory]
    back = cmdb("baseline", "diff", "live", "r1", *live).json["changes"]
    assert [(one["id"], one["action"]) for one in back] == [("web-1", "changed"), ("web-2", "added")]
    assert back[0]["attributes"] == [{**memory, "before": 64 * 2**30, "after": 32 * 2**30}]
    assert [one["id"] for one in cmdb("baseline", "diff", "HEAD", "live", *live).json["changes"]] == [
        "web-1",
        "web-2",
        "web-9",
    ]
    Path("tonight.jsonl").write_text(SEEN.replace("complete", "partial"))
    said = cmdb("baseline", "diff", "r1", "live", *live)
    assert (said.code, said.json["unseen"]) == (3, ["web-2"])
    assert cmdb("baseline", "diff", "live", "live", *live).code == 2
    assert cmdb("baseline", "diff", "r1", "HEAD", *live).code == 2


def test_a_shallow_clone_knows_the_digests_only(
    cmdb: Program, checkout: Checkout, frozen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = checkout.commit({"inventory/web-1.yaml": "kind: server\nid: web-1\n"})
    checkout.git("clone", "--quiet", "--depth=2", checkout.root.as_uri(), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, [one["ci"] for one in said.json["departures"]]) == (1, ["web-1"])
    assert [one["commit"] for one in said.json["departures"][0]["commits"]] == [commit]
    assert frozen in said.json["summary"]["missing"]
    said = cmdb("baseline", "diff", "r1", "HEAD", "-f", "json")
    assert (said.code, [one["id"] for one in said.json["changes"]]) == (3, ["web-1"])
    assert "only digests are compared" in said.err
    checkout.git("revert", "--no-edit", "HEAD")
    checkout.git("clone", "--quiet", "--depth=1", checkout.root.as_uri(), str(tmp_path / "again"))
    monkeypatch.chdir(tmp_path / "again")
    assert cmdb("baseline", "verify", "r1").code == 3


@pytest.mark.usefixtures("checkout")
def test_what_was_frozen_uncommitted_is_known_by_its_digests(cmdb: Program) -> None:
    Path("inventory/web-2.yaml").write_text("kind: server\nid: web-2\nname: W\n")
    assert cmdb("baseline", "freeze", "r1", "--allow-dirty").code == 0
    assert "uncommitted: true" in Path(FILE).read_text()
    assert cmdb("baseline", "verify", "r1").code == 0
    Path("inventory/web-2.yaml").write_text("kind: server\nid: web-2\nname: X\n")
    said = cmdb("baseline", "verify", "r1", "-f", "json")
    assert (said.code, [(one["ci"], one["uncommitted"]) for one in said.json["departures"]]) == (1, [("web-2", True)])


def test_a_release_is_frozen_in_a_subfolder_and_in_sha256(
    cmdb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = Checkout.create(tmp_path, "--object-format=sha256")
    checkout.commit({f"it/{path}": text for path, text in SERVERS.items()})
    monkeypatch.chdir(tmp_path / "it")
    assert cmdb(*FREEZE).code == 0
    checkout.commit()
    assert cmdb("baseline", "verify", "r1").code == 0
    commit = checkout.commit({"it/inventory/web-2.yaml": None})
    (one,) = cmdb("baseline", "verify", "r1", "-f", "json").json["departures"]
    assert (one["ci"], [each["commit"] for each in one["commits"]]) == ("web-2", [commit])


@pytest.mark.usefixtures("frozen")
def test_a_bare_clone_and_a_linked_worktree_verify_too(
    cmdb: Program, checkout: Checkout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    commit = checkout.commit({"inventory/web-2.yaml": None})
    bare, linked = (tmp_path_factory.mktemp("other") / name for name in ("bare.git", "linked"))
    checkout.git("clone", "--quiet", "--bare", ".", str(bare))
    checkout.git("worktree", "add", "--quiet", "--detach", str(linked), commit)
    for where in (("-C", str(bare), "--at", "main"), ("-C", str(linked))):
        (one,) = cmdb("baseline", "verify", "r1", "-f", "json", *where).json["departures"]
        assert (one["ci"], [each["commit"] for each in one["commits"]]) == ("web-2", [commit])
    said = cmdb("baseline", "freeze", "r2", "-C", str(bare), "--at", "main")
    assert (said.code, "this workspace has none" in said.err) == (2, True)


@pytest.mark.usefixtures("frozen")
def test_what_is_asked_of_nobody_is_told(cmdb: Program) -> None:
    said = cmdb("baseline", "verify", "r9")
    assert (said.code, "there is no frozen baseline 'r9'" in said.err, "there is r1" in said.err) == (2, True, True)
    assert cmdb("baseline", "show", "r9").code == 2
