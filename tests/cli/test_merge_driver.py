"""The merge driver, as Git runs it: real repositories, real merges."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, Files, Link, write

ROOT = Path(__file__).resolve().parents[2]
DB = """\
# Primary of the payments pair
kind: database
id: payments-db-1
attributes:
  memory: 32 GiB  # per contract
  version: 15.8
tags: [pci]
relations:
  depends_on:
    - vault
"""
SHOP: Files = {
    "cmdb.yaml": "name: shop\n",
    "inventory/db.yaml": DB,
    "inventory/all.yaml": "- {kind: server, id: vault}\n- kind: server\n  id: mail\n  owner: team-mail\n",
}


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A `cmdb` on the path that runs this checkout."""
    script = tmp_path / "bin" / "cmdb"
    write(tmp_path, {"bin/cmdb": f'#!/bin/sh\nexec "{sys.executable}" -m cmdb "$@"\n'})
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def shop(tmp_path: Path, driver: None, cmdb: Program) -> Iterator[Checkout]:
    """A repository with the driver, committed."""
    checkout = Checkout.create(tmp_path / "shop")
    checkout.commit(SHOP)
    assert cmdb("init", "--merge-driver", "-C", str(checkout.root)).code == 0
    checkout.commit()
    yield checkout


def merged(checkout: Checkout, ours: Files, theirs: Files) -> tuple[int, str]:
    """What `git merge` of two branches that part here exits with, and says."""
    checkout.git("checkout", "-q", "-b", "topic")
    checkout.commit(theirs)
    checkout.git("checkout", "-q", "main")
    checkout.commit(ours)
    try:
        return 0, checkout.git("merge", "-q", "--no-edit", "topic")
    except subprocess.CalledProcessError as error:
        return error.returncode, (error.stdout + error.stderr).decode()


def text(checkout: Checkout, path: str) -> str:
    return (checkout.root / path).read_bytes().decode()


def test_edits_of_different_attributes_merge_on_neighbouring_lines(shop: Checkout) -> None:
    ours = DB.replace("32 GiB", "64 GiB").replace("[pci]", "[pci, gold]")
    theirs = DB.replace("15.8", "15.9  # CVE-2026-1").replace("[pci]", "[pci, silver]")
    theirs = theirs.replace("    - vault\n", "    - vault\n    # for receipts\n    - mail\n")
    assert merged(shop, {"inventory/db.yaml": ours}, {"inventory/db.yaml": theirs})[0] == 0
    assert text(shop, "inventory/db.yaml") == dedent("""\
        # Primary of the payments pair
        kind: database
        id: payments-db-1
        attributes:
          memory: 64 GiB  # per contract
          version: 15.9  # CVE-2026-1
        tags: [pci, gold, silver]
        relations:
          depends_on:
            - vault
            # for receipts
            - mail
        """)


def test_two_edits_of_one_attribute_conflict_in_terms_of_the_ci(shop: Checkout) -> None:
    ours, theirs = DB.replace("32 GiB", "64 GiB"), DB.replace("32 GiB", "48 GiB").replace("15.8", "15.9")
    code, said = merged(shop, {"inventory/db.yaml": ours}, {"inventory/db.yaml": theirs})
    assert code == 1
    assert "payments-db-1: attributes.memory: 32 GiB before, ours 64 GiB, theirs 48 GiB\n" in said
    assert text(shop, "inventory/db.yaml") == DB.replace("15.8", "15.9").replace(
        "  memory: 32 GiB  # per contract\n",
        "<<<<<<< ours\n  memory: 64 GiB  # per contract\n=======\n  memory: 48 GiB  # per contract\n>>>>>>> theirs\n",
    )
    assert "UU inventory/db.yaml" in shop.git("status", "--short")


def test_both_add_a_ci_at_the_end_of_a_list(shop: Checkout) -> None:
    before = str(SHOP["inventory/all.yaml"])
    ours, theirs = (f"{before}# about {one}\n- kind: server\n  id: {one}\n" for one in ("dns", "ntp"))
    assert merged(shop, {"inventory/all.yaml": ours}, {"inventory/all.yaml": theirs})[0] == 0
    both = "# about dns\n- kind: server\n  id: dns\n# about ntp\n- kind: server\n  id: ntp\n"
    assert text(shop, "inventory/all.yaml") == before + both


def test_both_add_a_file(shop: Checkout) -> None:
    new = "kind: server\nid: web-1\n"
    same = merged(
        shop, {"inventory/web.yaml": new}, {"inventory/web.yaml": "# ours is older\nid: web-1\nkind: server\n"}
    )
    assert same[0] == 0
    assert text(shop, "inventory/web.yaml") == new


