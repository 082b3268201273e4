"""What is remembered of a large tree, its listing and its index, is believed only as long as nothing changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.cache import listing
from cmdb.sources import walk
from cmdb.sources.repository import Answer, Repository
from cmdb.testing.repositories import Link, write
from cmdb.workspace import Workspace

YOUNG = 30_000_000
"""Nanoseconds; several times what the kernel's clock of files goes by."""
FILES = {
    "cmdb.yaml": "name: large\n",
    "inventory/_defaults.yaml": "owner: team-a\n",
    "inventory/a.yaml": "kind: server\nid: a\n",
    "inventory/b/b.yaml": "kind: server\nid: b\nname: $Id$\nrelations: {uses: a}\n",
    "inventory/b/_defaults.yaml": "owner: team-b\n",
    "inventory/c/d/e.yaml": "kind: server\nid: e\nrelations: {uses: b}\n",
    "inventory/c/notes.txt": "not read\n",
}
Edit = Callable[[Path], object]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    for module in ("listing", "tracking"):
        monkeypatch.setattr(f"cmdb.cache.{module}.LARGE", 1)
    for module in ("cache.listing", "sources.unchanged"):
        monkeypatch.setattr(f"cmdb.{module}.SETTLED", YOUNG)
    write(tmp_path / "workspace", FILES)
    return tmp_path / "workspace"


@pytest.fixture
def tracked(root: Path) -> Path:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    return root


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def load(root: Path, *, cache: bool = True) -> Mapping[str, object]:
    workspace = Workspace.open(root, cache=cache)
    topology, inventory = workspace.topology, workspace.inventory
    return {
        "ids": tuple(topology.ids),
        "cis": dict(inventory),
        "problems": workspace.located(inventory.problems),
        "unread": workspace.unread,
    }


def remember(root: Path) -> None:
    """Two loads, long enough after the last change."""
    for _ in range(2):
        time.sleep(2 * YOUNG / 1e9)
        load(root)


def listings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are listed from now on."""
    found: list[str] = []
    real = walk.files

    def note(tree: walk.Tree, folder: str) -> object:
        found.append(folder)
        return real(tree, folder)

    monkeypatch.setattr(walk, "files", note)
    return found


def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Git is asked from now on."""
    found: list[str] = []
    real = Repository.ask

    def note(self: Repository, *arguments: str) -> Answer:
        found.append(arguments[0])
        return real(self, *arguments)

    monkeypatch.setattr(Repository, "ask", note)
    return found


def test_a_large_tree_is_not_listed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(root)
    found = listings(monkeypatch)
    assert load(root)["ids"] == ("a", "b", "e")
    assert found == []


def test_after_a_change_only_its_folder_is_listed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(root)
    found = listings(monkeypatch)
    write(root, {"inventory/b/new.yaml": "kind: server\nid: new\n", "inventory/b/.hidden/x.yaml": "id: ["})
    (root / "inventory/a.yaml").rename(root / "inventory/c/z.yaml")
    for _ in range(2):
        assert load(root)["ids"] == ("a", "b", "e", "new")
        remember(root)
    assert found == []
    monkeypatch.setattr(listing, "FEW", 0)
    assert load(root)["ids"] == ("a", "b", "e", "new")
    assert found == [], "what was found is remembered"
    (root / "inventory/b/new.yaml").unlink()
    assert load(root)["ids"] == ("a", "b", "e")
    assert found == ["inventory", "baselines"]


def test_a_folder_that_became_a_link_is_not_believed(root: Path) -> None:
    remember(root)
    write(root, {"spare/x.yaml": "baseline: [\n", "baselines": Link("spare")})
    remember(root)
    write(root, {"spare/y.yaml": "baseline: [\n"})
    assert load(root)["unread"] == ("baselines/x.yaml", "baselines/y.yaml")
    assert load(root) == load(root, cache=False)


def test_nobody_asks_again_what_the_index_holds(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tracked)
    found = questions(monkeypatch)
    assert load(tracked)["ids"] == ("a", "b", "e")
    assert sorted(found) == ["config", "diff-files"]
    other(tracked)
    assert load(tracked)["ids"] == ("b", "e", "other")
    assert "ls-files" not in found


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def back_in_time(root: Path) -> None:
    folder = root / "inventory/b"
    was = folder.stat()
    (folder / "new.yaml").write_text("kind: server\nid: new\n")
    os.utime(folder, ns=(was.st_atime_ns, was.st_mtime_ns))


def exchanged(root: Path) -> None:
    """Another folder with the same times takes the place of one."""
    shutil.copytree(root / "inventory/b", root / "other", copy_function=shutil.copy2)
    (root / "other/b.yaml").write_text("kind: server\nid: b2\n")
    shutil.copystat(root / "inventory/b", root / "other")
    above = (root / "inventory").stat()
    shutil.rmtree(root / "inventory/b")
    (root / "other").rename(root / "inventory/b")
    os.utime(root / "inventory", ns=(above.st_atime_ns, above.st_mtime_ns))


