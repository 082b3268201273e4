"""check --merge: what a merge would give, in real repositories, before anybody makes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cmdb import Workspace, rehearse
from cmdb.testing.program import Program, Said
from cmdb.testing.repositories import Checkout, Files, Link

BASE: Files = {
    "cmdb.yaml": "name: shop\n",
    "inventory/vault.yaml": "kind: application\nid: vault\nowner: team-a\n",
    "inventory/shop.yaml": "kind: application\nid: shop\nowner: team-a\nattributes:\n  version: 1.0\n",
    "inventory/all.yaml": "- {kind: server, id: web-1, attributes: {serial_number: A1}}\n",
    "inventory/team.yaml": "kind: team\nid: team-a\n",
}
SHOP = str(BASE["inventory/shop.yaml"])
ALL = str(BASE["inventory/all.yaml"])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    checkout = Checkout.create(tmp_path)
    checkout.commit(BASE)
    return checkout


def parted(checkout: Checkout, main: Files, topic: Files) -> None:
    """Two branches that part here; the working tree is that of main."""
    checkout.git("checkout", "-q", "-b", "topic")
    checkout.commit(topic)
    checkout.git("checkout", "-q", "main")
    checkout.commit(main)


def found(said: Said) -> list[tuple[str, str | None, str, bool]]:
    return [(one["code"], one["ci"], one["severity"], one["only_together"]) for one in said.json["problems"]]


def judged(cmdb: Program, base: str = "main", head: str = "topic") -> Said:
    return cmdb("check", "--merge", base, head, "-f", "json")


def test_one_removes_what_the_other_uses(shop: Checkout, cmdb: Program) -> None:
    parted(shop, {"inventory/vault.yaml": None}, {"inventory/shop.yaml": SHOP + "relations: {depends_on: vault}\n"})
    assert [cmdb("check", "--at", side).code for side in ("main", "topic")] == [0, 0]
    said = judged(cmdb)
    assert (said.code, found(said)) == (1, [("dangling-relation", "shop", "error", True)])
    assert (said.json["base"]["revision"], said.json["head"]) == ("main", {"revision": "topic"})
    assert said.json["summary"]["only_together"] == 1
    assert judged(cmdb, "topic", "main").code == 1


def test_both_take_the_same_serial_number(shop: Checkout, cmdb: Program) -> None:
    schema = "kinds: {server: {attributes: {serial_number: {type: string, unique: true}}}}\n"
    shop.commit({"inventory/schema/own.yaml": schema})
    new = "kind: server\nid: {}\nattributes: {{serial_number: Z9}}\n"
    parted(shop, {"inventory/web-2.yaml": new.format("web-2")}, {"inventory/web-3.yaml": new.format("web-3")})
    assert [cmdb("check", "--at", side).code for side in ("main", "topic")] == [0, 0]
    said = judged(cmdb)
    assert said.code == 1
    assert {(code, together) for code, _, _, together in found(said)} == {("unique-attribute", True)}


def test_what_was_wrong_before_is_a_note_and_what_the_branch_brings_counts(shop: Checkout, cmdb: Program) -> None:
    shop.commit({"inventory/old.yaml": "kind: server\nid: old\nrelations: {runs_on: nowhere}\n"})
    new = "kind: server\nid: new\nrelations: {runs_on: nowhere}\n"
    parted(shop, {"inventory/team.yaml": "kind: team\nid: team-a\nname: A\n"}, {"inventory/new.yaml": new})
    said = judged(cmdb)
    dangling = "dangling-relation"
    assert found(said) == [(dangling, "new", "error", False), (dangling, "old", "note", False)]
    text = cmdb("check", "--merge", "main", "topic").out
    assert "Brought by topic\n" in text
    assert "Not new, and not counted\n" in text
    assert "1 error introduced by merging topic into main" in text


def test_files_changed_on_both_sides_are_merged_by_ci(shop: Checkout, cmdb: Program) -> None:
    one = ALL + "- {kind: server, id: web-2}\n"
    other = ALL.replace("A1", "A2") + "- {kind: server, id: web-3}\n"
    parted(shop, {"inventory/all.yaml": one}, {"inventory/all.yaml": other})
    said = judged(cmdb)
    assert (said.code, said.json["problems"], said.json["summary"]["cis"]) == (0, [], 6)


def test_a_conflict_is_a_problem_in_terms_of_the_ci(shop: Checkout, cmdb: Program) -> None:
    parted(
        shop,
        {"inventory/shop.yaml": SHOP.replace("1.0", "1.1")},
        {"inventory/shop.yaml": SHOP.replace("1.0", "1.2").replace("team-a", "vault")},
    )
    said = judged(cmdb)
    assert (said.code, found(said)) == (1, [("merge-conflict", "shop", "error", True)])
    problem = said.json["problems"][0]
    assert problem["message"] == "shop: attributes.version: 1.0 before, main 1.1, topic 1.2"
    assert problem["location"] == {"path": "inventory/shop.yaml", "line": 5, "column": 3}
    assert problem["key_path"] == "attributes.version"


@pytest.mark.parametrize(
    ("main", "topic", "says"),
    [
        (
            {"inventory/vault.yaml": None},
            {"inventory/vault.yaml": "kind: application\nid: vault\nowner: team-b\n"},
            "vault: removed by main, changed by topic (owner)",
        ),
        (
            {"inventory/vault.yaml": "kind: application\nid: vault\nowner: team-b\n"},
            {"inventory/vault.yaml": None},
            "vault: removed by topic, changed by main (owner)",
        ),
        (
            {"inventory/new.yaml": "kind: server\nid: new\n"},
            {"inventory/new.yaml": "kind: server\nid: new\nowner: team-a\n"},
            "new: added on both sides, differently (owner)",
        ),
        (
            {"inventory/shop.yaml": None, "inventory/a/shop.yaml": SHOP},
            {"inventory/shop.yaml": None, "inventory/b/shop.yaml": SHOP},
            "renamed by main to inventory/a/shop.yaml, and by topic to inventory/b/shop.yaml",
        ),
        (
            {"inventory/shop.yaml": None},
            {"inventory/shop.yaml": None, "inventory/b/shop.yaml": SHOP},
            "deleted by main, renamed by topic",
        ),
        (
            {"inventory/shop.yaml": Link("vault.yaml")},
            {"inventory/shop.yaml": SHOP.replace("1.0", "1.1")},
            "it is no file on both sides, or too large to be merged",
        ),
        (
            {"inventory/shop.yaml": "kind: [application\nid: shop\n"},
            {"inventory/shop.yaml": SHOP.replace("kind: application", "kind: api")},
            "only its lines can be merged, and they conflict",
        ),
    ],
    ids=["delete-modify", "modify-delete", "add-add", "rename-rename", "rename-delete", "link", "broken"],
)  # fmt: skip
def test_conflicts_of_files(shop: Checkout, cmdb: Program, main: Files, topic: Files, says: str) -> None:
    parted(shop, main, topic)
    messages = [one["message"] for one in judged(cmdb).json["problems"] if one["code"] == "merge-conflict"]
    assert [message for message in messages if says in message], messages
    with pytest.raises(subprocess.CalledProcessError):
        shop.git("merge", "-q", "--no-edit", "topic")


def test_a_file_renamed_on_one_side_and_changed_on_the_other(shop: Checkout, cmdb: Program) -> None:
    moved = {"inventory/shop.yaml": None, "inventory/apps/shop.yaml": SHOP}
    parted(shop, moved, {"inventory/shop.yaml": SHOP.replace("1.0", "2.0") + "relations: {depends_on: nowhere}\n"})
    for sides in (("main", "topic"), ("topic", "main")):
        said = judged(cmdb, *sides)
        assert {(one["code"], one["location"]["path"]) for one in said.json["problems"]} == {
            ("dangling-relation", "inventory/apps/shop.yaml")
        }


def test_one_side_moves_a_file_to_where_the_other_adds_one(shop: Checkout, cmdb: Program) -> None:
    moved = {"inventory/shop.yaml": None, "inventory/moved.yaml": SHOP}
    parted(shop, moved, {"inventory/moved.yaml": "kind: server\nid: other\n"})
    for sides in (("main", "topic"), ("topic", "main")):
        said = judged(cmdb, *sides)
        assert (said.code, said.json["problems"], said.json["summary"]["cis"]) == (0, [], 5)


def test_files_that_change_places(shop: Checkout, cmdb: Program) -> None:
    vault = str(BASE["inventory/vault.yaml"])
    swapped = {"inventory/shop.yaml": vault, "inventory/vault.yaml": SHOP}
    parted(shop, {"inventory/team.yaml": "kind: team\nid: team-a\nname: A\n"}, swapped)
    assert (judged(cmdb).code, judged(cmdb).json["summary"]["cis"]) == (0, 4)


def test_the_result_is_what_git_and_the_driver_make(
    shop: Checkout, cmdb: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    shop.git("config", "merge.cmdb.driver", f"'{sys.executable}' -m cmdb merge-driver --marker-size %L -- %O %A %B %P")
    shop.commit({".gitattributes": "inventory/**/*.yaml merge=cmdb\n"})
    main: Files = {
        "inventory/shop.yaml": None,
        "inventory/apps/shop.yaml": SHOP.replace("1.0", "1.1"),
        "inventory/all.yaml": ALL + "- {kind: server, id: web-2}\n",
        "inventory/same.yaml": "kind: server\nid: same\n",
        "inventory/team.yaml": None,
    }
    topic: Files = {
        "inventory/shop.yaml": SHOP + "  memory: 2 GiB  # more\n",
        "inventory/all.yaml": ALL.replace("A1", "A2") + "- {kind: server, id: web-3}\n",
        "inventory/same.yaml": "# also here\nid: same\nkind: server\n",
        "inventory/vault.yaml": None,
        "inventory/safe/vault.yaml": str(BASE["inventory/vault.yaml"]),
    }
    parted(shop, main, topic)
    result = rehearse(Workspace.open(shop.root), "main", "topic").result
    shop.git("merge", "-q", "--no-edit", "topic")
    real = {path.relative_to(shop.root).as_posix(): path.read_bytes() for path in shop.root.rglob("*.yaml")}
    assert {path: result.read(path) for path in real} == real
    assert sorted({ci.place.path for ci in result.inventory.declared}) == sorted(set(real) - {"cmdb.yaml"})


def test_nothing_is_written_and_no_driver_runs(shop: Checkout, cmdb: Program, tmp_path: Path) -> None:
    shop.git("config", "merge.evil.driver", f"touch {tmp_path}/ran; true")
    shop.git("config", "diff.evil.textconv", f"touch {tmp_path}/ran; cat")
    shop.git("config", "merge.default", "evil")
    shop.commit({".gitattributes": "* merge=evil diff=evil\n"})
    parted(
        shop,
        {"inventory/shop.yaml": SHOP.replace("1.0", "1.1")},
        {"inventory/shop.yaml": SHOP.replace("team-a", "vault")},
    )
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert judged(cmdb).code in (0, 1)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_merge_that_needs_none(shop: Checkout, cmdb: Program) -> None:
    shop.git("branch", "old")
    shop.commit({"inventory/bad.yaml": "kind: server\nid: bad\nrelations: {runs_on: nowhere}\n"})
    assert found(judged(cmdb, "old", "main")) == [("dangling-relation", "bad", "error", False)]
    assert found(judged(cmdb, "main", "old")) == [("dangling-relation", "bad", "note", False)]


def test_branches_that_were_merged_both_ways(shop: Checkout, cmdb: Program) -> None:
    parted(
        shop,
        {"inventory/shop.yaml": SHOP.replace("1.0", "1.1")},
        {"inventory/vault.yaml": "kind: application\nid: vault\nname: Vault\n"},
    )
    main, topic = shop.git("rev-parse", "main"), shop.git("rev-parse", "topic")
    shop.git("merge", "-q", "--no-edit", topic)
    shop.git("checkout", "-q", "topic")
    shop.git("merge", "-q", "--no-edit", main)
    assert len(shop.git("merge-base", "--all", "main", "topic").split()) == 2
    shop.commit({"inventory/shop.yaml": SHOP.replace("1.0", "1.3")})
    said = judged(cmdb)
    assert (said.code, said.json["problems"]) == (0, [])
    shop.git("checkout", "-q", "main")
    shop.commit({"inventory/shop.yaml": SHOP.replace("1.0", "1.2")})
    messages = [one["message"] for one in judged(cmdb).json["problems"]]
    assert "shop: attributes.version: 1.1 before, main 1.2, topic 1.3" in messages


def test_histories_without_a_common_commit(shop: Checkout, cmdb: Program) -> None:
    shop.git("checkout", "-q", "--orphan", "other")
    shop.commit({"inventory/x.yaml": "kind: server\nid: x\n"})
    said = judged(cmdb, "main", "other")
    assert (said.code, said.out) == (2, "")
    assert "main and other have no commit in common, so they cannot be merged" in said.err


def test_a_workspace_in_a_subfolder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cmdb: Program) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.commit({f"it/{path}": content for path, content in BASE.items()} | {"README.md": "x\n"})
    monkeypatch.chdir(tmp_path / "it")
    topic = {"it/inventory/shop.yaml": SHOP + "relations: {depends_on: vault}\n", "README.md": "z\n"}
    parted(checkout, {"it/inventory/vault.yaml": None, "README.md": "y\n"}, topic)
    assert found(judged(cmdb)) == [("dangling-relation", "shop", "error", True)]


def test_what_does_not_go_together(shop: Checkout, cmdb: Program) -> None:
    said = cmdb("check", "--merge", "main", "main", "--at", "main")
    assert said.code == 2
    assert "--merge names both sides" in said.err
    assert cmdb("check", "--merge", "main", "nowhere").code == 2
