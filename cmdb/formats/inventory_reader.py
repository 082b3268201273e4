"""A whole inventory from its files: defaults first, then every CI, all problems in one run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, islice, zip_longest
from typing import NamedTuple

from cmdb.formats.ci_reader import Ahead, CIReader
from cmdb.formats.defaults import Defaults, DefaultsChain, read_defaults
from cmdb.formats.reading import Reading, entries_of, read_precise
from cmdb.formats.taking import Above, Taken
from cmdb.formats.together import Together
from cmdb.formats.yaml import fast
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.location import Location, Place
from cmdb.model.plain import NeedsText
from cmdb.model.problem import Problem
from cmdb.sources.protocol import Unreadable

TOGETHER = 200
"""CIs that are read together at least, where there are so many."""

_WORDS = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


class FileReading(NamedTuple):
    """What one file of CIs gave; `clean` where it gave everything without a problem."""

    cis: tuple[CI, ...]
    taken: Taken = frozenset()
    clean: bool = True


class _Parsed(NamedTuple):
    """A file of CIs as the fast reader has it; without entries, and `odd`, where it is not for that one."""

    path: str
    content: bytes | Unreadable
    above: Above
    reading: Reading = Reading()
    odd: bool = True


class InventoryReading:
    """An inventory while it is read: first all defaults, then files of CIs in the order of their paths.

    `unread` names schema files that did not load: what their kinds would have said is unknown, so the inventory is
    not complete.
    """

    def __init__(self, schema: Schema, unread: Sequence[str] = ()) -> None:
        self.reader = CIReader(schema)
        self.problems = self.reader.problems
        self._together = Together(self.reader)
        self._missing = _Unread(list(unread))
        self._defaults: list[Defaults] = []
        self._chain = DefaultsChain(())
        self._declared: list[CI] = []
        self._taken: defaultdict[str, set[Taken]] = defaultdict(set)
        self._above: dict[str, Above] = {}
        self._blamed: set[tuple[str, Place]] = set()

    def refuse(self, error: Unreadable) -> None:
        """Notes a file that could not be read."""
        self.problems.append(unreadable(error))
        self._missing.add(error.path, None)

    def take_defaults(self, path: str, data: bytes) -> None:
        """Takes in a defaults file; all of them come before the first file of CIs."""
        reading = read_precise(path, data)
        self.problems += reading.problems
        if reading.unread:
            self._missing.add(path, data)
        found, wrong = read_defaults(path, reading.entries)
        self.problems += wrong
        if found is not None:
            found.digest = blake2b(data, digest_size=16).digest()
            self._defaults.append(found)
            self._chain = DefaultsChain(self._defaults)
            self._above.clear()

    def chain(self, path: str) -> tuple[Defaults, ...]:
        """The defaults that apply to a file, nearest first."""
        return self._chain.of(path.rpartition("/")[0])

    @property
    def homes(self) -> dict[str, str]:
        """The defaults file of each folder that has one."""
        return {item.folder: item.place.path for item in self._defaults}

    def read(self, path: str, content: bytes | Unreadable) -> FileReading:
        """What a file of CIs gives, or the refusal to read it."""
        return next(self.read_many([(path, content)]))

    def read_many(self, files: Iterable[tuple[str, bytes | Unreadable]]) -> Iterator[FileReading]:
        """What each file of CIs gives. Its problems are noted, its CIs are not taken in yet. Files are asked for a few
        ahead, so that CIs that are much alike can be read together."""
        for some in self._batches(files):
            ahead = iter(self._together.read((file.reading.entries, file.above) for file in some))
            for file in some:
                yield self._given(file, list(islice(ahead, len(file.reading.entries))))

    def take(self, path: str, reading: FileReading) -> None:
        """Takes in what a file of CIs gave, now or when it was read before."""
        self._declared += reading.cis
        if reading.taken:
            self._taken[path.rpartition("/")[0]].add(reading.taken)

    def inventory(self) -> Inventory:
        """Everything taken in so far, with the defaults that nobody took."""
        for folder, takings in self._taken.items():
            above = self._chain.of(folder)
            for position, taken in set(chain.from_iterable(takings)):
                above[position].taken.add(taken)
        unused = [problem for defaults in self._defaults for problem in defaults.unused()]
        words = self._missing.words
        ids = None if words is None else frozenset(words)
        problems = (*self.problems, *unused)
        return Inventory(tuple(self._declared), self.reader.schema, problems, tuple(self._missing.paths), ids)

    def _ready(self, folder: str) -> Above:
        above = self._above[folder] = self.reader.above(self._chain.of(folder))
        return above

    def _batches(self, files: Iterable[tuple[str, bytes | Unreadable]]) -> Iterator[list[_Parsed]]:
        """A file without entries is the last of its batch: it may be a large one for the precise reader."""
        some: list[_Parsed] = []
        cis = 0
        for path, content in files:
            file = self._parsed(path, content)
            some.append(file)
            cis += len(file.reading.entries) or TOGETHER
            if cis >= TOGETHER:
                yield some
                some, cis = [], 0
        yield some

    def _parsed(self, path: str, content: bytes | Unreadable) -> _Parsed:
        folder = path.rpartition("/")[0]
        above = self._above.get(folder) or self._ready(folder)
        if isinstance(content, Unreadable):
            return _Parsed(path, content, above)
        try:
            return _Parsed(path, content, above, entries_of(path, fast.parse(content)), odd=False)
        except fast.Odd:
            return _Parsed(path, content, above)

    def _given(self, file: _Parsed, ahead: Sequence[Ahead | None]) -> FileReading:
        """What a file gives, of whose CIs some were read ahead."""
        path, data, above, reading, odd = file
        if isinstance(data, Unreadable):
            self.refuse(data)
            return FileReading((), clean=False)
        problems, taken = self.problems, self.reader.taken
        known = len(problems)
        taken.clear()
        try:
            cis = None if odd else self._cis(path, data, above, reading, ahead)
        except NeedsText:
            cis = None
        if cis is None:
            del problems[known:]
            taken.clear()
            cis = self._cis(path, data, above, read_precise(path, data))
        clean = len(problems) == known
        if not clean:
            self._blame(known)
        return FileReading(cis, taken[0] if len(taken) == 1 else frozenset(chain.from_iterable(set(taken))), clean)

    def _cis(
        self, path: str, data: bytes, above: Above, reading: Reading, ahead: Iterable[Ahead | None] = ()
    ) -> tuple[CI, ...]:
        self.problems += reading.problems
        found: list[CI] = []
        for (place, raw), known in zip_longest(reading.entries, ahead):
            if known is not None:
                found.append(known[0])
                self.reader.taken.append(known[1])
            elif (ci := self.reader.ci(raw, place, above)) is not None:
                found.append(ci)
        if reading.unread or len(found) < len(reading.entries):
            self._missing.add(path, data)
        return tuple(found)

    def _blame(self, known: int) -> None:
        """Leaves out what was found before: a wrong default is one problem, however many CIs take it."""
        found = self.problems[known:]
        del self.problems[known:]
        for problem in found:
            if problem.ci is None and isinstance(problem.where, Place):
                blame = (problem.code, problem.where)
                if blame in self._blamed:
                    continue
                self._blamed.add(blame)
            self.problems.append(problem)


def unreadable(error: Unreadable) -> Problem:
    """The problem of a file that could not be read."""
    return Problem("unreadable", error.reason, where=Location(error.path), hint=error.hint)


@dataclass(slots=True)
class _Unread:
    """The files that did not load, and the words in them that may be ids."""

    paths: list[str] = field(default_factory=list)
    words: set[str] | None = field(default_factory=set)

    def add(self, path: str, data: bytes | None) -> None:
        self.paths.append(path)
        if data is None:
            self.words = None
        elif self.words is not None:
            found = (word.decode("ascii") for word in _WORDS.findall(data))
            self.words.update(form for word in found for form in (word, word.rstrip(":,")))
