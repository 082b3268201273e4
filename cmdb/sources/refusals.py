"""Why Git would not answer, in plain words and with the way out."""

from __future__ import annotations

import re
from pathlib import Path

from cmdb.model.problem import CmdbError, Problem

FULL_HISTORY = "fetch the rest with `git fetch --unshallow` (in CI, set the checkout's fetch-depth to 0)"
_DAMAGE = re.compile("corrupt|is empty|unable to unpack|bad object|inflate:|bad tree|unable to read|hash mismatch")
_ABSENT = re.compile("promisor|lazy fetch|could not fetch|not a valid object name|missing", re.IGNORECASE)


def refusal(message: str, hint: str) -> CmdbError:
    """An error about a repository or a revision."""
    return CmdbError(Problem("git", message, hint=hint))


def no_git() -> CmdbError:
    """There is no git to run."""
    return refusal("git is not installed, or not on the PATH", "install git; revisions are read with it")


def no_repository(root: Path) -> CmdbError:
    """The workspace is not under version control."""
    return refusal(
        f"{root} is not in a Git repository, so it has no revisions",
        "run cmdb in the repository's checkout, or begin one with `git init`",
    )


def embedded(folder: Path) -> CmdbError:
    """A folder of a checkout that Git itself could take for a repository."""
    return refusal(
        f"{folder} lies in a repository and looks like a bare one itself, so nobody can tell which is meant",
        "remove its files HEAD, objects and refs; a repository inside of a checkout can make believe any history",
    )


def no_working_tree(root: Path) -> CmdbError:
    """The working tree was asked of a repository that has none."""
    return refusal(
        f"{root} is a bare repository: it has revisions, but no working tree",
        "give revisions on both sides, such as main..topic, or use a checkout",
    )


def no_commits(root: Path) -> CmdbError:
    """Nothing was committed yet."""
    return refusal(f"the repository of {root} has no commits yet", "commit the workspace first")


def too_many(most: int) -> CmdbError:
    """More files than any workspace has; a handful of objects can stand for billions."""
    hint = "keep the workspace in a folder, or in a repository, of its own"
    return refusal(f"the workspace has over {most:,} files", hint)


def of_repository(root: Path, said: str) -> CmdbError | None:
    """The reason why git refuses to work on a repository at all; None where what it said is about something else."""
    if "dubious ownership" in said or "unsafe repository" in said:
        return refusal(
            f"the repository of {root} belongs to another user, so git does not trust it",
            f"if you do: git config --global --add safe.directory '{_directory(said) or root}'",
        )
    if "cannot use bare repository" in said:
        return refusal(
            f"git's setting safe.bareRepository forbids to use {root}",
            "use a checkout, or name the repository in the variable GIT_DIR",
        )
    if "not a git repository" in said:
        return no_repository(root)
    if "unknown repository extension" in said or "expected git repo version" in said:
        return refusal(f"the repository of {root} is of a newer format than this git reads", "use a newer git")
    return None


def failed(root: Path, said: str) -> CmdbError:
    """A command that fails though its question was right, which most often is damage."""
    reason = _first(said)
    if _DAMAGE.search(said):
        return refusal(f"the repository of {root} is damaged: {reason}", "look at it with `git fsck`, or clone it anew")
    if _ABSENT.search(said):
        return refusal(
            f"the clone at {root} lacks objects: {reason}",
            "it is a partial clone, and cmdb fetches nothing: clone it without --filter",
        )
    return refusal(f"git cannot read the repository of {root}: {reason}", "see whether `git status` works there")


def _first(said: str) -> str:
    """The line that says what is wrong, without the word ahead of it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    loud = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["it gave no reason"]
    return loud[0].removeprefix("fatal: ").removeprefix("error: ")


def _directory(said: str) -> str:
    """The folder that git wants to be told is safe, as its own advice names it."""
    for line in said.splitlines():
        if "safe.directory" in line and "--add" in line:
            return line.rpartition("safe.directory ")[2].strip().strip("'")
    return ""
