"""A whole inventory from its files: defaults first, then every CI, all problems in one run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from cmdb.formats.ci_reader import CIReader
from cmdb.formats.defaults import Defaults, DefaultsChain, read_defaults
from cmdb.formats.reading import Reading, read_fast, read_precise
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.location import Location
from cmdb.model.plain import NeedsText
from cmdb.model.problem import Problem
from cmdb.sources.protocol import Unreadable

Taken = frozenset[tuple[int, KeyPath]]
"""Defaults that were taken: the position of their file (nearest first) and the path."""

_WORDS = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


@dataclass(frozen=True, slots=True)
class FileReading:
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
        known = len(self.problems)
        self.reader.taken.clear()
        try:
            reading = read_fast(path, data)
            found = self._read(reading, path)
        except NeedsText:
            del self.problems[known:]
            self.reader.taken.clear()
            reading = read_precise(path, data)
            found = self._read(reading, path)
        if reading.unread or len(found) < len(reading.entries):
            self._missing.add(path, data)
        return FileReading(found, frozenset(self.reader.taken), clean=len(self.problems) == known)

    def take(self, path: str, reading: FileReading) -> None:
        """Takes in what a file of CIs gave, now or when it was read before."""
        self._declared += reading.cis
        chain = self.chain(path) if reading.taken else ()
        for position, taken in reading.taken:
            chain[position].taken.add(taken)

    def inventory(self) -> Inventory:
        """Everything taken in so far, with the defaults that nobody took."""
        unused = [problem for defaults in self._defaults for problem in defaults.unused()]
        words = self._missing.words
        ids = None if words is None else frozenset(words)
        problems = (*self.problems, *unused)
        return Inventory(tuple(self._declared), self.reader.schema, problems, tuple(self._missing.paths), ids)

    def _read(self, reading: Reading, path: str) -> tuple[CI, ...]:
        self.problems += reading.problems
        chain = self.chain(path)
        found = [self.reader.read(entry, chain) for entry in reading.entries]
        return tuple([ci for ci in found if ci is not None])


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
