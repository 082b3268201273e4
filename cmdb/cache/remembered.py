"""An image held against the files as they are now: which readings still count, and whether the graph does."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from cmdb.cache import compiled
from cmdb.cache.codec import Decoder, shape
from cmdb.cache.folder import Folder
from cmdb.cache.image import Image, Writer
from cmdb.cache.marks import Marks, digest, rows
from cmdb.cache.shelf import ById, Declared, positions
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.graph.topology import Topology, position
from cmdb.inventory import Inventory
from cmdb.model.inventory import Index
from cmdb.model.keypath import KeyPath
from cmdb.sources.protocol import Unreadable

_CANDIDATES = 4
_ENOUGH = 0.5
"""The share of readings that has to be of use, or the next image is tried."""

Refusals = Sequence[Unreadable]
Readings = Mapping[int, FileReading]
"""Readings by the number of their file."""
Taken = tuple[str, KeyPath]
"""A default: its file and its path there."""


def find(folder: Folder, family: str, marks: Marks, refused: Refusals) -> Remembered | None:
    """The image of these very files, else the latest that has enough of them; None where there is none."""
    table = marks.table
    image = folder.get(family, _name(table, refused))
    if image is not None and (exact := _held(image, marks, refused)) is not None and exact.same:
        return exact
    found: list[Remembered] = []
    for image, _ in zip(folder.recent(family), range(_CANDIDATES), strict=False):
        if (known := _held(image, marks, refused)) is not None:
            found.append(known)
            if known.share >= _ENOUGH:
                break
    return max(found, key=lambda known: known.share, default=None)


class Remembered:
    """An image and the marks of now. Raises `KeyError`, `ValueError` or `TypeError` for an image of another shape."""

    def __init__(self, image: Image, marks: Marks, refused: Refusals) -> None:
        self._image = image
        self._marks = marks
        self.was, paths = rows(bytes(image.blocks["table"]))
        number = {path: place for place, path in enumerate(paths)}
        self._before = [number.get(path) for path in marks.paths]
        self.same_paths = paths == marks.paths
        self.same = self.same_paths and self.was == marks.marks and _told(refused) == image.small["refused"]
        self.unread = tuple(image.small["unread"])
        self._decoder: Decoder | None = None
        self.first = image.blocks["first"].cast("I")

    def has(self, file: int) -> bool:
        """Whether the file is what it was, and its reading was kept."""
        before = self._before[file]
        return before is not None and self.counts(file) and self._image.holds(before)

    @property
    def share(self) -> float:
        """The share of files whose reading still counts."""
        return sum(map(self.counts, range(len(self._before)))) / max(len(self._before), 1)

    def counts(self, file: int) -> bool:
        """Whether the file is what it was."""
        before = self._before[file]
        return before is not None and self.was[before] == self._marks.marks[file]

    def packed(self, file: int) -> bytes | None:
        """The packed reading of a file as it was."""
        before = self._before[file]
        return None if before is None else self._image.reading(before)

    def reading(self, file: int, into: InventoryReading) -> FileReading | None:
        """The reading of a file as it was."""
        path = self._marks.paths[file]
        data = self.packed(file)
        if data is None:
            return None
        if self._decoder is None:
            self._decoder = Decoder(into.reader.schema)
        return self._decoder.reading(data, path, into.chain(path))

    @cached_property
    def topology(self) -> Topology:
        """The graph of the files as they were."""
        return compiled.unpack(self._image.blocks, self._image.small["topology"])

    def unaltered(self, fresh: Readings, into: InventoryReading) -> bool:
        """Whether the graph of now is the same, given new readings of all files that changed."""
        if not self.same_paths:
            return False
        for file, reading in fresh.items():
            if not self.counts(file):
                before = self.reading(file, into)
                if before is None or [*map(shape, before.cis)] != [*map(shape, reading.cis)]:
                    return False
        return True

    def index(self, declared: Declared) -> Index:
        """The CIs by id, where the graph is unaltered."""
        ids, aliases = self.topology.ids, self.topology.aliases
        cis = ById(ids, self._image.blocks["at"].cast("I"), declared, lambda name: position(ids, name))
        return Index(cis, {alias: ids[node] for alias, node in zip(aliases, self.topology.alias_of, strict=True)})

    def taken(self, fresh: Readings, into: InventoryReading) -> Counter[Taken]:
        """How many files take each default, given new readings of all files that changed."""
        counts = Counter({(path, tuple(steps)): count for path, steps, count in self._image.small["taken"]})
        for file, reading in fresh.items():
            if not self.counts(file) and (before := self.reading(file, into)) is not None:
                counts.subtract(taken(before, self._marks.paths[file], into))
                counts.update(taken(reading, self._marks.paths[file], into))
        return counts


@dataclass(frozen=True, slots=True)
class Worth:
    """What is worth keeping of a load: the packed reading of each file, the number of CIs before each file and at the
    end of all, and how many files take each default."""

    readings: Sequence[bytes]
    first: Sequence[int]
    taken: Counter[Taken]


def taken(reading: FileReading, path: str, into: InventoryReading) -> Iterable[Taken]:
    """The defaults that a file takes."""
    if not reading.taken:
        return ()
    chain = into.chain(path)
    return [(chain[place].place.path, steps) for place, steps in reading.taken]


def keep(folder: Folder, family: str, marks: Marks, refused: Refusals, inventory: Inventory, worth: Worth) -> None:
    """Writes the image of a load."""
    table = marks.table

    def write(file: IO[bytes]) -> None:
        writer = Writer(file)
        for reading in worth.readings:
            writer.add(reading)
        blocks, small = compiled.pack(inventory.topology)
        blocks |= {"table": table, "first": array("I", worth.first).tobytes()}
        blocks["at"] = positions(inventory.declared, inventory.cis).tobytes()
        counts = [[*item, count] for item, count in worth.taken.items() if count > 0]
        rest = {"topology": small, "unread": inventory.unread, "refused": _told(refused), "taken": counts}
        writer.finish(blocks, rest)

    folder.put(family, _name(table, refused), write)


def _held(image: Image, marks: Marks, refused: Refusals) -> Remembered | None:
    try:
        return Remembered(image, marks, refused)
    except (KeyError, ValueError, TypeError, IndexError):
        return None


def _name(table: bytes, refused: Refusals) -> str:
    return digest(table, repr(_told(refused)).encode())


def _told(refused: Refusals) -> tuple[tuple[str, str, bool], ...]:
    return tuple((error.path, error.reason, error.folder) for error in refused)
