"""Loading with a cache gives what loading without one gives, whatever happened in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.model.ci import CI
from cmdb.model.problem import Problem
from cmdb.testing.repositories import write
from cmdb.workspace import Workspace

FILES = {
    "cmdb.yaml": "name: cached\n",
    "inventory/_defaults.yaml": "owner: team-a\nattributes: {os: debian, memory: 8 GiB}\nlabels: {tier: web}\n",
    "inventory/schema/shop.yaml": "kinds:\n  till:\n    attributes: {drawers: {type: integer, default: 2}, firmware: version}\n",
    "inventory/web.yaml": "- {kind: server, id: web-1, tags: [b, a], attributes: {os_version: 1.10, serial_number: 007}}\n"
    "- {kind: server, id: web-2, owner: ~, attributes: {memory: 16 GiB, odd: [1, [2, {a: 1.5}]]}}\n",
    "inventory/deep/_defaults.yaml": "owner: team-b\n",
    "inventory/deep/till.yaml": "kind: till\nid: till-1\naliases: [kasse]\nlinks: {wiki: 'https://example.org'}\n"
    "relations:\n  uses: [web-1, {to: web-2, port: 80}]\n"
    "  depends_on:\n    - {name: q, at_least: 1, of: [web-1, {at_least: 1, of: [web-2]}], since: 2026}\n",
    "inventory/huge.yaml": "kind: server\nid: huge\nattributes: {number: 123456789012345678901234567890}\n",
    "inventory/wrong.yaml": "kind: server\nid: wrong\ncolour: red\nattributes: {memory: lots}\n",
}  # fmt: skip

Loaded = tuple[dict[str, CI], tuple[Problem, ...], dict[str, dict[str, str]]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "workspace"
    write(folder, FILES)
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    yield folder


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def load(root: Path, *, cache: bool = True) -> Loaded:
    workspace = Workspace.open(root, cache=cache)
    inventory = workspace.inventory
    origins = {
        name: {path: f"{told.location} {told.origin}" for path, told in workspace.provenance(ci).items()}
        for name, ci in inventory.items()
    }
    return dict(inventory), workspace.located(inventory.problems), origins


def entries(root: Path) -> list[Path]:
    return sorted((root.parent / "cache").glob("*.image"))


@pytest.mark.parametrize("in_git", [False, True])
def test_cold_warm_and_without_a_cache_are_the_same(root: Path, in_git: bool) -> None:
    if in_git:
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-qm", "all")
    plain = load(root, cache=False)
    assert not entries(root)
    assert load(root) == plain
    assert entries(root)
    assert load(root) == plain


def test_warm_really_reads_less(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(root)
    read: list[str] = []
    monkeypatch.setattr("cmdb.formats.inventory_reader.InventoryReading.read_many", spy(read))
    load(root)
    assert read == ["inventory/huge.yaml", "inventory/wrong.yaml"]


def spy(read: list[str]) -> object:
    from cmdb.formats.inventory_reader import FileReading, InventoryReading

    real = InventoryReading.read_many

    def note(self: InventoryReading, files: Iterable[tuple[str, bytes]]) -> Iterator[FileReading]:
        some = list(files)
        read.extend(path for path, _ in some)
        return real(self, some)

    return note


EDITS = {
    "a CI": ("inventory/web.yaml", "- {kind: server, id: web-1}\n"),
    "a default": ("inventory/_defaults.yaml", "owner: team-z\n"),
    "a nearer default": ("inventory/deep/_defaults.yaml", "owner: ~\n"),
    "the schema": ("inventory/schema/shop.yaml", "kinds:\n  till:\n    attributes: {firmware: string}\n"),
    "a fault mended": ("inventory/wrong.yaml", "kind: server\nid: wrong\n"),
    "a fault made": ("inventory/huge.yaml", "kind: server\nid: [\n"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("in_git", [False, True])
def test_whatever_changes_is_seen(root: Path, edit: str, in_git: bool) -> None:
    if in_git:
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-qm", "all")
    load(root)
    path, text = EDITS[edit]
    write(root, {path: text})
    assert load(root) == load(root, cache=False)


def test_a_moved_file_has_its_new_place(root: Path) -> None:
    load(root)
    (root / "inventory/deep/till.yaml").rename(root / "inventory/deep/moved.yaml")
    assert load(root) == load(root, cache=False)
    (root / "inventory/deep/moved.yaml").rename(root / "inventory/moved.yaml")
    assert load(root) == load(root, cache=False)


def test_a_file_changed_within_the_same_second_and_size(root: Path) -> None:
    git(root, "init", "-q")
    path = root / "inventory" / "racy.yaml"
    for owner in ("team-x", "team-y", "team-z"):
        path.write_text(f"kind: server\nid: racy\nowner: {owner}\n")
        git(root, "add", ".")
        path.write_text(f"kind: server\nid: racy\nowner: {owner.upper()}\n")
        os.utime(path, ns=(1_700_000_000 * 10**9, 1_700_000_000 * 10**9))
        assert load(root)[0]["racy"].owner == owner.upper()


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_what_git_was_told_to_overlook_is_seen(root: Path, flag: str) -> None:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    load(root)
    git(root, "update-index", flag, "inventory/web.yaml")
    write(root, {"inventory/web.yaml": "kind: server\nid: other\n"})
    assert "other" in load(root)[0]


@pytest.mark.parametrize(
    "attributes", ["*.yaml working-tree-encoding=UTF-16\n", "*.yaml filter=upper\n", "*.yaml ident\n"]
)
def test_content_that_git_converts_is_read(root: Path, attributes: str) -> None:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    (root / ".gitattributes").write_text(attributes)
    git(root, "config", "filter.upper.clean", "touch ran; tr a-z A-Z")
    assert load(root) == load(root, cache=False)
    assert not (root / "ran").exists()


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~1"])
def test_revisions_share_what_is_remembered(root: Path, revision: str) -> None:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    write(root, {"inventory/web.yaml": "kind: server\nid: web-9\n"})
    git(root, "commit", "-qam", "second")
    load(root)
    warm, plain = (dict(Workspace.open(root, cache=cache).at(revision).inventory) for cache in (True, False))
    assert warm == plain


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_cache_changes_no_answer(root: Path, data: st.DataObject) -> None:
    plain = load(root, cache=False)
    for path in entries(root):
        path.unlink()
    load(root)
    (path,) = entries(root)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    assert load(root) == plain
    assert load(root) == plain


PROGRAM = dedent("""
    import json, resource, sys
    from cmdb.workspace import Workspace
    if sys.argv[2] == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
    inventory = Workspace.open(sys.argv[1]).inventory
    print(json.dumps([repr(ci) for ci in inventory.values()]))
""")


def start(root: Path, how: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(root), how]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)


def test_eight_processes_at_once(root: Path) -> None:
    plain = [repr(ci) for ci in load(root, cache=False)[0].values()]
    running = [start(root, "") for _ in range(8)]
    assert [json.loads(process.communicate()[0]) for process in running] == [plain] * 8


def test_a_full_disk(root: Path) -> None:
    plain = [repr(ci) for ci in load(root, cache=False)[0].values()]
    out, _ = start(root, "full").communicate()
    assert json.loads(out) == plain


@pytest.mark.parametrize("why", ["a file", "read-only", "of the kernel"])
def test_a_home_that_takes_no_files(root: Path, tmp_path: Path, why: str) -> None:
    """Permissions forbid root nothing, `/proc` does."""
    plain = [repr(ci) for ci in load(root, cache=False)[0].values()]
    home = Path("/proc") if why == "of the kernel" else tmp_path / "home"
    if why == "a file":
        home.write_text("")
    elif why == "read-only":
        home.mkdir(mode=0o500)
    out, _ = start(root, "", HOME=str(home), CMDB_CACHE_DIR="", XDG_CACHE_HOME="").communicate()
    assert json.loads(out) == plain
