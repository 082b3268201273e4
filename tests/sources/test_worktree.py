"""What a disk can hold that no repository does, and files that change while they are read."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cmdb.sources import descriptors
from cmdb.sources.descriptors import Folders, contents
from cmdb.sources.protocol import LIMIT, File, NotThere, Unreadable
from cmdb.sources.worktree import Worktree
from cmdb.testing.repositories import Link, write

NOBODY = 65534
SPECIAL = "is a pipe, a socket or a device, not a file"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        server.bind(path.name)


@pytest.mark.parametrize("make", [pipe, listening])
def test_pipes_and_sockets_are_listed_and_never_opened(
    tmp_path: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"inventory/b.yaml": "id: b"})
    make(tmp_path / "inventory/a.yaml")
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("it was opened"))
    assert listed(Worktree(tmp_path)) == [f"inventory/a.yaml: {SPECIAL}", "inventory/b.yaml"]


@pytest.mark.parametrize("make", [pipe, listening])
def test_reading_a_pipe_or_a_socket_does_not_hang(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.yaml")
    with pytest.raises(Unreadable):
        Worktree(tmp_path).read("a.yaml")


def test_a_link_to_a_pipe(tmp_path: Path) -> None:
    write(tmp_path, {"inventory/b.yaml": "", "inventory/a.yaml": Link("../pipe")})
    pipe(tmp_path / "pipe")
    assert listed(Worktree(tmp_path)) == [f"inventory/a.yaml: {SPECIAL}", "inventory/b.yaml"]
    with pytest.raises(Unreadable, match="is a pipe"):
        Worktree(tmp_path).read("inventory/a.yaml")


def test_an_empty_folder_that_looks_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "inventory/x.yaml").mkdir(parents=True)
    assert listed(Worktree(tmp_path)) == ["inventory/x.yaml: is a folder, not a file"]
    with pytest.raises(Unreadable, match="is a folder, not a file"):
        Worktree(tmp_path).read("inventory/x.yaml")


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    names = (b"caf\xe9.yaml", b"f\xff/a.yaml", b"z.yaml")
    write(tmp_path, {f"inventory/{os.fsdecode(name)}": "" for name in names})
    entries = list(Worktree(tmp_path).files("inventory"))
    assert [entry.path for entry in entries] == [r"inventory/caf\xe9.yaml", r"inventory/f\xff", "inventory/z.yaml"]
    assert [isinstance(entry, Unreadable) and entry.folder for entry in entries] == [False, True, False]


def test_a_workspace_reached_through_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"real/inventory/a.yaml": "id: a", "real/inventory/b.yaml": Link("a.yaml"), "way": Link("real")})
    tree = Worktree(tmp_path / "way")
    assert listed(tree) == ["inventory/a.yaml", "inventory/b.yaml"]
    assert tree.read("inventory/b.yaml") == b"id: a"


def test_many_links_stay_few_files(tmp_path: Path) -> None:
    """Each folder links twice to the next: followed blindly that is 2^30 files."""
    for number in range(30):
        here = tmp_path / f"inventory/d{number}"
        write(here, {"a.yaml": "", "x": Link(f"../d{number + 1}"), "y": Link(f"../d{number + 1}")})
    (tmp_path / "inventory/d30").mkdir()
    assert len(listed(Worktree(tmp_path))) < 30 * 30


def test_a_file_swapped_for_a_link_after_it_was_listed(tmp_path: Path) -> None:
    write(tmp_path, {"secret": "s", "w/inventory/a.yaml": "id: a", "w/inventory/b.yaml": "id: b"})
    tree = Worktree(tmp_path / "w")
    paths = [file.path for file in tree.files("inventory")]
    write(tmp_path, {"w/inventory/a.yaml": Link("../../secret")})
    first, second = (outcome for _, outcome in tree.read_many(paths))
    assert isinstance(first, Unreadable)
    assert first.reason == "is a link out of the workspace, to ../../secret"
    assert second == b"id: b"


def test_a_folder_swapped_for_a_link_after_it_was_listed(tmp_path: Path) -> None:
    write(tmp_path, {"outside/a.yaml": "secret", "w/inventory/f/a.yaml": "id: a"})
    tree = Worktree(tmp_path / "w")
    paths = [file.path for file in tree.files("inventory")]
    shutil.rmtree(tmp_path / "w/inventory/f")
    (tmp_path / "w/inventory/f").symlink_to("../../outside")
    ((_, outcome),) = tree.read_many(paths)
    assert isinstance(outcome, Unreadable)
    assert outcome.reason.startswith("is a link out of the workspace")


@pytest.mark.parametrize("path", ["link/a.yaml", "link.yaml"])
def test_no_link_is_followed_while_opening(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"real/a.yaml": "", "link": Link("real"), "link.yaml": Link("real/a.yaml")})
    with Folders(tmp_path) as folders, pytest.raises(OSError, match=r"(?i)symbolic links|not a directory"):
        contents(folders, path)


def test_without_relative_opening_links_are_still_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "RELATIVE", False)
    monkeypatch.setattr("cmdb.sources.worktree.RELATIVE", False)
    write(tmp_path, {"secret": "s", "w/real/a.yaml": "id: a", "w/in": Link("real"), "w/out": Link("..")})
    tree = Worktree(tmp_path / "w")
    assert tree.read("in/a.yaml") == b"id: a"
    with pytest.raises(Unreadable, match="is a link out of the workspace"):
        tree.read("out/secret")


def test_a_file_deleted_after_it_was_listed(tmp_path: Path) -> None:
    write(tmp_path, {"inventory/a.yaml": "id: a"})
    tree = Worktree(tmp_path)
    (tmp_path / "inventory/a.yaml").unlink()
    ((_, outcome),) = tree.read_many(["inventory/a.yaml"])
    assert isinstance(outcome, NotThere)


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(LIMIT * 1000)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(Unreadable, match=r"has 16,000\.0 MiB"):
        Worktree(tmp_path).read("a.yaml")


@pytest.mark.parametrize("grown", [1, 5000, LIMIT])
def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grown: int) -> None:
    write(tmp_path, {"a.yaml": "x" * 10})
    real_read = os.read

    def read(descriptor: int, count: int) -> bytes:
        monkeypatch.setattr(os, "read", real_read)
        write(tmp_path, {"a.yaml": "x" * (10 + grown)})
        return real_read(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    if grown < LIMIT:
        assert len(Worktree(tmp_path).read("a.yaml")) == 10 + grown
    else:
        with pytest.raises(Unreadable, match="files over 16 MiB"):
            Worktree(tmp_path).read("a.yaml")


@pytest.fixture
def guarded() -> Iterator[Path]:
    """A folder that everybody may enter, to be looked at as nobody in particular."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    yield root
    os.seteuid(os.getuid())
    for path in root.rglob("*"):
        path.chmod(0o700)
    shutil.rmtree(root)


