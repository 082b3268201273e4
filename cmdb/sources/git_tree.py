"""The files of any revision, without a checkout: the tree in one listing, the bytes through one process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cmdb.sources import rules, walk
from cmdb.sources.git_listing import Listing, read_listing, submodule
from cmdb.sources.protocol import File, Unreadable
from cmdb.sources.repository import Blob, Repository, open_repository
from cmdb.sources.revisions import commit_of


@dataclass(frozen=True)
class GitTree:
    """The workspace at `root` as a revision has it: a branch, a tag, an id, `HEAD~2`, a date. `name` is what people are
    told instead of the revision. In a bare repository `folder` is where the workspace is. Raises `CmdbError`."""

    root: Path
    revision: str
    name: str = ""
    folder: str = ""

    def __post_init__(self) -> None:
        _ = self.commit

    def __reduce__(self) -> tuple[type[GitTree], tuple[Any, ...]]:
        """Another process opens the repository itself, at the same commit."""
        return GitTree, (self.root, self.commit, self.label, self.folder)

    @property
    def label(self) -> str:
        return self.name or self.revision

    @cached_property
    def repository(self) -> Repository:
        """The repository the workspace lies in."""
        return open_repository(self.root, self.folder)

    @cached_property
    def commit(self) -> str:
        """The full id of the commit."""
        return commit_of(self.repository, self.revision)

    @cached_property
    def _listing(self) -> Listing:
        return read_listing(self.repository, self.commit)

    def files(self, folder: str) -> Iterator[File | Unreadable]:
        return iter(walk.files(self._listing, folder))

    def read(self, path: str) -> bytes:
        (_, outcome), *_ = self.read_many([path])
        if isinstance(outcome, Unreadable):
            raise outcome
        return outcome

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        digests = [(path, self._digest(path)) for path in paths]
        blobs = self.repository.blobs([digest for _, digest in digests if isinstance(digest, str)])
        for path, digest in digests:
            yield path, _outcome(path, next(blobs)) if isinstance(digest, str) else digest

    def _digest(self, path: str) -> str | Unreadable:
        try:
            real = path if self._listing.is_plain(path) else self._listing.resolve(rules.clean(path))
        except Unreadable as error:
            return walk.renamed(error, path)
        what = self._listing.what(real)
        if what == "file":
            return self._listing.entries[real][1]
        return rules.yaml_folder(path) if what == "folder" else submodule(path)


def _outcome(path: str, blob: Blob) -> bytes | Unreadable:
    if blob.data is not None:
        return blob.data
    if blob.size is not None:
        return rules.too_large(path, blob.size)
    hint = "look at the repository with `git fsck`; a partial clone lacks objects, and cmdb fetches nothing"
    return Unreadable(path, "is damaged or missing in this clone", hint)
