"""What a load depends on, file by file: two loads with the same marks give the same inventory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from cmdb.formats.contents import Contents
from cmdb.sources.protocol import TextSource, Unreadable
from cmdb.sources.unchanged import blob_digest

Content = bytes | Unreadable
Above = Callable[[str], str]
"""From the path of a file to the digest of the defaults that apply to it."""

_READING = ("cache", "formats", "graph", "model", "schema")
"""The folders of the program that have a say in what a file gives."""


@dataclass(frozen=True, slots=True)
class Table:
    """All marks and paths of a load in one block, which `rows` reads; `name` is its digest."""

    block: bytes
    name: str

    @classmethod
    def of(cls, block: bytes) -> Table:
        """A block with its digest."""
        return cls(block, digest(block))


class Marks:
    """The mark of every file of CIs, in the order of their paths: the digest of its content and that of all defaults
    above it, or the reason why it cannot be read; and what was `refused` beside them. `like` is a digest of the
    algorithm that contents are named by."""

    def __init__(
        self,
        source: TextSource,
        paths: Sequence[str],
        like: str,
        above: Above,
        refused: tuple[Unreadable, ...],
    ) -> None:
        self.paths = list(paths)
        self.refused = refused
        self.like = like
        self._table: Table | None = None
        self._source = source
        self._above = above
        self._read: dict[str, Content] = {}

    @classmethod
    def of(cls, source: TextSource, files: Contents, known: Mapping[str, str]) -> Marks:
        """The marks of the files of a source; `known` are digests of files whose content need not be read."""
        like = next(iter(known.values()), "")
        if all(path in known for path in files.default_files):
            defaults, refused = {path: known[path] for path in files.default_files}, files.refused_but_defaults
        else:
            defaults = {path: known.get(path) or blob_digest(data, like) for path, data in files.defaults.items()}
            refused = files.refused
        found = cls(source, files.cis, like, _above(defaults), refused)
        found._read = dict(source.read_many([path for path in files.cis if path not in known]))
        found.marks = [
            known[path] + found._above(path) if path in known else found._of(path, found._read[path])
            for path in files.cis
        ]
        return found

    @classmethod
    def again(cls, source: TextSource, files: Contents, table: Table, like: str) -> Marks:
        """The marks of a table of just these files, which could all be read, as could all defaults."""
        tails: dict[str, str] = {}

        def above(path: str) -> str:
            if not tails:
                marks, paths = rows(table.block)
                tails.update((path, mark[len(like) :]) for path, mark in zip(paths, marks, strict=True))
            return tails[path]

        found = cls(source, files.cis, like, above, files.refused_but_defaults)
        found._table = table
        return found

    @cached_property
    def marks(self) -> list[str]:
        """The marks alone, in the order of the paths."""
        return rows(self.table.block)[0]

    @property
    def table(self) -> Table:
        """All marks and paths as they are now."""
        if self._table is None:
            cells = chain.from_iterable(zip(self.marks, self.paths, strict=True))
            self._table = Table.of("\0".join(cells).encode())
        return self._table

    @property
    def name(self) -> str:
        """A name for all of this."""
        return name_of(self.table, self.told)

    @property
    def told(self) -> tuple[tuple[str, str, bool], ...]:
        """What was refused, in plain values."""
        return tuple((error.path, error.reason, error.folder) for error in self.refused)

    def reread(self, numbers: Iterable[int]) -> None:
        """Reads files, whose marks are those of what they hold now from then on."""
        for _ in self.contents(list(numbers)):
            pass

    def contents(self, numbers: Sequence[int]) -> Iterator[Content]:
        """The contents of files by number. Afterwards their marks are those of what was read."""
        rest = self._source.read_many(
            [self.paths[number] for number in numbers if self.paths[number] not in self._read]
        )
        for number in numbers:
            path = self.paths[number]
            content = self._read[path] if path in self._read else next(rest)[1]
            self._mark(number, self._of(path, content))
            yield content

    def tell(self, number: int, content: str) -> None:
        """The digest of what somebody else read."""
        self._mark(number, content + self._above(self.paths[number]))

    def _mark(self, number: int, mark: str) -> None:
        self.marks[number] = mark
        self._table = None

    def _of(self, path: str, content: Content) -> str:
        if isinstance(content, Unreadable):
            return f"!{digest(content.reason.encode())}"
        return blob_digest(content, self.like) + self._above(path)


def name_of(table: Table, told: tuple[tuple[str, str, bool], ...]) -> str:
    """The name of the marks that have this table, and of what was refused beside them."""
    return digest(table.name.encode(), repr(told).encode())


def rows(table: bytes) -> tuple[list[str], list[str]]:
    """The marks and the paths of a table."""
    cells = table.decode().split("\0") if table else []
    return cells[::2], cells[1::2]


def salt(schema_files: Mapping[str, bytes]) -> str:
    """What every reading depends on besides its own file: the program's code and data, and the workspace's schema."""
    return digest(
        program(*_READING), *(part for path, data in sorted(schema_files.items()) for part in (path.encode(), data))
    )


def digest(*parts: bytes) -> str:
    """A name for byte strings in their order."""
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.hexdigest()


def program(*folders: str) -> bytes:
    """Changes whenever the code or the data in these folders of the program do: a newer version, or an edit."""
    return b"\n".join(map(_code, folders))


@cache
def _code(folder: str) -> bytes:
    stats: list[str] = []
    top = str(Path(__file__).parent.parent)
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        with os.scandir(f"{top}/{path}") as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(f"{path}/{entry.name}")
                elif entry.name.endswith((".py", ".yaml")):
                    found = entry.stat()
                    stats.append(f"{path}/{entry.name} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(sorted(stats)).encode()


def _above(defaults: Mapping[str, str]) -> Above:
    """From the path of a file to the digest of the defaults files in its folder and above."""
    known = {path: digest(path.encode(), content.encode()) for path, content in defaults.items()}
    folders: dict[str, list[str]] = {}
    for path in sorted(known):
        folders.setdefault(path.rpartition("/")[0], []).append(known[path])
    chains: dict[str, str] = {"": ""}

    def of(folder: str) -> str:
        if (found := chains.get(folder)) is None:
            above, here = of(folder.rpartition("/")[0]), folders.get(folder)
            found = chains[folder] = digest(above.encode(), *map(str.encode, here)) if here else above
        return found

    return lambda path: of(path.rpartition("/")[0])
