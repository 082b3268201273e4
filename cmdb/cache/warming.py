"""An inventory from what an image remembers and what had to be read: decoded on first use where the graph is the same,
built anew where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from cmdb.cache.codec import encode
from cmdb.cache.difference import Difference, difference
from cmdb.cache.fanning import Bulk, readings
from cmdb.cache.marks import Marks
from cmdb.cache.remembered import Remembered, Taken, Worth, chain_of, taken
from cmdb.cache.shelf import Declared, indexed
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.graph.topology import Topology
from cmdb.inventory import Inventory
from cmdb.model.ci import CI
from cmdb.model.problem import CmdbError

_MANY = 0.02
"""The share of changed files that makes a new image worth writing though the graph is the same."""


@dataclass(frozen=True, slots=True)
class Warm:
    """An inventory, and what is worth keeping of it; `due` says that it is time to. Where it was made from an image,
    that is `known`, and `touched` are the ids of all CIs that stand or stood in a file that is not what it was."""

    inventory: Inventory
    worth: Callable[[], Worth]
    due: bool = True
    known: Remembered | None = None
    touched: frozenset[str] = frozenset()


class Warming:
    """One load with an image, or without one that is of use."""

    def __init__(self, bulk: Bulk, into: InventoryReading, marks: Marks, known: Remembered | None) -> None:
        self._bulk = bulk
        self._sent: dict[int, bytes] = {}
        self._into = into
        self._marks = marks
        self._known = known
        self._fresh: dict[int, FileReading] = {}

    def inventory(self) -> Warm:
        """The inventory."""
        self._read(file for file in self._files if self._known is None or not self._known.has(file))
        found = difference(self._known, self._fresh, self._into) if self._known is not None else None
        topology = None if found is None else found.topology
        return self._built() if found is None or topology is None else self._shelved(found, topology)

    @property
    def _files(self) -> range:
        return range(len(self._marks.paths))

    def _read(self, files: Iterable[int]) -> None:
        numbers, marks = list(files), self._marks
        task = self._bulk.task([marks.paths[file] for file in numbers], marks.like)
        found = readings(self._into, task, self._bulk, lambda some: marks.contents([numbers[place] for place in some]))
        for file, (reading, told) in zip(numbers, found, strict=True):
            self._fresh[file] = reading
            if told is not None:
                marks.tell(file, told[0])
                self._sent[file] = told[1]

    def _shelved(self, found: Difference, topology: Topology) -> Warm:
        """The CIs of unchanged files stay where they are until somebody asks."""
        for (path, steps), count in found.taken.items():
            if count > 0:
                self._into.chain(path)[0].taken.add(steps)
        declared = Declared(found.first, self._cis)
        index = indexed(topology, found.at(topology), declared)
        inventory = Inventory.of(replace(self._into.inventory(), declared=declared, index=index), topology)
        due = len(found.after) + len(found.before) > _MANY * len(self._files)
        return Warm(inventory, lambda: self._worth(found.first, found.taken), due, self._known, found.touched)

    def _built(self) -> Warm:
        """Every CI is decoded or read, and the graph is built."""
        readings = [self._reading(file) for file in self._files]
        counts: Counter[Taken] = Counter()
        for path, reading in zip(self._marks.paths, readings, strict=True):
            self._into.take(path, reading)
            counts.update(taken(reading, chain_of(self._into, path)))
        first = list(accumulate((len(reading.cis) for reading in readings), initial=0))
        return Warm(Inventory.of(self._into.inventory()), lambda: self._worth(first, counts))

    def _worth(self, first: Sequence[int], counts: Counter[Taken]) -> Worth:
        return Worth([self._packed(file) for file in self._files], first, counts, self._into.homes)

    def _cis(self, file: int) -> tuple[CI, ...]:
        return self._reading(file).cis

    def _reading(self, file: int) -> FileReading:
        """New, or remembered; read after all where what is remembered turns out to be damaged."""
        if file in self._fresh:
            return self._fresh[file]
        if self._known is not None and (known := self._known.reading(file, self._into)) is not None:
            return known
        mark = self._marks.marks[file]
        self._read((file,))
        if mark != self._marks.marks[file]:
            raise CmdbError(f"{self._marks.paths[file]} changed while it was read", hint="run it again")
        return self._fresh[file]

    def _packed(self, file: int) -> bytes:
        """What to keep of a file; nothing where it has problems, so that it is read again until it has none."""
        if file in self._sent:
            return self._sent[file]
        if (fresh := self._fresh.get(file)) is not None:
            return (encode(fresh, self._into.chain(self._marks.paths[file])) if fresh.clean else None) or b""
        return (self._known.packed(file) if self._known is not None else None) or b""
