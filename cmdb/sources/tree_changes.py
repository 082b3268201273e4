"""What one commit has otherwise than another, file by file, with renames recognised as Git's merges do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.sources import refusals
from cmdb.sources.repository import Repository
from cmdb.sources.revisions import commit_of

Entry = tuple[bytes, str]
"""How Git has a file: its mode, and the digest of its bytes."""
_LIMIT = 1000
"""Files on each side up to which renames are looked for by content."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What happened to a file below the workspace: where it was (None for a new one) and is (None for one that is
    gone), and what was and is there."""

    former: str | None
    path: str | None
    before: Entry | None
    after: Entry | None


def tree_changes(repository: Repository, before: str, after: str) -> tuple[FileChange, ...]:
    """The files below the workspace that differ between two commits, sorted. No driver and no filter is asked."""
    below = ("--", repository.prefix) if repository.prefix else ()
    start = len(repository.prefix) + 1 if repository.prefix else 0
    options = ("-r", "-z", "--raw", "--full-index", "--no-ext-diff", "--no-textconv", "-M50%", f"-l{_LIMIT}")
    text = repository.run("diff-tree", *options, before, after, *below)
    return tuple(sorted(_parsed(text, start), key=lambda one: (one.former or "", one.path or "")))


def entry_changes(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[FileChange, ...]:
    """The same for two listings, without renames."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return tuple(_change(path, before.get(path), after.get(path)) for path in paths)


def merge_bases(repository: Repository, ours: str, theirs: str) -> tuple[str, ...]:
    """The commits at which two revisions parted; more than one where they were merged into each other both ways.
    Raises `CmdbError` where they have none in common."""
    sides = [commit_of(repository, revision) for revision in (ours, theirs)]
    answer = repository.ask("merge-base", "--all", *sides)
    if answer.status == 0:
        return tuple(sorted(answer.out.decode().split()))
    if answer.status != 1:
        raise refusals.failed(repository.folder, answer.err)
    hint = (
        refusals.FULL_HISTORY if repository.shallow else "Git does not merge them without --allow-unrelated-histories"
    )
    raise refusals.refusal(f"{ours} and {theirs} have no commit in common, so they cannot be merged", hint)


def _change(path: str, before: Entry | None, after: Entry | None) -> FileChange:
    return FileChange(path if before else None, path if after else None, before, after)


def _parsed(text: str, start: int) -> Iterator[FileChange]:
    """`:100644 100644 1f2e… 3d4c… R086`, and one name or two."""
    words = iter(text.split("\0"))
    for head in words:
        if not head:
            continue
        was, now, one, other, status = head.removeprefix(":").split(" ")
        former = next(words)[start:]
        path = next(words)[start:] if status[0] == "R" else former
        before, after = (was.encode(), one), (now.encode(), other)
        yield FileChange(
            None if status == "A" else former,
            None if status == "D" else path,
            None if status == "A" else before,
            None if status == "D" else after,
        )
