"""Whether files are as a commit has them, told by their bytes: no filter that a repository names is ever asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cmdb.sources.git_tree import GitTree
from cmdb.sources.protocol import File, TextSource, Unreadable
from cmdb.sources.unchanged import blob_digest, unchanged
from cmdb.sources.worktree import Worktree


def differing(root: Path, tree: GitTree, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[str, ...]:
    """The files below some folders, and those named, that are not on disk as a commit has them, sorted. Line ends make
    no difference."""
    known = unchanged(root)
    worktree = Worktree(root)
    found: set[str] = set()
    for folder in folders:
        theirs, mine = _digests(tree, folder), _digests(worktree, folder)
        found |= theirs.keys() ^ mine.keys()
        both = [path for path in theirs.keys() & mine.keys() if known.get(path) != theirs[path]]
        found.update(_changed(worktree, both, theirs))
    found.update(path for path in files if _bytes(tree, path) != _bytes(worktree, path))
    return tuple(sorted(found))


def _digests(source: TextSource, folder: str) -> dict[str, str]:
    return {entry.path: entry.digest or "" for entry in source.files(folder) if isinstance(entry, File)}


def _changed(worktree: Worktree, paths: list[str], digests: dict[str, str]) -> Iterator[str]:
    for path, data in worktree.read_many(sorted(paths)):
        like = digests[path]
        if isinstance(data, Unreadable) or like not in (blob_digest(data, like), blob_digest(_lf(data), like)):
            yield path


def _lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _bytes(source: TextSource, path: str) -> bytes | None:
    try:
        return _lf(source.read(path))
    except Unreadable:
        return None
