"""The files of a merge that nobody made yet: most are in the repository, the others in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cmdb.sources.git_listing import Entries, Listing, listing_of
from cmdb.sources.git_tree import GitTree
from cmdb.sources.protocol import Unreadable


@dataclass(frozen=True)
class MergedTree(GitTree):
    """The workspace at `root` with other files than those of the revision: `entries` by path, and the bytes of those
    that the repository lacks by their digests. The revision is the side that is merged into."""

    entries: Entries = field(default_factory=dict)
    made: Mapping[str, bytes] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[MergedTree], tuple[Any, ...]]:
        """Another process opens the repository itself."""
        return MergedTree, (self.root, self.commit, self.label, self.folder, self.entries, self.made)

    @cached_property
    def _listing(self) -> Listing:
        return listing_of(self.repository, self.entries)

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        known = {path: data for path in paths if (data := self._made(path)) is not None}
        others = super().read_many([path for path in paths if path not in known])
        return ((path, known[path]) if path in known else next(others) for path in paths)

    def _made(self, path: str) -> bytes | None:
        digest = self._digest(path)
        return self.made.get(digest) if isinstance(digest, str) else None
