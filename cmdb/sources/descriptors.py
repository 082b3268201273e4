"""Reading regular files below one folder, so that no link is followed on the way, not even one swapped in meanwhile."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from cmdb.sources import rules
from cmdb.sources.protocol import LIMIT

_COMMON = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = _COMMON | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = _COMMON | getattr(os, "O_DIRECTORY", 0)
RELATIVE = os.open in os.supports_dir_fd
"""Whether the system opens files relative to an open folder; Windows does not."""


@dataclass(slots=True)
class Folders:
    """Opens files below a root, each folder on the way by itself. The last folder stays open, because the next file is
    usually in it."""

    root: Path
    name: str | None = None
    descriptor: int = field(default=-1)

    def __enter__(self) -> Folders:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def open(self, path: str) -> int:
        """A descriptor of the file. Raises `OSError`, `ELOOP` or `ENOTDIR` where a link is on the way."""
        if not RELATIVE:
            return os.open(self.root / path, _FILE)
        folder, _, name = path.rpartition("/")
        if folder != self.name:
            self._change(folder)
        return os.open(name, _FILE, dir_fd=self.descriptor)

    def _change(self, folder: str) -> None:
        self._close()
        self.descriptor = os.open(self.root, _FOLDER)
        for part in folder.split("/") if folder else ():
            deeper = os.open(part, _FOLDER, dir_fd=self.descriptor)
            os.close(self.descriptor)
            self.descriptor = deeper
        self.name = folder

    def _close(self) -> None:
        self.name = None
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def contents(folders: Folders, path: str) -> bytes:
    """The bytes of a regular file. Raises `Unreadable` for anything else, `OSError` where it cannot be opened."""
    descriptor = folders.open(path)
    try:
        status = os.fstat(descriptor)
        size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            raise rules.yaml_folder(path) if stat.S_ISDIR(status.st_mode) else rules.not_regular(path)
        if size > LIMIT:
            raise rules.too_large(path, size)
        data = os.read(descriptor, size + 1)
        return data if len(data) <= size else _grown(descriptor, path, data)
    finally:
        os.close(descriptor)


def _grown(descriptor: int, path: str, data: bytes) -> bytes:
    """The rest of a file that became longer while we looked."""
    while len(data) <= LIMIT:
        more = os.read(descriptor, LIMIT + 1 - len(data))
        if not more:
            return data
        data += more
    raise rules.too_large(path, len(data))
