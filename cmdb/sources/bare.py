"""A workspace in a bare repository, which has revisions and no files."""

from __future__ import annotations

from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.git_tree import GitTree
from cmdb.sources.repository import open_repository
from cmdb.sources.revisions import commit_of


def in_bare(root: Path, revision: str, config: str) -> GitTree | None:
    """The workspace that a revision of a bare repository holds: the folder nearest to the top with the file of
    settings. None where this is no bare repository, or has no such file. Raises `CmdbError` where two are as near, and
    where the repository cannot be read."""
    try:
        repository = open_repository(root)
    except CmdbError:
        if (root / "HEAD").is_file():
            raise
        return None
    if not repository.bare:
        return None
    commit = commit_of(repository, revision)
    paths = repository.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split("\0")
    folders = [path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == config]
    nearest = sorted(folders, key=lambda folder: (folder != "", folder.count("/"), folder))[:2]
    if not nearest:
        return None
    if len(nearest) == 2 and nearest[0] and nearest[0].count("/") == nearest[1].count("/"):
        raise refusals.refusal(f"{revision} holds several workspaces: {', '.join(sorted(folders))}", "use a checkout")
    return GitTree(root, commit, revision, nearest[0])
