"""The changed files of a workspace put where they belong: into its folder, or into a commit on a branch."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.problem import CmdbError
from cmdb.workspace import Workspace


def refuse_branch(workspace: Workspace, name: str) -> None:
    """Raises `CmdbError` where there can be no new branch of that name, before any work is done for it."""
    from cmdb.sources import recording
    from cmdb.sources.repository import open_repository

    if workspace.root is not None:
        recording.refuse_branch(open_repository(workspace.root), name)


def write(
    workspace: Workspace,
    files: Mapping[str, bytes],
    before: Mapping[str, bytes | None],
    branch: str | None = None,
    message: str | None = None,
) -> str:
    """Writes the files, made from what they were `before`. With a branch they are committed to it instead, and the id
    of the commit is given back. Raises `CmdbError`."""
    if not files:
        return ""
    if workspace.root is None:
        raise CmdbError("a workspace in memory cannot be written")
    if branch is not None:
        from cmdb.sources import recording

        return recording.branch(workspace.root, files, branch, message or "")
    from cmdb.sources.saving import save

    save(workspace.root, files, before)
    return ""
