"""A checkout, its revision and the same files in memory are one and the same to whoever reads them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmdb.sources.git_tree import GitTree
from cmdb.sources.memory import Memory
from cmdb.sources.protocol import LIMIT, File, NotThere, TextSource, Unreadable
from cmdb.sources.worktree import Worktree
from cmdb.testing.repositories import Checkout, Files, Link, write

CASES: dict[str, tuple[Files, list[str]]] = {
    "sorted by whole path": (
        {"inventory/b.yaml": "", "inventory/a/z.yaml": "", "inventory/a-b.yaml": "", "inventory/a.yaml": ""},
        ["inventory/a-b.yaml", "inventory/a.yaml", "inventory/a/z.yaml", "inventory/b.yaml"],
    ),
    "files elsewhere do not count": (
        {"inventory/a.yaml": "", "inventory-old/b.yaml": "", "cmdb.yaml": ""},
        ["inventory/a.yaml"],
    ),
    "a folder that is not there has no files": ({"cmdb.yaml": ""}, []),
    "folders with a dot are passed over, files with one are not": (
        {"inventory/.cache/a.yaml": "", "inventory/x/.y/z.yaml": "", "inventory/.b.yaml": "", "inventory/c.yaml": ""},
        ["inventory/.b.yaml", "inventory/c.yaml"],
    ),
    "a folder that looks like a file": (
        {"inventory/x.yaml/a.yaml": "", "inventory/y.yml/z/b.txt": "", "inventory/x.yaml-1": ""},
        [
            "inventory/x.yaml: is a folder, not a file",
            "inventory/x.yaml-1",
            "inventory/x.yaml/a.yaml",
            "inventory/y.yml: is a folder, not a file",
            "inventory/y.yml/z/b.txt",
        ],
    ),
    "a file where a folder belongs": ({"inventory": ""}, ["inventory: is a file, not a folder"]),
    "names of any script, and with spaces": (
        {"inventory/Müller srv.yaml": "", "inventory/数据库.yaml": "", 'inventory/q"\n.yaml': ""},
        ["inventory/Müller srv.yaml", 'inventory/q"\n.yaml', "inventory/数据库.yaml"],
    ),
}

LINKS: dict[str, tuple[Files, list[str]]] = {
    "a link to a file inside": (
        {"shared/a.yaml": "id: a", "inventory/b.yaml": Link("../shared/a.yaml")},
        ["inventory/b.yaml"],
    ),
    "a link to a folder inside": (
        {"shared/deep/a.yaml": "id: a", "inventory/team": Link("../shared")},
        ["inventory/team/deep/a.yaml"],
    ),
    "links over links": (
        {"shared/a.yaml": "id: a", "s": Link("shared"), "inventory/b.yaml": Link("../s/a.yaml")},
        ["inventory/b.yaml"],
    ),
    "the folder itself is a link": ({"real/a.yaml": "", "inventory": Link("real")}, ["inventory/a.yaml"]),
    "the folder itself is a link out": (
        {"inventory": Link("/etc")},
        ["inventory: is a link out of the workspace, to /etc"],
    ),
    "an absolute link": (
        {"inventory/a.yaml": Link("/etc/passwd")},
        ["inventory/a.yaml: is a link out of the workspace, to /etc/passwd"],
    ),
    "a link above the workspace": (
        {"inventory/a.yaml": Link("../../../../../../../../../../../../../../etc/passwd")},
        ["inventory/a.yaml: is a link out of the workspace, to ../../../../../../../../../../../../../../etc/passwd"],
    ),
    "a link into what is hidden": (
        {".secret/token": "t", "inventory/a.yaml": Link("../.secret/token")},
        ["inventory/a.yaml: is a link to ../.secret/token, which is hidden"],
    ),
    "a broken link": (
        {"inventory/a.yaml": Link("nowhere.yaml")},
        ["inventory/a.yaml: is a broken link, to nowhere.yaml"],
    ),
    "a link to itself": (
        {"inventory/a.yaml": Link("a.yaml")},
        ["inventory/a.yaml: is a link that leads back to itself"],
    ),
    "a link to a folder above": (
        {"inventory/a/b.yaml": "", "inventory/a/up": Link("..")},
        ["inventory/a/b.yaml", "inventory/a/up: is a link that leads back to itself"],
    ),
    "a link to the workspace": (
        {"inventory/a.yaml": "", "inventory/all": Link("..")},
        ["inventory/a.yaml", "inventory/all: is a link that leads back to itself"],
    ),
    "two folders that link to each other": (
        {"inventory/a/x.yaml": "", "inventory/a/b": Link("../b"), "inventory/b/a": Link("../a")},
        [
            "inventory/a/b/a: is a link that leads back to itself",
            "inventory/a/x.yaml",
            "inventory/b/a/b: is a link that leads back to itself",
            "inventory/b/a/x.yaml",
        ],
    ),
    "two links to one folder": (
        {"shared/a.yaml": "", "inventory/one": Link("../shared"), "inventory/two": Link("../shared")},
        ["inventory/one/a.yaml", "inventory/two: is a link to shared, which another link brings in already"],
    ),
    "an editor's lock": ({"inventory/a.yaml": "", "inventory/.#a.yaml": Link("me@host.1")}, ["inventory/a.yaml"]),
    "a linked folder that looks like a file": (
        {"shared/a.yaml": "", "inventory/x.yaml": Link("../shared")},
        ["inventory/x.yaml: is a folder, not a file", "inventory/x.yaml/a.yaml"],
    ),
}


@pytest.mark.parametrize(("files", "listed"), CASES.values(), ids=CASES)
def test_listing(tmp_path: Path, files: Files, listed: list[str]) -> None:
    texts = {path: text for path, text in files.items() if isinstance(text, str)}
    for source in (Memory(texts), *on_disk(tmp_path, files)):
        assert shown(source) == listed, source.label


@pytest.mark.parametrize(("files", "listed"), LINKS.values(), ids=LINKS)
def test_links(tmp_path: Path, files: Files, listed: list[str]) -> None:
    for source in on_disk(tmp_path, files):
        assert shown(source) == listed, source.label
        readable = [file.path for file in source.files("inventory") if isinstance(file, File)]
        assert all(isinstance(data, bytes) for _, data in source.read_many(readable))


@pytest.mark.parametrize(("files", "listed"), LINKS.values(), ids=LINKS)
def test_what_is_listed_as_unreadable_is_not_read_either(tmp_path: Path, files: Files, listed: list[str]) -> None:
    refused = [line.partition(": ")[0] for line in listed if ": " in line]
    for source in on_disk(tmp_path, files):
        for path, outcome in source.read_many(refused):
            assert isinstance(outcome, Unreadable), (source.label, path)


def test_a_workspace_in_a_subfolder_does_not_reach_its_siblings(tmp_path: Path) -> None:
    files: Files = {
        "shop/inventory/a.yaml": "id: a",
        "shop/inventory/back.yaml": Link("../../shop/inventory/a.yaml"),
        "shop/inventory/out.yaml": Link("../../other/b.yaml"),
        "other/b.yaml": "id: b",
    }
    for source in on_disk(tmp_path, files, folder="shop"):
        assert shown(source) == [
            "inventory/a.yaml",
            "inventory/back.yaml",
            "inventory/out.yaml: is a link out of the workspace, to ../../other/b.yaml",
        ]
        assert source.read("inventory/back.yaml") == b"id: a"


def test_bytes_come_in_the_order_asked_and_as_they_are(tmp_path: Path) -> None:
    contents = {f"inventory/{number}.yaml": "é" * number + "\r\n" for number in range(300)}
    paths = list(contents)
    random.Random(7).shuffle(paths)
    for source in (Memory(contents), *on_disk(tmp_path, dict(contents))):
        assert list(source.read_many(paths)) == [(path, contents[path].encode()) for path in paths]


def test_what_is_not_there(tmp_path: Path) -> None:
    for source in (Memory({"a/b.yaml": ""}), *on_disk(tmp_path, {"a/b.yaml": ""})):
        for path in ("b.yaml", "a/c.yaml", "a/b.yaml/c", "x/y/z.yaml"):
            with pytest.raises(NotThere) as caught:
                source.read(path)
            assert (caught.value.path, caught.value.reason) == (path, "does not exist")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "a//b", "./a", "a\0b"])
def test_paths_that_lead_out(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"secret": "s"})
    for source in (Memory({path: ""}), *on_disk(tmp_path / "workspace", {"a/b": ""})):
        with pytest.raises(Unreadable, match="is no path inside the workspace"):
            source.read(path)


def test_a_file_over_the_limit_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    big = b"#" * (LIMIT + 1)
    files: Files = {"inventory/a.yaml": big, "inventory/b.yaml": b"id: b", "inventory/c.yaml": b"#" * LIMIT}
    texts = {path: text for path, text in files.items() if isinstance(text, bytes)}
    for source in (Memory(texts), *on_disk(tmp_path, files)):
        first, second, third = (outcome for _, outcome in source.read_many(sorted(files)))
        assert isinstance(first, Unreadable)
        assert first.reason == "has 16.0 MiB; files over 16 MiB are not read"
        assert second == b"id: b"
        assert isinstance(third, bytes)
        assert len(third) == LIMIT


def on_disk(root: Path, files: Files, folder: str = "") -> Iterator[TextSource]:
    checkout = Checkout.create(root)
    checkout.commit(files)
    yield Worktree(root / folder)
    yield GitTree(root / folder, "HEAD")


def shown(source: TextSource) -> list[str]:
    entries = source.files("inventory")
    return [entry.path if isinstance(entry, File) else f"{entry.path}: {entry.reason}" for entry in entries]