def put(path: str, content: str | Link) -> Edit:
    def edit(root: Path) -> None:
        if (root / path).is_fifo():  # to write into one is to wait for somebody who reads
            (root / path).unlink()
        write(root, {path: content})

    return edit


def run(*arguments: str) -> Edit:
    return lambda root: git(root, *arguments)


def each(*edits: Edit) -> Edit:
    def all_of_them(root: Path) -> None:
        for edit in edits:
            edit(root)

    return all_of_them


def move(path: str, to: str) -> Edit:
    return lambda root: (root / path).rename(root / to)


LISTED: Mapping[str, Edit] = {
    "a file comes": put("inventory/c/new.yaml", "kind: server\nid: new\n"),
    "a folder comes": put("inventory/x/y/new.yaml", "kind: server\nid: new\n"),
    "a file goes": lambda root: (root / "inventory/c/d/e.yaml").unlink(),
    "a folder goes": lambda root: shutil.rmtree(root / "inventory/b"),
    "a file is renamed": move("inventory/a.yaml", "inventory/z.yaml"),
    "a folder is renamed": move("inventory/c", "inventory/_c"),
    "a file moves": move("inventory/a.yaml", "inventory/c/d/a.yaml"),
    "a pipe": lambda root: pipe(root / "inventory/a.yaml"),
    "a link out": put("inventory/out.yaml", Link("/etc/hostname")),
    "a folder that is a link": each(move("inventory/b", "spare"), put("inventory/b", Link("../spare"))),
    "baselines that are a link": each(put("spare/x.yaml", "baseline: [\n"), put("baselines", Link("spare"))),
    "a folder that looks like a file": put("inventory/c/d.yaml/new.yaml", "kind: server\nid: new\n"),
    "a link in": each(put("inventory/in.yaml", Link("../spare.yaml")), put("spare.yaml", "id: [\n")),
    "baselines come": put("baselines/wrong.yaml", "baseline: [\n"),
    "the inventory is a file": each(lambda root: shutil.rmtree(root / "inventory"), put("inventory", "x")),
    "the time is set back": back_in_time,
    "another folder takes its place": exchanged,
    "nothing reads a file any more": move("inventory/a.yaml", "inventory/a.YAML"),
}


@pytest.mark.parametrize("edit", LISTED)
@pytest.mark.parametrize("in_git", [False, True])
def test_whatever_comes_and_goes_is_seen(root: Path, edit: str, in_git: bool) -> None:
    if in_git:
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-qm", "all")
    remember(root)
    LISTED[edit](root)
    assert load(root) == load(root, cache=False)
    remember(root)
    assert load(root) == load(root, cache=False)


other = put("inventory/a.yaml", "kind: server\nid: other\n")
third = put("inventory/a.yaml", "kind: server\nid: third\n")
again = each(lambda root: (root / "inventory/b/b.yaml").unlink(), run("checkout", "-q", "inventory/b/b.yaml"))
commit = run("commit", "-qam", "other")
TRACKED: Mapping[str, Edit] = {
    "a CI": other,
    "a CI, added": each(other, run("add", ".")),
    "added, and then again": each(other, run("add", "."), third),
    "a commit": each(other, commit),
    "a commit, and back": each(other, commit, run("reset", "-q", "--hard", "HEAD~1")),
    "the index alone": each(other, commit, run("reset", "-q", "--mixed", "HEAD~1")),
    "a default": put("inventory/b/_defaults.yaml", "owner: team-z\n"),
    "a file that is not added": put("inventory/new.yaml", "kind: server\nid: new\n"),
    "a file no longer looked after": each(run("rm", "-q", "--cached", "inventory/a.yaml"), other),
    "a file to be overlooked": each(run("update-index", "--assume-unchanged", "inventory/a.yaml"), other),
    "touched": lambda root: os.utime(root / "inventory/a.yaml", ns=(5, 5)),
    "executable": lambda root: (root / "inventory/a.yaml").chmod(0o755),
    "attributes at the top": put(".gitattributes", "* text eol=crlf\n"),
    "attributes below": each(put("inventory/b/.gitattributes", "*.yaml ident\n"), again),
    "attributes at the top, and another file": each(put(".gitattributes", "*.yaml ident\n"), again),
    "line ends": run("config", "core.autocrlf", "true"),
    "the schema": put("inventory/schema/own.yaml", "kinds: {server: {abstract: true}}\n"),
    "no repository": lambda root: shutil.rmtree(root / ".git"),
    "no index": lambda root: (root / ".git/index").unlink(),
    "a damaged index": lambda root: (root / ".git/index").write_bytes(b"DIRC"),
}


