"""The two trees that a comparison is about."""

from __future__ import annotations

from pathlib import Path

from cmdb.sources import refusals
from cmdb.sources.git_tree import GitTree
from cmdb.sources.repository import open_repository
from cmdb.sources.revisions import Range, fork_of
from cmdb.sources.worktree import Worktree


def open_sides(root: Path, asked: Range) -> tuple[GitTree, GitTree | Worktree]:
    """The workspace at `root` before and after. Raises `CmdbError`."""
    if asked.after is None:
        before = GitTree(root, asked.before)
        if before.repository.bare:
            raise refusals.no_working_tree(root)
        return before, Worktree(root)
    after = GitTree(root, asked.after)
    if not asked.since_fork:
        return GitTree(root, asked.before), after
    return open_fork(root, asked.before, asked.after), after


def open_fork(root: Path, base: str, head: str, hint: str = "") -> GitTree:
    """The workspace at the commit where `head` left `base`. Raises `CmdbError`, with this hint where the two have no
    commit in common."""
    fork = fork_of(open_repository(root), base, head, hint)
    return GitTree(root, fork, f"where {head} left {base}")
