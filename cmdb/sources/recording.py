"""The only writes into a repository: one begun where there is none, and one commit of files that cmdb has just made."""

from __future__ import annotations

from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.repository import open_repository

NOBODY = ("-c", "user.name=cmdb", "-c", "user.email=cmdb@localhost")
"""Who commits where git does not know who the user is."""


def begin(folder: Path) -> bool:
    """Makes the folder a repository unless it lies in one; says whether it did. Raises `CmdbError`."""
    try:
        import git
    except ImportError as error:
        raise (refusals.no_git() if "executable" in str(error) else error) from None
    try:
        git.Repo(folder, search_parent_directories=True, expand_vars=False)
    except git.InvalidGitRepositoryError:
        pass
    except (git.GitError, OSError, ValueError) as error:
        raise refusals.failed(folder, str(error)) from None
    else:
        return False
    try:
        git.Repo.init(folder)
    except (git.GitError, OSError) as error:
        raise refusals.failed(folder, str(error)) from None
    return True


def record(folder: Path, paths: list[str], message: str) -> None:
    """Commits these files, given below the folder, and nothing else that may be staged. No hook runs, nothing is
    signed. Raises `CmdbError`."""
    repository = open_repository(folder)
    if repository.bare:
        raise CmdbError(f"{folder} is in a bare repository")
    below = [f"{repository.prefix}/{path}" if repository.prefix else path for path in paths]
    repository.run("add", "--", *below)
    known = all(repository.ask("var", name).status == 0 for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"))
    repository.run(
        *(() if known else NOBODY), "commit", "--quiet", "--no-gpg-sign", "--only", "--message", message, "--", *below
    )
