"""The commits of a change: who made each, when, and which files it made of which, without looking into any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cmdb.model.past import Commit
from cmdb.sources.repository import Repository

_FORMAT = "%H%x00%an%x00%ae%x00%at %ct%x00%s"
_LONGEST = 1000
"""Characters of a name or a subject; more is no help to anybody."""
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NONE = re.compile(r"0+")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that a commit changed: the ids of the blobs that it was, one for each parent of a merge, and that it
    became; None where there was no file."""

    path: str
    before: tuple[str | None, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """A commit with the files below the workspace that it changed; a merge with those that it made other than all of
    its parents had them."""

    commit: Commit
    files: tuple[Rewritten, ...]


def contributions(repository: Repository, base: str, head: str, folder: str) -> tuple[Contribution, ...]:
    """The commits that `head` has and `base` has not, as far as they changed files of a folder of the workspace; each
    before its parents. Both are full ids."""
    below = f"{repository.prefix}/{folder}" if repository.prefix else folder
    text = repository.run(
        *("log", "-z", "--raw", "--no-abbrev", "--no-renames", "--diff-merges=combined", "--date-order"),
        *("--encoding=UTF-8", f"--format={_FORMAT}", head, f"^{base}", "--", below),
    )
    return tuple(_parsed(iter(text.split("\0")), len(repository.prefix) + 1 if repository.prefix else 0))


def lacks(repository: Repository, head: str, base: str) -> int:
    """How many commits `base` has that `head` has not."""
    return int(repository.run("rev-list", "--count", base, f"^{head}"))


def day_of(repository: Repository, commit: str) -> date:
    """The day, in UTC, on which a commit was made part of its branch."""
    return _moment(repository.run("show", "--no-patch", "--format=%ct", commit).strip()).date()


def _parsed(words: Iterator[str], prefix: int) -> Iterator[Contribution]:
    commit: Commit | None = None
    files: list[Rewritten] = []
    for word in words:
        if (header := word.lstrip("\n")).startswith(":"):
            files.append(_rewritten(header, next(words)[prefix:]))
        elif _COMMIT.fullmatch(word):
            if commit is not None:
                yield Contribution(commit, tuple(files))
            commit, files = _commit(word, *(next(words) for _ in range(4))), []
    if commit is not None:
        yield Contribution(commit, tuple(files))


def _commit(name: str, author: str, email: str, times: str, subject: str) -> Commit:
    written, committed = (_moment(seconds) for seconds in times.split())
    return Commit(name, _readable(author), _readable(email), written, committed, _readable(subject))


def _moment(seconds: str) -> datetime:
    """A moment that Git has; one that no calendar has is as near to it as can be."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def _readable(text: str) -> str:
    return text.encode(errors="surrogateescape").decode(errors="replace")[:_LONGEST]


def _rewritten(header: str, path: str) -> Rewritten:
    """From `:100644 100644 OLD NEW M`, or `::` with one mode and one blob more for each further parent."""
    parents = len(header) - len(header.lstrip(":"))
    blobs = header.split()[parents + 1 : 2 * parents + 2]
    *before, after = (None if _NONE.fullmatch(blob) else blob for blob in blobs)
    return Rewritten(path, tuple(before), after)
