"""From the bytes of a YAML file to its mappings: what every kind of file has in common."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from cmdb.formats.yaml import fast
from cmdb.model import limits
from cmdb.model.location import Location, Place, make_place
from cmdb.model.problem import Problem
from cmdb.model.value import Value

MOST = limits.CIS_OF_A_FILE


class Entry(NamedTuple):
    """One mapping of a file, with its place."""

    place: Place
    raw: dict[str, Value]


class Reading(NamedTuple):
    """The mappings of a file. `unread` means that the file, or an entry of it, said nothing that could be used."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: bool = False


def read_fast(path: str, data: bytes) -> Reading:
    """The entries of a file by the fast reader where that may be trusted; plain numbers have lost their text."""
    try:
        return entries_of(path, fast.parse(data))
    except fast.Odd:
        return read_precise(path, data)


def read_precise(path: str, data: bytes) -> Reading:
    """The entries of a file with the source text of every plain scalar kept."""
    from cmdb.formats.yaml import precise

    parsed = precise.parse(path, data)
    if parsed.problems:
        return Reading(problems=parsed.problems, unread=True)
    return _reading(path, parsed.documents)


def entries_of(path: str, document: Value) -> Reading:
    """The entries of a file's only document; none of an empty one."""
    if type(document) is dict:
        return Reading((Entry(make_place(path, 0, None, ()), document),))
    return _reading(path, () if document is None else (document,))


def nearest(word: str, known: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """`did you mean …?` for the nearest known word, or nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean '{close[0]}'?" if close else ""


def _too_many(path: str) -> Problem:
    hint = "split it into smaller files"
    return Problem("unreadable", f"has more than {MOST:,} entries", where=Location(path), hint=hint)


def _reading(path: str, documents: tuple[Value, ...]) -> Reading:
    entries: list[Entry] = []
    problems: list[Problem] = []
    if sum(len(document) if isinstance(document, list) else 1 for document in documents) > MOST:
        return Reading(problems=(_too_many(path),), unread=True)
    for number, document in enumerate(documents):
        items = enumerate(document) if isinstance(document, list) else [(None, document)]
        for item, raw in items:
            place = make_place(path, number, item, ())
            if isinstance(raw, dict):
                entries.append(Entry(place, raw))
            elif raw is not None:
                problems.append(Problem("invalid-field", "a mapping of fields is expected here", where=place))
    return Reading(tuple(entries), tuple(problems), unread=bool(problems))
