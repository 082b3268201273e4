"""What a revision grew out of: all commits, merged branches included, that touched some files, and who made them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cmdb.model.past import Ancestor, Commit
from cmdb.sources import refusals
from cmdb.sources.repository import Repository

_FORMAT = "%x00%an%x00%ae%x00%at %ct%x00%s%x00"
_FIELDS = 5
_LONGEST = 1000
"""Characters of a name or a subject; more is no help to anybody."""


def ancestors(repository: Repository, tip: str, paths: Iterable[str], *, without: str = "") -> tuple[Ancestor, ...]:
    """The commits up to `tip` that touched files at or below paths of the workspace, with all merges, each before its
    parents; the first stands for `tip` itself. With `without`, none that this commit knows already."""
    below = [f"{repository.prefix}/{path}" if repository.prefix else path for path in sorted(paths)]
    answer = repository.ask(
        "rev-list",
        "--full-history",
        "--parents",
        "--date-order",
        "--encoding=UTF-8",
        f"--format={_FORMAT}",
        tip,
        *((f"^{without}",) if without else ()),
        "--",
        *below,
    )
    if answer.status:
        raise refusals.failed(repository.folder, answer.err)
    cut = cut_commits(repository)
    return tuple(_parsed(answer.out, cut))


def cut_commits(repository: Repository) -> frozenset[str]:
    """The commits of a shallow clone whose parents it lacks."""
    place = repository.run("rev-parse", "--git-path", "shallow").rstrip("\n")
    try:
        return frozenset((Path(repository.folder) / place).read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()


def parents(repository: Repository, commit: str) -> tuple[str, ...]:
    """The parents of a commit, as far as this clone has them."""
    return tuple(repository.run("rev-parse", f"{commit}^@").split())


def changed(repository: Repository, before: str, after: str, folder: str) -> tuple[str, ...]:
    """The files of a folder of the workspace that differ between two commits."""
    below = f"{repository.prefix}/{folder}" if repository.prefix else folder
    text = repository.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after, "--", below)
    return _within(repository, text)


def mentioning(repository: Repository, tip: str, folder: str, word: str) -> tuple[str, ...]:
    """The files of a folder to which some commit up to a tip added a word, or took one away."""
    below = f"{repository.prefix}/{folder}" if repository.prefix else folder
    text = repository.run(
        *("log", f"-S{word}", "--format=", "--name-only", "-z", "--no-renames", "--diff-merges=first-parent"),
        *("--no-textconv", "--no-ext-diff", "--no-follow", "--ignore-submodules", f"-O{os.devnull}", tip, "--", below),
    )
    return tuple(dict.fromkeys(path.lstrip("\n") for path in _within(repository, text)))


def mentions(repository: Repository, commit: str, folder: str, words: Iterable[str]) -> tuple[str, ...]:
    """The files of a folder in which any of some words stands."""
    below = f"{repository.prefix}/{folder}" if repository.prefix else folder
    patterns = [part for word in sorted(words) for part in ("-e", word)]
    answer = repository.ask(
        *("grep", "-l", "-z", "-a", "-F", "--full-name", "--no-textconv", "--no-recurse-submodules", "--no-color"),
        *patterns,
        commit,
        "--",
        below,
    )
    if answer.status not in (0, 1):
        raise refusals.failed(repository.folder, answer.err)
    text = answer.out.decode(errors="surrogateescape")
    return _within(repository, text.replace(f"{commit}:", ""))


def _within(repository: Repository, text: str) -> tuple[str, ...]:
    start = len(repository.prefix) + 1 if repository.prefix else 0
    return tuple(path[start:] for path in text.split("\0") if path)


def _parsed(out: bytes, cut: frozenset[str]) -> Iterator[Ancestor]:
    words = [word.decode(errors="replace") for word in out.split(b"\0")[:-1]]
    for at in range(0, len(words) - _FIELDS + 1, _FIELDS):
        head, author, email, times, subject = words[at : at + _FIELDS]
        name, *found = head.split()[1:]
        written, committed = (_moment(seconds) for seconds in times.split())
        commit = Commit(name, author[:_LONGEST], email[:_LONGEST], written, committed, subject[:_LONGEST])
        yield Ancestor(commit, tuple(dict.fromkeys(found)), cut=name in cut)


def _moment(seconds: str) -> datetime:
    """A moment that Git has; one that no calendar has is as near to it as can be."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)
