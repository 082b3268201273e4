"""Many texts in one block of bytes, each decoded when it is looked at."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import overload


class Texts(Sequence[str]):
    """A sequence of texts over a block: text `n` stands from `start[n]` up to, not including, `start[n + 1]`."""

    def __init__(self, block: memoryview, start: Sequence[int]) -> None:
        self._block = block
        self._start = start
        self._count = len(start) - 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(index)
        return str(self._block[self._start[number] : self._start[number + 1]], "utf-8")

    def __iter__(self) -> Iterator[str]:
        block = bytes(self._block)
        return (block[start:end].decode() for start, end in pairwise(self._start))


class Names(Sequence[str | None]):
    """Texts of which some are None."""

    def __init__(self, texts: Texts, there: memoryview) -> None:
        self._texts = texts
        self._there = there

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> str | None: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str | None]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str | None] | None:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        return self._texts[index] if self._there[index] else None


def packed(texts: Iterable[str]) -> tuple[bytes, bytes]:
    """The block, and where each text starts in it, as 64-bit numbers. Raises `ValueError` for what is no Unicode."""
    parts = [text.encode() for text in texts]
    return b"".join(parts), array("Q", accumulate(map(len, parts), initial=0)).tobytes()
