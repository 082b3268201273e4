"""A whole inventory from its files: defaults first, then every CI, all problems in one run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from cmdb.formats.ci_reader import CIReader
from cmdb.formats.defaults import Defaults, DefaultsChain, read_defaults
from cmdb.formats.reading import Reading, entries_of, read_precise
from cmdb.formats.taking import Above, Taken
from cmdb.formats.yaml import fast
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.location import Location, Place, make_place
from cmdb.model.plain import NeedsText
from cmdb.model.problem import Problem
from cmdb.sources.protocol import Unreadable

_WORDS = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


class FileReading(NamedTuple):
    """What one file of CIs gave; `clean` where it gave everything without a problem."""

    cis: tuple[CI, ...]
    taken: Taken = frozenset()
    clean: bool = True


class InventoryReading:
    """An inventory while it is read: first all defaults, then files of CIs in the order of their paths.

    `unread` names schema files that did not load: what their kinds would have said is unknown, so the inventory is
    not complete.
    """

    def __init__(self, schema: Schema, unread: Sequence[str] = ()) -> None:
        self.reader = CIReader(schema)
        self.problems = self.reader.problems
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

    def accept(self, path: str, content: bytes | Unreadable) -> FileReading:
        """What a file of CIs gives, or the refusal to read it."""
        if isinstance(content, Unreadable):
            self.refuse(content)
            return FileReading((), clean=False)
        return self.read(path, content)

    def read(self, path: str, data: bytes) -> FileReading:
        """Reads a file of CIs. Its problems are noted, its CIs are not taken in yet."""
        problems, taken = self.problems, self.reader.taken
        known = len(problems)
        taken.clear()
        folder = path.rpartition("/")[0]
        above = self._above.get(folder) or self._ready(folder)
        try:
            document = fast.parse(data)
            if type(document) is dict:
                ci = self.reader.ci(document, make_place(path, 0, None, ()), above)
                found = (ci,) if ci is not None else self._unusable(path, data)
            else:
                found = self._cis(path, data, entries_of(path, document), above)
        except (fast.Odd, NeedsText):
            del problems[known:]
            taken.clear()
            found = self._cis(path, data, read_precise(path, data), above)
        clean = len(problems) == known
        if not clean:
            self._blame(known)
        return FileReading(found, taken[0] if len(taken) == 1 else frozenset(chain.from_iterable(set(taken))), clean)

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

    def _cis(self, path: str, data: bytes, reading: Reading, above: Above) -> tuple[CI, ...]:
        self.problems += reading.problems
        found = [self.reader.ci(raw, place, above) for place, raw in reading.entries]
        if reading.unread or None in found:
            self._missing.add(path, data)
        return tuple([ci for ci in found if ci is not None])

    def _unusable(self, path: str, data: bytes) -> tuple[CI, ...]:
        self._missing.add(path, data)
        return ()

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
