"""What a load depends on, file by file: two loads with the same marks give the same inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from cmdb.sources.protocol import TextSource, Unreadable
from cmdb.sources.unchanged import blob_digest

Content = bytes | Unreadable

_READING = ("cache", "formats", "graph", "model", "schema")
"""The folders of the program that have a say in what a file gives."""


class Marks:
    """The mark of every file of CIs, in the order of their paths: the digest of its content and that of all defaults
    above it, or the reason why it cannot be read. `known` are digests of files whose content need not be read."""

    def __init__(
        self, source: TextSource, paths: Sequence[str], defaults: Mapping[str, bytes], known: Mapping[str, str]
    ) -> None:
        self.paths = list(paths)
        self._source = source
        self.like = next(iter(known.values()), "")
        self._above = _above(defaults)
        self._read = dict(source.read_many([path for path in paths if path not in known]))
        self.marks = [
            known[path] + self._above(path) if path in known else self._of(path, self._read[path]) for path in paths
        ]

    @property
    def table(self) -> bytes:
        """All marks and paths; what `rows` reads."""
        return "\0".join(chain.from_iterable(zip(self.marks, self.paths, strict=True))).encode()

    def contents(self, numbers: Sequence[int]) -> Iterator[Content]:
        """The contents of files by number. Afterwards their marks are those of what was read."""
        rest = self._source.read_many(
            [self.paths[number] for number in numbers if self.paths[number] not in self._read]
        )
        for number in numbers:
            path = self.paths[number]
            content = self._read[path] if path in self._read else next(rest)[1]
            self.marks[number] = self._of(path, content)
            yield content

    def tell(self, number: int, content: str) -> None:
        """The digest of what somebody else read."""
        self.marks[number] = content + self._above(self.paths[number])

    def _of(self, path: str, content: Content) -> str:
        if isinstance(content, Unreadable):
            return f"!{digest(content.reason.encode())}"
        return blob_digest(content, self.like) + self._above(path)


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
        found.update(len(part).to_bytes(8, "little") + part)
    return found.hexdigest()


@cache
def program(*folders: str) -> bytes:
    """Changes whenever the code or the data in these folders of the program do: a newer version, or an edit."""
    top = Path(__file__).parent.parent
    stats = [
        f"{path.relative_to(top)} {found.st_size} {found.st_mtime_ns}"
        for folder in folders
        for path in sorted((top / folder).rglob("*"))
        if path.suffix in (".py", ".yaml")
        for found in (path.stat(),)
    ]
    return "\n".join(stats).encode()


def _above(defaults: Mapping[str, bytes]) -> Callable[[str], str]:
    """From the path of a file to the digest of the defaults files in its folder and above."""
    known = {path: digest(path.encode(), data) for path, data in defaults.items()}
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