def test_without_permission(guarded: Path) -> None:
    write(guarded, {"inventory/a.yaml": "id: a", "inventory/b/c.yaml": "", "inventory/d.yaml": "id: d"})
    (guarded / "inventory/a.yaml").chmod(0)
    (guarded / "inventory/b").chmod(0)
    if os.getuid() == 0:
        os.seteuid(NOBODY)
    tree = Worktree(guarded)
    folder = next(entry for entry in tree.files("inventory") if isinstance(entry, Unreadable))
    assert (folder.path, folder.reason, folder.folder) == ("inventory/b", "may not be read: permission denied", True)
    outcomes = dict(tree.read_many(["inventory/a.yaml", "inventory/b/c.yaml", "inventory/d.yaml"]))
    for path in ("inventory/a.yaml", "inventory/b/c.yaml"):
        outcome = outcomes[path]
        assert isinstance(outcome, Unreadable)
        assert outcome.reason == "may not be read: permission denied"
        assert outcome.hint
    assert outcomes["inventory/d.yaml"] == b"id: d"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    write(tmp_path, {f"inventory/{number}/a.yaml": "" for number in range(20)})
    write(tmp_path, {"inventory/x.yaml": Link("nowhere")})
    before = open_descriptors()
    tree = Worktree(tmp_path)
    list(tree.read_many([file.path for file in tree.files("inventory")]))
    unfinished = tree.read_many(["inventory/1/a.yaml", "inventory/2/a.yaml"])
    next(unfinished)
    del unfinished
    assert open_descriptors() == before


def listed(tree: Worktree) -> list[str]:
    entries = tree.files("inventory")
    return [entry.path if isinstance(entry, File) else f"{entry.path}: {entry.reason}" for entry in entries]


def open_descriptors() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())