def test_both_add_a_file_differently(shop: Checkout) -> None:
    new = "kind: server\nid: web-1\nowner: {}\n"
    code, said = merged(shop, {"inventory/web.yaml": new.format("a")}, {"inventory/web.yaml": new.format("b")})
    assert code == 1
    assert "web-1: added on both sides, differently (owner)" in said
    both = "<<<<<<< ours\nowner: a\n=======\nowner: b\n>>>>>>> theirs\n"
    assert text(shop, "inventory/web.yaml") == "kind: server\nid: web-1\n" + both


def test_a_file_renamed_on_one_side_and_changed_on_both(shop: Checkout) -> None:
    moved = {"inventory/db.yaml": None, "inventory/data/payments.yaml": DB.replace("32 GiB", "64 GiB")}
    assert merged(shop, moved, {"inventory/db.yaml": DB.replace("15.8", "15.9")})[0] == 0
    assert text(shop, "inventory/data/payments.yaml") == DB.replace("32 GiB", "64 GiB").replace("15.8", "15.9")


def test_removed_on_one_side_and_changed_on_the_other(shop: Checkout) -> None:
    before = str(SHOP["inventory/all.yaml"])
    ours = "- {kind: server, id: vault}\n"
    theirs = before.replace("team-mail", "team-post")
    code, said = merged(shop, {"inventory/all.yaml": ours}, {"inventory/all.yaml": theirs})
    assert code == 1
    assert "inventory/all.yaml: mail: removed by ours, changed by theirs (owner)" in said
    item = "- kind: server\n  id: mail\n  owner: team-post\n"
    assert text(shop, "inventory/all.yaml") == f"{ours}<<<<<<< ours\n=======\n{item}>>>>>>> theirs\n"


def test_a_file_deleted_on_one_side_is_for_git_to_say(shop: Checkout) -> None:
    code, said = merged(shop, {"inventory/db.yaml": None}, {"inventory/db.yaml": DB.replace("15.8", "15.9")})
    assert (code, "modify/delete" in said) == (1, True)


def test_what_is_not_yaml_is_merged_by_its_lines(shop: Checkout) -> None:
    broken = DB.replace("tags: [pci]", "tags: [pci")
    code, said = merged(shop, {"inventory/db.yaml": broken}, {"inventory/db.yaml": DB.replace("[pci]", "[x]")})
    assert code == 1
    assert "only its lines can be merged, and they conflict" in said
    assert "<<<<<<< ours\ntags: [pci\n=======\ntags: [x]\n>>>>>>> theirs\n" in text(shop, "inventory/db.yaml")


def test_sets_are_known_by_the_kinds_of_the_workspace(shop: Checkout) -> None:
    schema = "kinds: {till: {extends: server, attributes: {ports: {type: set, of: integer}}}}\n"
    till = "kind: till\nid: till-1\nattributes: {ports: [1, 2], rows: [1, 2]}\n"
    shop.commit({"inventory/schema/till.yaml": schema, "inventory/till.yaml": till})
    ours, theirs = till.replace("ports: [1, 2]", "ports: [1, 2, 3]"), till.replace("ports: [1, 2]", "ports: [4, 2]")
    assert merged(shop, {"inventory/till.yaml": ours}, {"inventory/till.yaml": theirs})[0] == 0
    assert text(shop, "inventory/till.yaml") == till.replace("ports: [1, 2]", "ports: [2, 3, 4]")


def test_waivers_of_both_sides_are_kept(shop: Checkout) -> None:
    one = "  - {ci: mail, path: owner, observed: x, reason: r, approved_by: a, expires: 2026-12-31}\n"
    before = "waivers:\n" + one
    shop.commit({"baselines/waivers.yaml": before})
    ours, theirs = before + one.replace("mail", "a"), (before + one.replace("mail", "b")).replace("2026", "2027", 1)
    assert merged(shop, {"baselines/waivers.yaml": ours}, {"baselines/waivers.yaml": theirs})[0] == 0
    both = one.replace("2026", "2027") + one.replace("mail", "a") + one.replace("mail", "b")
    assert text(shop, "baselines/waivers.yaml") == "waivers:\n" + both


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "unended"])
def test_line_ends_and_byte_order_mark_stay(tmp_path: Path, cmdb: Program, end: str, mark: str, last: bool) -> None:
    def made(text: str) -> bytes:
        return (mark + (text if last else text.removesuffix("\n")).replace("\n", end)).encode()

    tail = DB + "owner: a\n"
    sides = (tail, tail.replace("32 GiB", "64 GiB"), tail.replace("15.8", "15.9").replace("owner: a", "owner: b"))
    write(tmp_path, dict(zip(("o", "a", "b"), map(made, sides), strict=True)))
    said = cmdb("merge-driver", *(str(tmp_path / name) for name in ("o", "a", "b")), "inventory/db.yaml")
    assert (said.code, said.out, said.err) == (0, "", "")
    wanted = tail.replace("32 GiB", "64 GiB").replace("15.8", "15.9").replace("owner: a", "owner: b")
    assert (tmp_path / "a").read_bytes() == made(wanted)


