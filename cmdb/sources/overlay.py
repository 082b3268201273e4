"""A tree of files with some of them as they are to be, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.sources.protocol import File, TextSource, Unreadable


@dataclass(frozen=True, slots=True)
class Overlay:
    """The files of another source, with other bytes for some paths and with files that are not there yet."""

    below: TextSource
    changed: Mapping[str, bytes]

    @property
    def label(self) -> str:
        return self.below.label

    def files(self, folder: str) -> Iterator[File | Unreadable]:
        known = {found.path: found for found in self.below.files(folder)}
        mine = (path for path in self.changed if not folder or path.startswith(f"{folder}/"))
        known |= {path: File(path, len(self.changed[path])) for path in mine}
        return (found for _, found in sorted(known.items()))

    def read(self, path: str) -> bytes:
        found = self.changed.get(path)
        return self.below.read(path) if found is None else found

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        below = self.below.read_many([path for path in paths if path not in self.changed])
        for path in paths:
            yield (path, self.changed[path]) if path in self.changed else next(below)
