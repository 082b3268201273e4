"""The entries of a file by what they are known by, wherever they stand in it: CIs by their id, baselines by their name,
and the one mapping of a file of defaults, settings, or kinds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cmdb.formats.defaults import NAMES
from cmdb.merging.lists import MISSING, Schemas, Shape, Sort, text_of
from cmdb.merging.trees import merged, whole
from cmdb.model.value import Value

_ALONE = ("", "")
"""What an entry without a name is known by; a file has one at most."""
_NAMED: Mapping[Sort, str] = {"ci": "id", "baseline": "baseline"}


class Unmergeable(ValueError):
    """The file has to be merged by its lines, and why, in plain words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of a file: its sort, its own name (the id of a CI), where it stands, and what it says."""

    key: Hashable
    sort: Sort
    name: str
    document: int
    item: int | None
    raw: dict[str, Value]


def entries(path: str, documents: tuple[Value, ...]) -> dict[Hashable, Entry]:
    """The entries of a file in its order. Raises `Unmergeable` where they cannot be told apart."""
    found: dict[Hashable, Entry] = {}
    for entry in _entries(path, documents):
        if entry.key in found:
            what = f"'{entry.name}' stands in it twice" if entry.name else "it has several mappings without a name"
            raise Unmergeable(what)
        found[entry.key] = entry
    return found


def renamed(base: Mapping[Hashable, Entry], side: Mapping[Hashable, Entry]) -> dict[Hashable, Entry]:
    """A side's entries, with each CI that took a new name known by the one it had."""
    gone = base.keys() - side.keys()
    found: dict[Hashable, Entry] = {}
    for key, entry in side.items():
        former = [name for alias in _aliases(entry) if (name := (entry.sort, alias)) in gone] if key not in base else []
        known = former[0] if former and former[0] not in found else key
        found[known] = entry
    return found


def shape_of(sides: Sequence[Entry], schemas: Schemas) -> Shape:
    """The shape of an entry as all sides have it. Of one whose kind changes nothing is known of its attributes."""
    sort = sides[0].sort
    kinds = {text_of(entry.raw.get("kind")) for entry in sides}
    if len(kinds) > 1:
        return Shape(sort)
    return Shape(sort, kinds.pop() if sort == "ci" else "", schemas=schemas)


def merged_entry(shape: Shape, base: Value, ours: Value, theirs: Value) -> Value:
    """An entry with the changes of both sides. One that both made, or that one changed and the other removed, is in
    doubt as a whole unless both say the same."""
    if (shape.same(ours, theirs) or shape.same(base, theirs)) and MISSING not in (ours, theirs):
        return ours
    alone = shape.sort not in _NAMED
    if MISSING in (ours, theirs) or (base is MISSING and not alone):
        return whole(shape, base, ours, theirs)
    return merged(shape, {} if base is MISSING else base, ours, theirs)


def _entries(path: str, documents: tuple[Value, ...]) -> Iterator[Entry]:
    for number, document in enumerate(documents):
        for item, raw in enumerate(document) if isinstance(document, list) else [(None, document)]:
            if isinstance(raw, dict):
                yield _entry(path, raw, number, item)
            elif raw is not None or item is not None:
                raise Unmergeable("not all that stands in it are mappings")


def _entry(path: str, raw: dict[str, Value], document: int, item: int | None) -> Entry:
    sort = _sort(path.rpartition("/")[2], raw)
    name = text_of(raw.get(_NAMED[sort])) if sort in _NAMED else ""
    if not name and item is not None:
        raise Unmergeable("an item of its list has no name")
    return Entry((sort, name) if name else _ALONE, sort, name, document, item, raw)


def _sort(file: str, raw: dict[str, Value]) -> Sort:
    if file in NAMES:
        return "ci"
    if file == "cmdb.yaml":
        return "settings"
    for sort, known in _KNOWN.items():
        if known & raw.keys():
            return sort
    return "other"


_KNOWN: Mapping[Sort, frozenset[str]] = {
    "waivers": frozenset({"waivers"}),
    "baseline": frozenset({"baseline"}),
    "schema": frozenset({"kinds", "relation_types"}),
    "ci": frozenset({"id"}),
}


def _aliases(entry: Entry) -> list[str]:
    listed = entry.raw.get("aliases") if entry.sort == "ci" else None
    return [text_of(item) for item in (listed if isinstance(listed, list) else [listed])]
