"""What people write for a revision, and what they are told when it is none."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from cmdb.model.problem import CmdbError
from cmdb.sources.git_tree import GitTree
from cmdb.sources.repository import open_repository
from cmdb.sources.revisions import Range, commit_of, fork_of, parse_range
from cmdb.sources.sides import open_sides
from cmdb.testing.repositories import Checkout

A = "inventory/a.yaml"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """main: 1 - 2 - 3, topic: 1 - 2 - 4, and an island without any of them; tags v1 (plain) and v2 (annotated)."""
    checkout = Checkout.create(tmp_path_factory.mktemp("history"))
    for number, day in ((1, "2026-01-01"), (2, "2026-01-05"), (3, "2026-01-09")):
        checkout.commit({A: f"id: a{number}"}, date=f"{day}T12:00:00Z")
        checkout.git("tag", f"n{number}")
    checkout.git("tag", "v1", "n1")
    checkout.git("tag", "-a", "v2", "-m", "second", "n2")
    checkout.git("switch", "--quiet", "-c", "topic/one", "n2")
    checkout.commit({A: "id: a4"})
    checkout.git("tag", "n4")
    checkout.git("switch", "--quiet", "--orphan", "island")
    checkout.commit({A: "id: a5"})
    checkout.git("switch", "--quiet", "main")
    return checkout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("main", Range("main")),
        ("HEAD~2", Range("HEAD~2")),
        ("main..HEAD", Range("main", "HEAD")),
        ("main...topic/one", Range("main", "topic/one", since_fork=True)),
        ("main..", Range("main", "HEAD")),
        ("..topic", Range("HEAD", "topic")),
        ("main...", Range("main", "HEAD", since_fork=True)),
        ("v1.2..v1.3", Range("v1.2", "v1.3")),
        ("2026-01-01..main@{yesterday}", Range("2026-01-01", "main@{yesterday}")),
    ],
)
def test_ranges(text: str, expected: Range) -> None:
    assert parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a revision is empty"),
        ("--output=/tmp/x", "'--output=/tmp/x' is no revision: none begins with '-'"),
        ("-1..main", "'-1' is no revision: none begins with '-'"),
        ("main..-n", "'-n' is no revision: none begins with '-'"),
        ("a..b..c", "'b..c' names more than one revision"),
        ("a.....b", "'..b' names more than one revision"),
        ("^main", "'^main' names more than one revision"),
        ("main\n--all", r"'main\n--all' is no revision"),
    ],
)
def test_texts_that_are_no_range(text: str, reason: str) -> None:
    with pytest.raises(CmdbError) as caught:
        parse_range(text)
    assert str(caught.value) == reason
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    ("revision", "tag"),
    [
        ("main", "n3"),
        ("HEAD", "n3"),
        ("@", "n3"),
        ("HEAD~2", "n1"),
        ("HEAD^", "n2"),
        ("v1", "n1"),
        ("v2", "n2"),
        ("v2^{}", "n2"),
        ("refs/heads/topic/one", "n4"),
        ("topic/one~1", "n2"),
        ("@{-1}", "island"),
        ("main@{0}", "n3"),
        (":/change", "n3"),
        ("2026-01-01", "n1"),
        ("2026-01-04", "n1"),
        ("2026-01-05", "n2"),
        ("2030-12-31", "n3"),
    ],
)
def test_revisions(history: Checkout, revision: str, tag: str) -> None:
    if revision == ":/change":
        tag = history.git("rev-parse", ":/change")
    assert commit_of(open_repository(history.root), revision) == history.git("rev-parse", tag + "^{commit}")


def test_ids_whole_and_shortened(history: Checkout) -> None:
    commit = history.git("rev-parse", "n2")
    for revision in (commit, commit[:8]):
        assert GitTree(history.root, revision).read(A) == b"id: a2"


def test_a_day_is_what_the_branch_was_then_not_what_was_merged_into_it_later(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    first = checkout.commit({A: "main"}, date="2026-01-01T12:00:00Z")
    checkout.git("switch", "--quiet", "-c", "topic")
    checkout.commit({A: "topic"}, date="2026-01-05T12:00:00Z")
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "--no-ff", "--no-edit", "topic", date="2026-01-09T12:00:00Z")
    assert GitTree(tmp_path, "2026-01-07").commit == first


def test_a_branch_named_like_a_date_goes_first(history: Checkout) -> None:
    history.git("branch", "2026-01-08", "n1")
    assert commit_of(open_repository(history.root), "2026-01-08") == history.git("rev-parse", "n1")


@pytest.mark.parametrize(
    ("revision", "reason", "hint"),
    [
        ("mian", "there is no revision 'mian'", "did you mean main?"),
        ("topic/on", "there is no revision 'topic/on'", "did you mean topic/one?"),
        ("zzzzzz", "there is no revision 'zzzzzz'", "write a branch, a tag"),
        ("HEAD~99", "there is no revision 'HEAD~99'", "write a branch"),
        ("f" * 40, f"there is no revision '{'f' * 40}'", "write a branch"),
        (f"n1:{A}", f"'n1:{A}' is a blob, not a commit", "write a branch"),
        ("main^{tree}", "'main^{tree}' is a tree, not a commit", "write a branch"),
        ("2025-12-31", "there is no commit up to 2025-12-31", "choose a later day"),
        ("2026-02-30", "'2026-02-30' is no day of the calendar", "write a branch"),
        ("-n1", "'-n1' is no revision: none begins with '-'", "write a branch"),
        ("n1..n2", "'n1..n2' names more than one revision", "write a branch"),
    ],
)
def test_revisions_that_are_none(history: Checkout, revision: str, reason: str, hint: str) -> None:
    with pytest.raises(CmdbError) as caught:
        GitTree(history.root, revision)
    assert str(caught.value) == reason
    assert caught.value.problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "before", "after", "label"),
    [
        ("n1..n3", b"id: a1", b"id: a3", "n1"),
        ("main..topic/one", b"id: a3", b"id: a4", "main"),
        ("main...topic/one", b"id: a2", b"id: a4", "where topic/one left main"),
        ("n1", b"id: a1", b"id: a3", "n1"),
        ("..n1", b"id: a3", b"id: a1", "HEAD"),
    ],
)
def test_sides(history: Checkout, text: str, before: bytes, after: bytes, label: str) -> None:
    left, right = open_sides(history.root, parse_range(text))
    assert (left.read(A), right.read(A), left.label) == (before, after, label)


def test_no_commit_in_common(history: Checkout) -> None:
    with pytest.raises(CmdbError) as caught:
        fork_of(open_repository(history.root), "main", "island")
    assert str(caught.value) == "main and island have no commit in common"
    assert caught.value.problem.hint == "compare them as they are: main..island"


def test_no_commit_in_common_in_a_shallow_clone(history: Checkout, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    history.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{history.root}", str(clone))
    with pytest.raises(CmdbError) as caught:
        open_sides(clone, parse_range("main...origin/topic/one"))
    assert "--unshallow" in caught.value.problem.hint


def test_a_branch_that_only_the_remote_has(history: Checkout, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    history.git("clone", "--quiet", str(history.root), str(clone))
    with pytest.raises(CmdbError) as caught:
        GitTree(clone, "topic/one")
    assert caught.value.problem.hint == "did you mean origin/topic/one?"


def test_a_repository_with_few_names_tells_them(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.commit({A: ""})
    checkout.git("tag", "v1")
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path, "trunk")
    assert caught.value.problem.hint == "there is main, v1"


def test_a_short_id_of_two_objects(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.commit({f"{number}.yaml": str(number) for number in range(2000)})
    ids = sorted(line.split()[2] for line in checkout.git("ls-tree", "HEAD").splitlines())
    short = next(left[:4] for left, right in pairwise(ids) if left[:4] == right[:4])
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path, short)
    assert str(caught.value) == f"'{short}' begins the id of more than one object"


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path, "HEAD")
    assert str(caught.value) == f"{tmp_path} is not in a Git repository, so it has no revisions"
    assert "git init" in caught.value.problem.hint


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(CmdbError, match="nowhere does not exist"):
        GitTree(tmp_path / "nowhere", "HEAD")


@pytest.mark.parametrize("revision", ["HEAD", "main", "HEAD~1", "2026-01-01"])
def test_no_commits(tmp_path: Path, revision: str) -> None:
    Checkout.create(tmp_path)
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path, revision)
    assert str(caught.value) == f"the repository of {tmp_path} has no commits yet"


def test_an_unborn_branch_among_others(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.commit({A: ""})
    checkout.git("switch", "--quiet", "--orphan", "new")
    with pytest.raises(CmdbError) as caught:
        GitTree(tmp_path, "HEAD")
    assert str(caught.value) == "the current branch new has no commits yet"
    assert caught.value.problem.hint == "name another revision: main"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a repository away")
@pytest.mark.parametrize("bare", [False, True])
def test_a_repository_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare: bool) -> None:
    checkout = Checkout.create(tmp_path / "theirs")
    checkout.commit({A: "id: a"})
    root = checkout.root
    if bare:
        root = tmp_path / "theirs.git"
        checkout.git("clone", "--quiet", "--bare", ".", str(root))
    for path in (root, *root.rglob("*")):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(CmdbError) as caught:
        GitTree(root, "HEAD")
    assert str(caught.value) == f"the repository of {root} belongs to another user, so git does not trust it"
    assert caught.value.problem.hint == f"if you do: git config --global --add safe.directory '{root}'"
    config = tmp_path / "config"
    config.write_text(f"[safe]\n\tdirectory = {root}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert GitTree(root, "HEAD").read(A) == b"id: a"


def test_git_is_not_installed(tmp_path: Path) -> None:
    """In a process of its own, because GitPython looks for git only once."""
    Checkout.create(tmp_path)
    script = f"""
from pathlib import Path
from cmdb.model.problem import CmdbError
from cmdb.sources.git_tree import GitTree
try:
    GitTree(Path({str(tmp_path)!r}), "HEAD")
except CmdbError as error:
    print(error, "|", error.problem.hint)
"""
    for mode in ("raise", "quiet"):
        environment = {**os.environ, "PATH": str(tmp_path), "GIT_PYTHON_REFRESH": mode}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "git is not installed, or not on the PATH | install git; revisions are read with it\n"


def test_git_is_imported_only_for_revisions() -> None:
    script = "import sys, cmdb.sources.sides, cmdb.sources.worktree, cmdb.sources.memory; print('git' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
