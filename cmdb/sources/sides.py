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
    fork = fork_of(open_repository(root), asked.before, asked.after)
    return GitTree(root, fork, f"where {asked.after} left {asked.before}"), after
