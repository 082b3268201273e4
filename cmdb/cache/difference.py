"""What changed between an image and the files of now, as far as the graph and the order of CIs are concerned."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from cmdb.cache.codec import shape
from cmdb.cache.remembered import Readings, Remembered, Taken, chain_of, taken
from cmdb.formats.inventory_reader import InventoryReading
from cmdb.graph.patch import patched
from cmdb.graph.topology import Topology
from cmdb.model.ci import CI


def difference(known: Remembered, fresh: Readings, into: InventoryReading) -> Difference | None:
    """The difference, given new readings of all files that changed; None where it takes a look at every CI: a reading
    of before is lost, or two CIs have one id."""
    changed = {file: reading for file, reading in fresh.items() if not known.counts(file)}
    before = {number: known.reading_before(number, into) for number in known.gone}
    if None in before.values() or known.first[-1] != len(known.topology):
        return None
    found = Difference(known, changed, {number: reading for number, reading in before.items() if reading}, into)
    return None if found.ambiguous else found


@dataclass(frozen=True)
class Difference:
    """`after` are the new readings of files that changed or came, by their number now; `before` the readings of files
    that changed or went, by their number in the image."""

    known: Remembered
    after: Readings
    before: Readings
    into: InventoryReading

    @cached_property
    def _old(self) -> Mapping[str, CI]:
        return {ci.id: ci for reading in self.before.values() for ci in reading.cis}

    @cached_property
    def _new(self) -> Mapping[str, CI]:
        return {ci.id: ci for reading in self.after.values() for ci in reading.cis}

    @property
    def ambiguous(self) -> bool:
        """Whether an id may be declared twice, ignoring case."""
        if sum(len(reading.cis) for reading in self.after.values()) != len(self._new):
            return True
        ids = self.known.topology.ids
        came = [name for name in self._new if name not in self._old]
        if not came:
            return False
        others = {name.casefold() for name in ids if name not in self._old}
        others.update(name.casefold() for name in self._new if name in self._old)
        return len({name.casefold() for name in came} | others) != len(came) + len(others)

    @property
    def touched(self) -> frozenset[str]:
        """The ids of all CIs that stand or stood in a file that changed."""
        return frozenset(self._old.keys() | self._new.keys())

    @cached_property
    def topology(self) -> Topology | None:
        """The graph of now; None where only building it anew tells."""
        put = {name: ci for name, ci in self._new.items() if name not in self._old or not self._same(ci)}
        gone = self._old.keys() - self._new.keys()
        return patched(self.known.topology, put, gone) if put or gone else self.known.topology

    @cached_property
    def first(self) -> Sequence[int]:
        """The number of CIs before each file of now, and at the end of all."""
        return array("I", accumulate(map(self._count, range(len(self.known.was_at))), initial=0))

    def at(self, topology: Topology) -> Sequence[int]:
        """Where each CI of the graph stands in the order of files."""
        if not self.after and not self.before and self.known.same_paths:
            return self.known.at
        first, moved = self.known.first, self._moved
        place = {
            ci.id: self.first[file] + number
            for file, reading in self.after.items()
            for number, ci in enumerate(reading.cis)
        }
        before = zip(self.known.topology.ids, self.known.at, strict=True)
        place.update((name, at + moved[bisect_right(first, at) - 1]) for name, at in before if name not in place)
        return array("I", [place[name] for name in topology.ids])

    @cached_property
    def taken(self) -> Counter[Taken]:
        """How many files take each default."""
        counts = Counter(self.known.taken)
        for number, reading in self.before.items():
            counts.subtract(taken(reading, self.known.chain_before(number)))
        for file, reading in self.after.items():
            counts.update(taken(reading, chain_of(self.into, self.known.marks.paths[file])))
        return counts

    @cached_property
    def _moved(self) -> Sequence[int]:
        """For each file of the image, by how much the positions of its CIs moved."""
        moved = [0] * (len(self.known.first) - 1)
        for file, number in enumerate(self.known.was_at):
            if number is not None:
                moved[number] = self.first[file] - self.known.first[number]
        return moved

    def _count(self, file: int) -> int:
        if file in self.after:
            return len(self.after[file].cis)
        number = self.known.was_at[file]
        return 0 if number is None else self.known.first[number + 1] - self.known.first[number]

    def _same(self, ci: CI) -> bool:
        return shape(self._old[ci.id]) == shape(ci)