def test_the_length_of_markers(tmp_path: Path, cmdb: Program) -> None:
    write(tmp_path, {"o": "id: a\nowner: x\n", "a": "id: a\nowner: y\n", "b": "id: a\nowner: z\n"})
    files = [str(tmp_path / name) for name in ("o", "a", "b")]
    said = cmdb("merge-driver", "--marker-size", "9", *files, "inventory/a.yaml", "-f", "json")
    assert (said.code, said.json["status"], said.json["summary"]) == (1, "findings", {"conflicts": 1})
    conflict = {"ci": "a", "path": "owner", "before": "x", "ours": "y", "theirs": "z"}
    assert {**said.json["conflicts"][0], **conflict} == said.json["conflicts"][0]
    assert (tmp_path / "a").read_text().startswith("id: a\n<<<<<<<<< ours\nowner: y\n=========\n")


class TestInstalling:
    @pytest.mark.usefixtures("driver")
    def test_it_says_what_it_wrote_and_does_it_once(self, tmp_path: Path, cmdb: Program) -> None:
        checkout = Checkout.create(tmp_path / "x")
        checkout.commit({"cmdb.yaml": "name: x\n", ".gitattributes": "*.md text"})
        said = cmdb("init", "--merge-driver", str(checkout.root))
        assert said.code == 0
        assert "merge.cmdb.driver = if command -v cmdb" in said.out
        lines = text(checkout, ".gitattributes").splitlines()
        assert (lines[:3], len(lines)) == (["*.md text", "/cmdb.yaml merge=cmdb", "inventory/**/*.yaml merge=cmdb"], 6)
        again = cmdb("init", "--merge-driver", str(checkout.root))
        assert again.out == "The merge driver is installed already; nothing was written\n"
        assert text(checkout, ".gitattributes").splitlines() == lines

    @pytest.mark.usefixtures("driver")
    def test_git_takes_the_driver_for_the_files_of_a_workspace_in_a_subfolder(
        self, tmp_path: Path, cmdb: Program
    ) -> None:
        checkout = Checkout.create(tmp_path / "x")
        checkout.commit({"it/cmdb.yaml": "name: x\n"})
        assert cmdb("init", "--merge-driver", "-C", str(checkout.root / "it")).code == 0
        paths = (
            "it/inventory/a.yaml",
            "it/inventory/b/c.yml",
            "it/baselines/x.yaml",
            "it/cmdb.yaml",
            "inventory/a.yaml",
        )
        said = checkout.git("check-attr", "merge", "--", *paths).splitlines()
        assert [line.rpartition(": ")[2] for line in said] == [*["cmdb"] * 4, "unspecified"]

    def test_all_working_trees_share_it(self, shop: Checkout, tmp_path: Path, cmdb: Program) -> None:
        shop.git("worktree", "add", "-q", str(tmp_path / "other"))
        said = cmdb("init", "--merge-driver", "-C", str(tmp_path / "other"), "-f", "json")
        assert said.json["summary"] == {"settings": 0, "attributes": 0}

    def test_a_clone_from_which_cmdb_has_gone_merges_by_lines(
        self, shop: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(
            "PATH", os.environ["PATH"].partition(os.pathsep)[2].replace(str(Path(sys.executable).parent), "")
        )
        ours, theirs = DB.replace("32 GiB", "64 GiB"), DB.replace("15.8", "15.9")
        assert merged(shop, {"inventory/db.yaml": ours}, {"inventory/db.yaml": theirs})[0] == 1
        assert "<<<<<<<" in text(shop, "inventory/db.yaml")

    @pytest.mark.parametrize(
        ("files", "says"),
        [
            ({}, "no cmdb.yaml in"),
            ({"cmdb.yaml": "name: x\n"}, "is not in a Git repository"),
        ],
    )
    def test_where_there_is_nothing_to_install_it_in(
        self, tmp_path: Path, cmdb: Program, files: Files, says: str
    ) -> None:
        write(tmp_path, files)
        said = cmdb("init", "--merge-driver", "-C", str(tmp_path))
        assert (said.code, said.out) == (2, "")
        assert says in said.err

    def test_a_link_is_not_written_through(self, tmp_path: Path, cmdb: Program) -> None:
        checkout = Checkout.create(tmp_path / "x")
        checkout.commit({"cmdb.yaml": "name: x\n", ".gitattributes": Link("../elsewhere")})
        said = cmdb("init", "--merge-driver", "-C", str(checkout.root))
        assert said.code == 2
        assert not (tmp_path / "elsewhere").exists()
