"""Which commits changed a workspace lately, along the first parents: what a main branch was step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cmdb.sources.repository import Repository

_HEADER = "\x01"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: when it was made, the commit before it, and the files below the workspace that differ between both.
    `parent` is None where there is none; `cut` says that it exists and this clone lacks it."""

    id: str
    at: datetime
    parent: str | None
    paths: frozenset[str]
    cut: bool = False


def changes(repository: Repository, commit: str, folder: str, since: datetime) -> tuple[Commit, ...]:
    """The commits from one backwards that changed files of a folder and are not older than a moment, newest first.
    A merge is what it brought to its first parent; a renamed file is one that went and one that came."""
    below = f"{repository.prefix}/{folder}" if repository.prefix else folder
    text = repository.run(
        "log",
        "-z",
        "--first-parent",
        "--diff-merges=first-parent",
        "--no-renames",
        "--name-only",
        f"--format={_HEADER}%H %ct %P",
        f"--since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}",
        commit,
        "--",
        below,
    )
    found = tuple(_parsed(text, len(repository.prefix) + 1 if repository.prefix else 0))
    cut = repository.shallow if any(one.parent is None for one in found) else False
    return tuple(_but_cut(one) if cut and one.parent is None else one for one in found)


def _parsed(text: str, prefix: int) -> Iterator[Commit]:
    for part in text.split(_HEADER)[1:]:
        header, _, names = part.partition("\0")
        commit, seconds, *parents = header.split()
        paths = (name.lstrip("\n") for name in names.split("\0"))
        yield Commit(
            commit,
            datetime.fromtimestamp(int(seconds), UTC),
            parents[0] if parents else None,
            frozenset(path[prefix:] for path in paths if path),
        )


def _but_cut(commit: Commit) -> Commit:
    return Commit(commit.id, commit.at, None, commit.paths, cut=True)
