"""The marks of a tree that Git looks after, believed again as long as its index stays the same and for every file that
Git says is what the index says: so nobody asks what the index holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from cmdb.cache.folder import Folder
from cmdb.cache.image import Writer
from cmdb.cache.listing import LARGE
from cmdb.cache.marks import Marks, Table, digest
from cmdb.formats.contents import Contents
from cmdb.sources.protocol import TextSource
from cmdb.sources.unchanged import Tracked

_FAMILY = "tree"


@dataclass(frozen=True, slots=True)
class Tree:
    """A tracked tree and its files. `family` is what every reading depends on, `folder` is where to remember."""

    source: TextSource
    files: Contents
    tracked: Tracked
    folder: Folder
    family: str

    def marks(self) -> Marks:
        """The marks of the files as they are now."""
        edition = self.tracked.edition
        if not edition or len(self.files.cis) < LARGE:
            return Marks.of(self.source, self.files, self.tracked.digests)
        found = self._again(edition)
        if found is None:
            found = Marks.of(self.source, self.files, self.tracked.digests)
            self._keep(edition, found)
        return found

    @property
    def _name(self) -> str:
        return digest(os.fsencode(self.tracked.root))

    def _of(self, edition: bytes) -> str:
        """What the marks depend on besides the files themselves."""
        return digest(edition, self.family.encode(), *map(os.fsencode, self.files.default_files))

    @property
    def _paths(self) -> tuple[str, ...]:
        return (*self.files.cis, *self.files.default_files)

    def _again(self, edition: bytes) -> Marks | None:
        """The marks that the index had, but for files that changed; None where there is more to it than that."""
        image = self.folder.get(_FAMILY, self._name)
        if image is None or image.small.get("of") != self._of(edition):
            return None
        if bytes(image.blocks["paths"]) != _joined(self.files.cis):
            return None
        table = Table(bytes(image.blocks["table"]), image.small["name"])
        found = Marks.again(self.source, self.files, table, image.small["like"])
        changed = self.tracked.changes(() if self.files.plain else self._paths)
        if changed is None or not changed.isdisjoint(self.files.default_files):
            return None
        if changed:
            found.reread(number for number, path in enumerate(found.paths) if path in changed)
        return found

    def _keep(self, edition: bytes, now: Marks) -> None:
        """Remembers the marks of the index, if it has them all; they are those of now where no file changed."""
        index = self.tracked.index
        if not self.tracked.digests or not self.tracked.still or any(path not in index for path in self._paths):
            return
        marks = now if self.tracked.digests == index else Marks.of(self.source, self.files, index)

        def write(file: IO[bytes]) -> None:
            blocks = {"table": marks.table.block, "paths": _joined(marks.paths)}
            Writer(file).finish(blocks, {"of": self._of(edition), "like": marks.like, "name": marks.table.name})

        self.folder.put(_FAMILY, self._name, write)


def _joined(paths: Sequence[str]) -> bytes:
    return "\0".join(paths).encode()
