"""Files that exist only in memory: for tests, and for library users whose text comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cmdb.sources import rules, walk
from cmdb.sources.protocol import LIMIT, File, Unreadable


@dataclass(frozen=True, slots=True)
class Memory:
    """Texts or bytes by their path below the workspace."""

    texts: Mapping[str, str | bytes]
    label: str = "memory"

    def files(self, folder: str) -> Iterator[File | Unreadable]:
        return iter(walk.files(_Texts(self.texts), folder))

    def read(self, path: str) -> bytes:
        name = rules.clean(path)
        if name not in self.texts:
            raise rules.absent(path)
        text = self.texts[name]
        data = text.encode() if isinstance(text, str) else text
        if len(data) > LIMIT:
            raise rules.too_large(path, len(data))
        return data

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        for path in paths:
            try:
                yield path, self.read(path)
            except Unreadable as error:
                yield path, error


@dataclass(frozen=True, slots=True)
class _Texts:
    texts: Mapping[str, str | bytes]

    def resolve(self, path: str) -> str:
        if path and path not in self.texts and not any(text.startswith(path + "/") for text in self.texts):
            raise rules.absent(path)
        return path

    def what(self, real: str) -> Literal["file", "folder", "other"]:
        return "file" if real in self.texts else "folder"

    def file(self, real: str) -> File:
        return File(real)

    def below(self, real: str) -> Iterator[File]:
        prefix = real + "/" if real else ""
        for path in self.texts:
            if path.startswith(prefix) and not rules.hidden(path[len(prefix) :].rpartition("/")[0]):
                yield File(path)
