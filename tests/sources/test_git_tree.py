"""Any revision of any shape of repository, read without a checkout."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from cmdb.model.problem import CmdbError
from cmdb.sources.git_tree import GitTree
from cmdb.sources.protocol import File, NotThere, Unreadable
from cmdb.sources.revisions import parse_range
from cmdb.sources.sides import open_sides
from cmdb.sources.worktree import Worktree
from cmdb.testing.repositories import Checkout, Link, write

A, B = "inventory/a.yaml", "inventory/b.yaml"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.create(tmp_path / "repository")


def test_a_revision_is_not_what_lies_on_disk(checkout: Checkout) -> None:
    checkout.commit({A: "old", B: "gone later"})
    checkout.commit({A: "new", B: None})
    write(checkout.root, {A: "not committed", "inventory/c.yaml": "untracked"})
    assert texts(GitTree(checkout.root, "HEAD~1")) == {A: b"old", B: b"gone later"}
    assert texts(GitTree(checkout.root, "HEAD")) == {A: b"new"}
    assert texts(Worktree(checkout.root)) == {A: b"not committed", "inventory/c.yaml": b"untracked"}


def test_digests_name_the_bytes(checkout: Checkout) -> None:
    checkout.commit({A: "same", B: "same", "inventory/c.yaml": "other", "inventory/d.yaml": Link("c.yaml")})
    a, b, c, d = (file.digest for file in GitTree(checkout.root, "HEAD").files("inventory") if isinstance(file, File))
    assert a == b == checkout.git("rev-parse", f"HEAD:{A}")
    assert c == d != a


def test_a_tree_stays_as_it_was_when_branches_move_on(checkout: Checkout) -> None:
    first = checkout.commit({A: "one"})
    tree = GitTree(checkout.root, "main")
    checkout.commit({A: "two"})
    assert tree.commit == first
    assert tree.read(A) == b"one"
    assert tree.label == "main"


@pytest.mark.parametrize("folder", ["shop", "a/b c/dé"])
def test_the_workspace_in_a_subfolder(checkout: Checkout, folder: str) -> None:
    checkout.commit({f"{folder}/{A}": "id: a", A: "another workspace", "other/x.yaml": ""})
    tree = GitTree(checkout.root / folder, "HEAD")
    assert texts(tree) == {A: b"id: a"}
    with pytest.raises(NotThere):
        tree.read("other/x.yaml")


def test_a_subfolder_that_the_revision_does_not_have(checkout: Checkout) -> None:
    checkout.commit({"README": ""})
    checkout.commit({f"shop/{A}": "id: a"})
    assert texts(GitTree(checkout.root / "shop", "HEAD~1")) == {}
    with pytest.raises(NotThere):
        GitTree(checkout.root / "shop", "HEAD~1").read("cmdb.yaml")


def test_a_workspace_reached_through_a_link(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({f"shop/{A}": "id: a"})
    (tmp_path / "way").symlink_to(checkout.root / "shop")
    assert texts(GitTree(tmp_path / "way", "HEAD")) == {A: b"id: a"}


def test_merges_and_renames(checkout: Checkout) -> None:
    checkout.commit({A: "id: a"})
    checkout.git("switch", "--quiet", "-c", "topic")
    checkout.git("mv", A, B)
    checkout.commit()
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/c.yaml": "id: c"})
    checkout.git("merge", "--quiet", "--no-edit", "topic")
    assert texts(GitTree(checkout.root, "HEAD")) == {B: b"id: a", "inventory/c.yaml": b"id: c"}
    assert texts(GitTree(checkout.root, "HEAD^2")) == {B: b"id: a"}


def test_bare(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({A: "id: a", f"shop/{A}": "id: shop"})
    checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert texts(GitTree(tmp_path / "bare.git", "main")) == {A: b"id: a"}
    assert texts(GitTree(tmp_path / "bare.git", "main", folder="shop")) == {A: b"id: shop"}
    with pytest.raises(CmdbError, match="is a bare repository: it has revisions, but no working tree"):
        open_sides(tmp_path / "bare.git", parse_range("main"))


def test_sha256(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path, "--object-format=sha256")
    commit = checkout.commit({A: "id: a", B: Link("a.yaml")})
    assert len(commit) == 64
    for revision in ("HEAD", commit, commit[:10]):
        assert texts(GitTree(tmp_path, revision)) == {A: b"id: a", B: b"id: a"}


def test_a_linked_worktree(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({A: "main"})
    checkout.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "second"))
    second = Checkout(tmp_path / "second")
    second.commit({A: "topic"})
    assert texts(GitTree(second.root, "HEAD")) == {A: b"topic"}
    assert texts(GitTree(checkout.root, "HEAD")) == {A: b"main"}


def test_detached_head(checkout: Checkout) -> None:
    first = checkout.commit({A: "one"})
    checkout.commit({A: "two"})
    checkout.git("checkout", "--quiet", first)
    assert texts(GitTree(checkout.root, "HEAD")) == {A: b"one"}


def test_a_submodule_is_noted_and_not_read(checkout: Checkout, tmp_path: Path) -> None:
    other = Checkout.create(tmp_path / "other")
    other.commit({"b.yaml": "id: b"})
    checkout.commit({A: "id: a"})
    checkout.git("submodule", "--quiet", "add", str(other.root), "inventory/sub")
    checkout.commit()
    tree = GitTree(checkout.root, "HEAD")
    _, note = tree.files("inventory")
    assert isinstance(note, Unreadable)
    assert (note.path, note.folder) == ("inventory/sub", True)
    assert note.reason == "is a submodule; its files belong to another repository"
    assert texts(GitTree(checkout.root / "inventory/sub", "HEAD"), "") == {"b.yaml": b"id: b"}
    for path in ("inventory/sub", "inventory/sub/b.yaml"):
        with pytest.raises(Unreadable):
            tree.read(path)


def test_a_shallow_clone_reads_what_it_has(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({A: "one"})
    checkout.commit({A: "two"})
    checkout.git("clone", "--quiet", "--depth=1", f"file://{checkout.root}", str(tmp_path / "shallow"))
    assert texts(GitTree(tmp_path / "shallow", "HEAD")) == {A: b"two"}
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path / "shallow", "HEAD~1")
    assert "its history is cut off" in str(caught.value)
    assert "git fetch --unshallow" in caught.value.problem.hint


def test_a_partial_clone_is_told_what_it_lacks_and_fetches_nothing(checkout: Checkout, tmp_path: Path) -> None:
    checkout.git("config", "uploadpack.allowFilter", "true")
    checkout.commit({A: "one", B: "two"})
    clone = tmp_path / "partial"
    checkout.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{checkout.root}", str(clone))
    tree = GitTree(clone, "HEAD")
    assert [file.path for file in tree.files("inventory")] == [A, B]
    for _, outcome in tree.read_many([A, B]):
        assert isinstance(outcome, Unreadable)
        assert outcome.reason == "is damaged or missing in this clone"


def test_a_damaged_object_costs_one_file(checkout: Checkout) -> None:
    paths = [f"inventory/{name}.yaml" for name in "abcde"]
    checkout.commit({path: path * 200 for path in paths})
    for path, content in ((paths[1], b""), (paths[3], b"x" * 30)):
        damage(checkout, f"HEAD:{path}", content)
    outcomes = dict(GitTree(checkout.root, "HEAD").read_many(paths))
    assert [isinstance(outcomes[path], Unreadable) for path in paths] == [False, True, False, True, False]
    assert outcomes[paths[4]] == (paths[4] * 200).encode()


def test_a_flipped_bit_is_noticed(checkout: Checkout) -> None:
    checkout.commit({A: "id: a\n" * 500, B: "id: b"})
    path = loose(checkout, f"HEAD:{A}")
    data = bytearray(path.read_bytes())
    data[-3] ^= 0xFF
    damage(checkout, f"HEAD:{A}", bytes(data))
    outcomes = dict(GitTree(checkout.root, "HEAD").read_many([A, B]))
    assert isinstance(outcomes[A], Unreadable)
    assert outcomes[B] == b"id: b"


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}", "HEAD:inventory"])
def test_a_damaged_repository_is_said_to_be_one(checkout: Checkout, what: str) -> None:
    checkout.commit({A: "id: a"})
    damage(checkout, what, b"")
    with pytest.raises(CmdbError) as caught:
        list(GitTree(checkout.root, "HEAD").files("inventory"))
    assert f"the repository of {checkout.root} is damaged" in str(caught.value)
    assert "git fsck" in caught.value.problem.hint


def test_names_that_are_not_utf8(checkout: Checkout) -> None:
    names = (b"caf\xe9.yaml", b"f\xff/a.yaml", b"f\xff/b.yaml", b"z.yaml")
    checkout.commit({f"inventory/{os.fsdecode(name)}": "" for name in names})
    entries = list(GitTree(checkout.root, "HEAD").files("inventory"))
    assert [entry.path for entry in entries] == [r"inventory/caf\xe9.yaml", r"inventory/f\xff", "inventory/z.yaml"]
    assert [isinstance(entry, Unreadable) and entry.folder for entry in entries] == [False, True, False]


def test_attributes_change_nothing_about_the_bytes(checkout: Checkout) -> None:
    checkout.commit({A: "id: $Id$\r\n", ".gitattributes": "*.yaml ident eol=lf -text export-subst\n"})
    assert GitTree(checkout.root, "HEAD").read(A) == b"id: $Id$\r\n"


def test_a_reader_that_stops_early_leaves_no_process(checkout: Checkout) -> None:
    checkout.commit({f"inventory/{number}.yaml": str(number) * 5000 for number in range(400)})
    tree = GitTree(checkout.root, "HEAD")
    before = open_descriptors()
    stream = tree.read_many([file.path for file in tree.files("inventory")])
    next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    assert open_descriptors() == before


def texts(source: GitTree | Worktree, folder: str = "inventory") -> dict[str, bytes]:
    paths = [file.path for file in source.files(folder) if isinstance(file, File)]
    return {path: data for path, data in source.read_many(paths) if isinstance(data, bytes)}


def loose(checkout: Checkout, what: str) -> Path:
    name = checkout.git("rev-parse", what)
    return checkout.root / ".git/objects" / name[:2] / name[2:]


def damage(checkout: Checkout, what: str, content: bytes) -> None:
    path = loose(checkout, what)
    path.chmod(0o600)
    path.write_bytes(content)


def open_descriptors() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())
