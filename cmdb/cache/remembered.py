"""An image held against the files as they are now: which readings still count, and whether the graph does."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from cmdb.cache import compiled
from cmdb.cache.codec import Decoder
from cmdb.cache.folder import Folder
from cmdb.cache.image import Image, Writer
from cmdb.cache.marks import Marks, Table, name_of, rows
from cmdb.cache.shelf import positions
from cmdb.formats.defaults import Defaults
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.graph.topology import Topology
from cmdb.inventory import Inventory
from cmdb.model.keypath import KeyPath

_CANDIDATES = 4
_ENOUGH = 0.5
"""The share of readings that has to be of use, or the next image is tried."""

Readings = Mapping[int, FileReading]
"""Readings by the number of their file."""
Taken = tuple[str, KeyPath]
"""A default: its file and its path there."""


def find(folder: Folder, family: str, marks: Marks) -> Remembered | None:
    """The image of these very files, else the latest that has enough of them; None where there is none."""
    table = marks.table
    image = folder.get(family, name_of(table, marks.told))
    if image is not None and (exact := _held(image, marks, table)) is not None and exact.same:
        return exact
    found: list[Remembered] = []
    for image, _ in zip(folder.recent(family), range(_CANDIDATES), strict=False):
        if (known := _held(image, marks, table)) is not None:
            found.append(known)
            if known.share >= _ENOUGH:
                break
    return max(found, key=lambda known: known.share, default=None)


class Remembered:
    """An image and the marks of now, with their table. Raises `KeyError`, `ValueError` or `TypeError` for an image of
    another shape.

    `first` and `at` are those of the image: the number of CIs before each of its files, and where each CI of its graph
    stands among them. `gone` are the numbers of files that changed or went.
    """

    def __init__(self, image: Image, marks: Marks, now: Table) -> None:
        self._image = image
        self._decoder: Decoder | None = None
        self.marks = marks
        self._table = bytes(image.blocks["table"])
        alike = self._table == now.block
        self.same = alike and marks.told == image.small["refused"]
        self.same_paths = alike or self.paths == marks.paths
        self.unread = tuple(image.small["unread"])
        self.first = image.blocks["first"].cast("I")
        self.at = image.blocks["at"].cast("I")

    @property
    def name(self) -> str:
        """The name of the image."""
        return name_of(Table.of(self._table), self._image.small["refused"])

    @property
    def paths(self) -> list[str]:
        """The paths of the files of the image."""
        return self._rows[1]

    @cached_property
    def was_at(self) -> Sequence[int | None]:
        """The number that each file of now had, None for one that came."""
        if self.same_paths:
            return range(len(self.paths))
        number = {path: at for at, path in enumerate(self.paths)}
        return [number.get(path) for path in self.marks.paths]

    @property
    def share(self) -> float:
        """The share of files whose reading still counts."""
        return sum(map(self.counts, range(len(self.was_at)))) / max(len(self.was_at), 1)

    @property
    def gone(self) -> list[int]:
        """The numbers of files of the image that changed or went."""
        stayed = {number for file, number in enumerate(self.was_at) if self.counts(file)}
        return [number for number in range(len(self.paths)) if number not in stayed]

    @property
    def taken(self) -> Mapping[Taken, int]:
        """How many files of the image take each default."""
        return {(path, tuple(steps)): count for path, steps, count in self._image.small["taken"]}

    @cached_property
    def topology(self) -> Topology:
        """The graph of the files of the image."""
        return compiled.unpack(self._image.blocks, self._image.small["topology"])

    def counts(self, file: int) -> bool:
        """Whether a file of now is what it was."""
        number = self.was_at[file]
        return number is not None and self._rows[0][number] == self.marks.marks[file]

    def has(self, file: int) -> bool:
        """Whether a file of now is what it was, and its reading was kept."""
        number = self.was_at[file]
        return number is not None and self.counts(file) and self._image.holds(number)

    def packed(self, file: int) -> bytes | None:
        """The packed reading of a file of now that did not change."""
        number = self.was_at[file]
        return None if number is None else self._image.reading(number)

    def reading(self, file: int, into: InventoryReading) -> FileReading | None:
        """The reading of a file of now that did not change."""
        number = self.was_at[file]
        return None if number is None else self._decoded(number, into, into.chain(self.paths[number]))

    def reading_before(self, number: int, into: InventoryReading) -> FileReading | None:
        """The reading of a file of the image, without the places that values are inherited from."""
        return self._decoded(number, into, None)

    def chain_before(self, number: int) -> list[str]:
        """The defaults files that applied to a file of the image, nearest first."""
        folder, homes = self.paths[number].rpartition("/")[0], self._image.small["defaults"]
        found = []
        while folder:
            found += [homes[folder]] if folder in homes else []
            folder = folder.rpartition("/")[0]
        return found

    @cached_property
    def _rows(self) -> tuple[list[str], list[str]]:
        return rows(self._table)

    def _decoded(
        self, number: int, into: InventoryReading, defaults: tuple[Defaults, ...] | None
    ) -> FileReading | None:
        data, decoder = self._image.reading(number), self._decoder
        if decoder is None:
            decoder = self._decoder = Decoder(into.reader.schema)
        return None if data is None else decoder.reading(data, self.paths[number], defaults)


@dataclass(frozen=True, slots=True)
class Worth:
    """What is worth keeping of a load: the packed reading of each file, the number of CIs before each file and at the
    end of all, how many files take each default, and the defaults file of each folder that has one."""

    readings: Sequence[bytes]
    first: Sequence[int]
    taken: Counter[Taken]
    defaults: Mapping[str, str]


def taken(reading: FileReading, chain: Sequence[str]) -> Iterable[Taken]:
    """The defaults that a file takes, given the defaults files that apply to it, nearest first."""
    return [(chain[place], steps) for place, steps in reading.taken]


def chain_of(into: InventoryReading, path: str) -> list[str]:
    """The defaults files that apply to a file, nearest first."""
    return [item.place.path for item in into.chain(path)]


def keep(folder: Folder, family: str, marks: Marks, inventory: Inventory, worth: Worth) -> None:
    """Writes the image of a load."""
    table = marks.table

    def write(file: IO[bytes]) -> None:
        writer = Writer(file)
        for reading in worth.readings:
            writer.add(reading)
        blocks, small = compiled.pack(inventory.topology)
        blocks |= {"table": table.block, "first": array("I", worth.first).tobytes()}
        blocks["at"] = positions(inventory.declared, inventory.cis).tobytes()
        counts = [[*item, count] for item, count in worth.taken.items() if count > 0]
        rest = {"topology": small, "unread": inventory.unread, "refused": marks.told, "taken": counts}
        writer.finish(blocks, {**rest, "defaults": dict(worth.defaults)})

    folder.put(family, name_of(table, marks.told), write)


def _held(image: Image, marks: Marks, table: Table) -> Remembered | None:
    try:
        return Remembered(image, marks, table)
    except (KeyError, ValueError, TypeError, IndexError):
        return None