@pytest.mark.parametrize("edit", TRACKED)
def test_whatever_git_has_a_say_in_is_seen(tracked: Path, edit: str) -> None:
    remember(tracked)
    TRACKED[edit](tracked)
    assert load(tracked) == load(tracked, cache=False)
    remember(tracked)
    assert load(tracked) == load(tracked, cache=False)


def test_a_file_that_was_edited_when_its_tree_was_remembered(tracked: Path) -> None:
    other(tracked)
    remember(tracked)
    assert load(tracked)["ids"] == ("b", "e", "other")
    git(tracked, "checkout", "-q", "inventory/a.yaml")
    assert load(tracked)["ids"] == ("a", "b", "e")


def test_another_index(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tracked)
    monkeypatch.setenv("GIT_INDEX_FILE", str(tracked / ".git/another"))
    other(tracked)
    git(tracked, "add", ".")
    third(tracked)
    assert load(tracked)["ids"] == ("b", "e", "third")


def test_an_index_that_was_just_written_is_not_believed(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmdb.sources.unchanged.SETTLED", 3600 * 10**9)
    remember(tracked)
    found = questions(monkeypatch)
    load(tracked)
    assert "ls-files" in found


def test_an_index_that_is_written_meanwhile(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tracked)
    real = Repository.ask

    def write_too(self: Repository, *arguments: str) -> Answer:
        answer = real(self, *arguments)
        if arguments[0] == "diff-files":
            other(tracked)
            git(tracked, "add", ".")
        return answer

    monkeypatch.setattr(Repository, "ask", write_too)
    assert load(tracked)["ids"] == ("b", "e", "other")


def test_no_filter_is_started_where_attributes_are_out_of_sight(tracked: Path) -> None:
    remember(tracked)
    git(tracked, "config", "filter.canary.clean", "touch ran; cat")
    hidden = {"inventory/.hidden/.gitattributes": "* filter=canary\n", "docs/.gitattributes": "* filter=canary\n"}
    write(tracked, {**hidden, "inventory/.hidden/x.yaml": "x", "docs/x.txt": "x"})
    git(tracked, "add", ".")
    for name in ("ran", "inventory/.hidden/ran"):
        (tracked / name).unlink(missing_ok=True)
    os.utime(tracked / "docs/x.txt", ns=(5, 5))
    os.utime(tracked / "inventory/.hidden/x.yaml", ns=(5, 5))
    remember(tracked)
    assert load(tracked) == load(tracked, cache=False)
    assert not list(tracked.rglob("ran"))


def test_a_filter_that_no_attributes_name_does_no_harm(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tracked, "config", "filter.lfs.clean", "git-lfs clean -- %f")
    remember(tracked)
    read: list[str] = []
    real = Workspace.open(tracked).source.read_many

    def note(_: object, paths: list[str]) -> object:
        read.extend(paths)
        return real(paths)

    monkeypatch.setattr("cmdb.sources.worktree.Worktree.read_many", note)
    assert load(tracked)["ids"] == ("a", "b", "e")
    assert "inventory/a.yaml" not in read


@pytest.mark.parametrize("why", ["young", "a link", "a far file system", "no list of file systems", "few files"])
def test_a_listing_that_could_deceive_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "young":
        monkeypatch.setattr(listing, "SETTLED", 3600 * 10**9)
    elif why == "a link":
        write(root, {"inventory/link.yaml": Link("a.yaml")})
    elif why == "few files":
        monkeypatch.setattr(listing, "LARGE", 1000)
    else:
        mounts = root.parent / "mounts"
        monkeypatch.setattr(listing, "_MOUNTS", mounts)
        if why == "a far file system":
            mounts.write_text("27 1 254:0 / / rw,relatime - nfs4 server:/ rw\n")
    remember(root)
    found = listings(monkeypatch)
    load(root)
    assert "inventory" in found


@pytest.mark.parametrize("what", ["listing", "tree"])
def test_what_is_remembered_may_be_damaged(tracked: Path, what: str) -> None:
    remember(tracked)
    (path,) = (tracked.parent / "cache").glob(f"{what}-*.image")
    whole, expected = path.read_bytes(), load(tracked, cache=False)
    for at in range(0, len(whole), max(len(whole) // 60, 1)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x41
        path.write_bytes(damaged)
        assert load(tracked) == expected
    path.write_bytes(whole[: len(whole) // 2])
    assert load(tracked) == expected


steps = st.lists(st.sampled_from([*LISTED, *(name for name in TRACKED if "index" not in name)]), max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_done_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory, root: Path, monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    monkeypatch.setenv("CMDB_CACHE_DIR", str(folder / "cache"))
    top = folder / "workspace"
    write(top, FILES)
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "all")
    remember(top)
    for number, step in enumerate(steps):
        try:
            {**LISTED, **TRACKED}[step](top)
        except (OSError, subprocess.CalledProcessError):
            continue
        assert load(top) == load(top, cache=False)
        if number % 2:
            remember(top)
            assert load(top) == load(top, cache=False)
