"""Reading in bulk, half of it in another process where there is so much to read that this pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, replace
from itertools import tee
from typing import TypeVar

from cmdb.cache.codec import Decoder, encode
from cmdb.formats.contents import Contents
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.model.problem import CmdbError
from cmdb.sources.protocol import TextSource, Unreadable
from cmdb.sources.unchanged import blob_digest

T = TypeVar("T")

ENOUGH = 8 << 20
"""Bytes to be read; with less, starting the other process takes longer than it saves."""
_SAMPLE = 50

Reader = Callable[[Sequence[int]], Iterator[bytes | Unreadable]]
"""Reads files, by their numbers."""
Tell = Callable[[int, int], None]
"""Takes how many files are done, and how many there are to read."""
Read = tuple[str, bytes]
"""The digest of a file's content, and its packed reading; nothing where this process has to read it itself, for what is
odd about it."""


@dataclass(frozen=True, slots=True)
class Task:
    """What another process has to know: where to read which files, and what every reading depends on. `like` is a
    digest of the algorithm that is wanted."""

    source: TextSource
    paths: Sequence[str]
    schema: Mapping[str, bytes]
    defaults: Mapping[str, bytes]
    like: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What all reading of one load has in common."""

    source: TextSource
    files: Contents
    executor: Executor | None = None
    tell: Tell | None = None

    def task(self, paths: Sequence[str], like: str = "") -> Task:
        """The reading of some files."""
        return Task(self.source, paths, dict(self.files.schema), dict(self.files.defaults), like)


def readings(
    into: InventoryReading, task: Task, bulk: Bulk, contents: Reader
) -> Iterator[tuple[FileReading, Read | None]]:
    """The reading of each file in turn, with what another process said of it where one did."""
    found = _readings(into, task, bulk.executor, contents)
    if bulk.tell is None:
        return found
    return _told(found, len(task.paths), bulk.tell)


def _told(found: Iterator[T], files: int, tell: Tell) -> Iterator[T]:
    for done, reading in enumerate(found):
        tell(done, files)
        yield reading
    tell(files, files)


def _readings(
    into: InventoryReading, task: Task, executor: Executor | None, contents: Reader
) -> Iterator[tuple[FileReading, Read | None]]:
    half = _elsewhere(task, executor)
    middle = len(task.paths) if half is None else len(task.paths) // 2
    for reading in into.read_many(zip(task.paths, contents(range(middle)), strict=False)):
        yield reading, None
    found = [] if half is None else _answer(half)
    decoder = Decoder(into.reader.schema)
    theirs = [_decoded(decoder, into, path, read) for path, read in zip(task.paths[middle:], found, strict=False)]
    theirs += [None] * (len(task.paths) - middle - len(theirs))
    left = [number for number, known in enumerate(theirs, middle) if known is None]
    mine = into.read_many(zip([task.paths[number] for number in left], contents(left), strict=True))
    for number, known in enumerate(theirs):
        yield (next(mine), None) if known is None else (known, found[number])


def _elsewhere(task: Task, executor: Executor | None) -> Future[list[Read]] | None:
    """The second half of the files, as another process reads them; None where that would not pay."""
    if executor is None or not _enough(task.source, task.paths):
        return None
    there = replace(task, paths=task.paths[len(task.paths) // 2 :])
    try:
        return executor.submit(work, there)
    except (BrokenExecutor, RuntimeError, OSError):
        return None


def _answer(half: Future[list[Read]]) -> list[Read]:
    """What came back; nothing where the other process did not get to an end, so that this one reads it all."""
    try:
        return half.result()
    except (BrokenExecutor, CmdbError, OSError, ValueError, TypeError, EOFError):
        return []


def _decoded(decoder: Decoder, into: InventoryReading, path: str, read: Read) -> FileReading | None:
    return decoder.reading(read[1], path, into.chain(path)) if read[1] else None


def work(task: Task) -> list[Read]:
    """Reads files, in the other process."""
    from cmdb.formats.schema_reader import read_schema
    from cmdb.model.quiet import collector_resting

    with collector_resting():
        into = InventoryReading(read_schema(sorted(task.schema.items())).schema)
        for path, data in sorted(task.defaults.items()):
            into.take_defaults(path, data)
        contents, files = tee(task.source.read_many(list(task.paths)))
        read = zip(contents, into.read_many(files), strict=True)
        return [_packed(into, path, content, reading, task.like) for (path, content), reading in read]


def _packed(into: InventoryReading, path: str, content: object, reading: FileReading, like: str) -> Read:
    if not isinstance(content, bytes):
        return "", b""
    packed = encode(reading, into.chain(path)) if reading.clean else None
    return blob_digest(content, like), packed or b""


def _enough(source: TextSource, paths: Sequence[str]) -> bool:
    """Whether there is much to read, judged by a few files."""
    step = max(len(paths) // _SAMPLE, 1)
    sizes = [len(data) for _, data in source.read_many(list(paths[::step])) if isinstance(data, bytes)]
    return sum(sizes) * step > ENOUGH
