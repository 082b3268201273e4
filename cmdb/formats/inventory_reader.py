"""A whole inventory from its files: defaults first, then every CI, all problems in one run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cmdb.formats.ci_reader import CIReader
from cmdb.formats.defaults import Defaults, DefaultsChain, read_defaults
from cmdb.formats.layout import role
from cmdb.formats.reading import Reading, read_fast, read_precise
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.location import Location
from cmdb.model.plain import NeedsText
from cmdb.model.problem import Problem
from cmdb.sources.protocol import Unreadable

File = tuple[str, bytes | Unreadable]

_WORDS = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


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


def read_inventory(files: Iterable[File], schema: Schema, unread: Sequence[str] = ()) -> Inventory:
    """The inventory of files sorted by path. `unread` names schema files that did not load: what their kinds would
    have said is unknown, so the inventory is not complete."""
    missing = _Unread(list(unread))
    reader = CIReader(schema)
    bodies: list[tuple[str, bytes]] = []
    defaults: list[Defaults] = []
    for path, data in files:
        if isinstance(data, Unreadable):
            reader.problems.append(unreadable(data))
            missing.add(path, None)
        elif role(path) == "defaults":
            defaults += _defaults(path, data, reader.problems, missing)
        elif role(path) == "ci":
            bodies.append((path, data))
    chain = DefaultsChain(defaults)
    declared: list[CI] = []
    for path, data in bodies:
        declared += _cis(path, data, reader, chain.of(path.rpartition("/")[0]), missing)
    for item in defaults:
        reader.problems += item.unused()
    ids = None if missing.words is None else frozenset(missing.words)
    return Inventory(tuple(declared), schema, tuple(reader.problems), tuple(missing.paths), ids)


def unreadable(error: Unreadable) -> Problem:
    """The problem of a file that could not be read."""
    return Problem("unreadable", error.reason, where=Location(error.path), hint=error.hint)


def _defaults(path: str, data: bytes, problems: list[Problem], missing: _Unread) -> list[Defaults]:
    reading = read_precise(path, data)
    problems += reading.problems
    if reading.unread:
        missing.add(path, data)
    found, wrong = read_defaults(path, reading.entries)
    problems += wrong
    return [found] if found else []


def _cis(path: str, data: bytes, reader: CIReader, defaults: Sequence[Defaults], missing: _Unread) -> list[CI]:
    known = len(reader.problems)
    try:
        reading = read_fast(path, data)
        found = _read(reading, reader, defaults)
    except NeedsText:
        del reader.problems[known:]
        reading = read_precise(path, data)
        found = _read(reading, reader, defaults)
    if reading.unread or len(found) < len(reading.entries):
        missing.add(path, data)
    return found


def _read(reading: Reading, reader: CIReader, defaults: Sequence[Defaults]) -> list[CI]:
    reader.problems += reading.problems
    found = (reader.read(entry, defaults) for entry in reading.entries)
    return [ci for ci in found if ci is not None]
