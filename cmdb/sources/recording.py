"""The only writes into a repository: one begun where there is none, one commit of files that cmdb has just made, and a
branch with a commit that leaves the working tree, its index and HEAD alone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.repository import Repository, open_repository

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


def branch(folder: Path, files: Mapping[str, bytes], name: str, message: str) -> str:
    """A new branch with a commit upon HEAD that has these files, given below the folder, besides all others; the id of
    the commit. Author and committer are whom git's settings name; no hook runs, nothing is signed. Raises `CmdbError`,
    too where the branch exists."""
    repository = open_repository(folder)
    base = repository.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if base.status:
        raise refusals.no_commits(folder)
    refuse_branch(repository, name)
    ref, parent = f"refs/heads/{name}", base.out.decode().strip()
    people = [f"{who} {_who(repository, who)}" for who in ("author", "committer")]
    below = {f"{repository.prefix}/{path}" if repository.prefix else path: data for path, data in files.items()}
    head = "\n".join(["commit " + ref, *people, f"data {len(message.encode())}", message, f"from {parent}", ""])
    with tempfile.TemporaryFile() as orders:
        orders.write(head.encode())
        for path, data in sorted(below.items()):
            mode = _mode(repository, parent, path)
            orders.write(f"M {mode} inline {_quoted(path)}\ndata {len(data)}\n".encode() + data + b"\n")
        orders.write(b"done\n")
        orders.seek(0)
        repository.fed(orders, "fast-import", "--quiet", "--done")
    return repository.run("rev-parse", ref).strip()


def refuse_branch(repository: Repository, name: str) -> None:
    """Raises `CmdbError` where a name cannot be that of a new branch."""
    if name.startswith("-") or repository.ask("check-ref-format", f"refs/heads/{name}").status:
        raise refusals.refusal(f"'{name}' is no name for a branch", "write letters, digits, '-' and '/'")
    if repository.ask("rev-parse", "--verify", "--quiet", f"refs/heads/{name}").status == 0:
        raise refusals.refusal(f"there is a branch '{name}' already", "choose another name, or delete it")
    taken = repository.run("for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
    new = f"refs/heads/{name}"
    for ref in taken:
        if ref.startswith(f"{new}/") or new.startswith(f"{ref}/"):
            other = ref.removeprefix("refs/heads/")
            raise refusals.refusal(f"'{name}' cannot stand beside the branch '{other}'", "choose another name")


def _who(repository: Repository, who: str) -> str:
    found = repository.ask("var", f"GIT_{who.upper()}_IDENT")
    if found.status:
        hint = "git config user.name 'Your Name', and git config user.email you@example.org"
        raise refusals.refusal("git does not know who you are", hint)
    return found.out.decode(errors="surrogateescape").strip()


def _mode(repository: Repository, commit: str, path: str) -> str:
    """How the commit has a file; links are followed by nobody here."""
    listed = repository.run("ls-tree", commit, "--", path).split(" ", 1)[0] or "100644"
    if listed not in ("100644", "100755"):
        raise CmdbError(
            f"{path} is a link, which is not followed in a commit", hint="edit the file it leads to by hand"
        )
    return listed


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
