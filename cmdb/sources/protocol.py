"""What every source of text can do, wherever it reads from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cmdb.model import limits
from cmdb.model.making import maker

LIMIT = limits.FILE_SIZE
"""Bytes; a larger file is not read."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be read: its path below the workspace with `/`; its size, and a digest that names its bytes,
    where they are known for nothing."""

    path: str
    size: int | None = None
    digest: str | None = None


make_file = maker(File)
"""The same from the values of all fields, for sources of a great many."""


class Unreadable(Exception):
    """A file that cannot be read, and why in plain words. With `folder`, everything below it is unread as well."""

    def __init__(self, path: str, reason: str, hint: str = "", *, folder: bool = False) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.hint = hint
        self.folder = folder


class TextSource(Protocol):
    """A tree of files. Paths are relative to the workspace, with `/`; nothing outside it is ever read."""

    @property
    def label(self) -> str:
        """What the tree is, for people: `working tree`, or a revision."""

    def files(self, folder: str) -> Iterator[File | Unreadable]:
        """All files below a folder, sorted by path; what cannot be read (a link out of the workspace, a folder
        without permission) comes as `Unreadable`. A folder that is not there has no files; folders whose name begins
        with a dot are passed over."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises `Unreadable`; where it does not exist, the subclass `NotThere`."""

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        """Many files at once, in the order asked; the fast way for a whole inventory."""


class NotThere(Unreadable):
    """There is no such file."""
