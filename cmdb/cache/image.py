"""One file that holds what a whole inventory gave: the reading of each of its files, and blocks of numbers and texts
that are mapped into memory and touched only where someone asks.

Readings come first, each behind a checksum of its own; then the blocks; then a table of contents; and last its place
and the digest of everything but the readings. The file is written once and never changed.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import sys
from array import array
from collections.abc import Mapping
from typing import IO, Any

import msgpack

MAGIC = b"cmdb inventory 1 " + (b"<" if sys.byteorder == "little" else b">") + bytes([array("I").itemsize])
MARK = 8
"""Bytes of the checksum before each reading."""
_FOOTER = struct.Struct("=QQQ32s")

_WRONG = (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error, msgpack.UnpackException)


class Damaged(Exception):
    """The file is not what was written."""


class Writer:
    """Writes an image into a file that is open for it, readings first."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = array("Q", [file.write(MAGIC)])

    def add(self, reading: bytes) -> None:
        """The reading of the next file; nothing where it is to be read again each time."""
        data = _mark(reading) + reading if reading else b""
        self._file.write(data)
        self._start.append(self._start[-1] + len(data))

    def finish(self, blocks: Mapping[str, bytes], small: Mapping[str, Any]) -> None:
        """The rest. Raises `ValueError` or `OverflowError` for what MessagePack cannot hold."""
        digest = hashlib.sha256(MAGIC)
        begin = position = self._start[-1]
        contents: dict[str, tuple[int, int]] = {}
        for name, block in {**blocks, "readings": self._start.tobytes()}.items():
            padding = bytes(-position % 8)
            contents[name] = (position + len(padding), len(block))
            position += self._write(digest, padding) + self._write(digest, block)
        size = self._write(digest, msgpack.packb([contents, small]))
        self._file.write(_FOOTER.pack(begin, position, size, digest.digest()))

    def _write(self, digest: Any, data: bytes) -> int:
        digest.update(data)
        return self._file.write(data)


class Image:
    """An image, mapped. Raises `Damaged` for what is none."""

    def __init__(self, handle: int) -> None:
        try:
            self._data = memoryview(mmap.mmap(handle, 0, access=mmap.ACCESS_READ))
            begin, table, size, digest = _FOOTER.unpack(self._data[-_FOOTER.size :])
            self._begin, self.digest = int(begin), bytes(digest)
            end = table + size
            if bytes(self._data[: len(MAGIC)]) != MAGIC or end + _FOOTER.size != len(self._data) or self._begin > end:
                raise Damaged
            self._contents, self.small = msgpack.unpackb(bytes(self._data[table:end]), use_list=False)
            self.blocks = {name: self._data[at : at + length] for name, (at, length) in self._contents.items()}
            self._start = self.blocks["readings"].cast("Q")
        except (
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            struct.error,
            msgpack.UnpackException,
        ) as error:
            raise Damaged from error

    def whole(self) -> bool:
        """Whether everything but the readings is as it was written."""
        found = hashlib.sha256(MAGIC)
        found.update(self._data[self._begin : len(self._data) - _FOOTER.size])
        return found.digest() == self.digest

    def holds(self, file: int) -> bool:
        """Whether there is a reading of a file."""
        return self._start[file + 1] > self._start[file]

    def reading(self, file: int) -> bytes | None:
        """The reading of a file; None where there is none, or not an undamaged one."""
        kept = bytes(self._data[self._start[file] : self._start[file + 1]])
        data = kept[MARK:]
        return data if kept and _mark(data) == kept[:MARK] else None


def _mark(reading: bytes) -> bytes:
    return hashlib.blake2b(reading, digest_size=MARK).digest()
