"""What changed in one CI apart from its relations, and which file the change came through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.compare.leaves import Leaves, comparable, differences, leaves, same_types
from cmdb.model.change import AttributeChange
from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Schema
from cmdb.model.location import Place
from cmdb.model.value import Value

UNSAID = {"lifecycle": "live"}
"""What a CI is when its file does not say."""
_COMPARED = tuple(name for name in TEXT_FIELDS if name not in ("id", "kind"))


def changes(before: CI | None, after: CI | None, was: Schema, now: Schema) -> list[AttributeChange]:
    """Every path at which two sides differ, sorted; of a CI that is on one side only, every declared value."""
    found = [*_texts(before, after), *_lists(before, after)]
    for name in MAP_FIELDS:
        found += differences(_map(before, name), _map(after, name))
    names = _doubtful(before, after)
    found += differences(_attributes(before, was, names), _attributes(after, now, names))
    return sorted(found, key=by_path)


def by_path(change: AttributeChange) -> str:
    """What changes of one CI are sorted by."""
    return format_path(change.path)


def implied(change: AttributeChange, former: str) -> bool:
    """Whether a change says no more than that a renamed CI takes its former id among its aliases."""
    return change.path == ("aliases",) and set(change.after or ()) == {*(change.before or ()), former}


def origin(path: KeyPath, ci: CI | None) -> Place | None:
    """Where an inherited value stands; None where the CI's own file has it, or nothing has."""
    if ci is None or not ci.inherited:
        return None
    return next((ci.inherited[path[:end]] for end in range(len(path), 0, -1) if path[:end] in ci.inherited), None)


def through(change: AttributeChange, before: CI, after: CI, was: Schema, now: Schema) -> str | None:
    """The defaults file, or the kind's file, that a change of one value came through."""
    old, new = origin(change.path, before), origin(change.path, after)
    if change.before is None or change.after is None:
        standing = new if change.before is None else old
        return _name(standing, after) if standing else None
    if old and new:
        return _name(new, after)
    if old or new or change.path[0] != "attributes":
        return None
    mine, other = was.attribute(before.kind, str(change.path[1])), now.attribute(after.kind, str(change.path[1]))
    if before.kind != after.kind or comparable(mine, other):
        return None
    declared = other or mine
    return _name(declared.place if declared and declared.place else Place(""), after)


def _name(place: Place, ci: CI) -> str:
    return place.path or f"kind {ci.kind}"


def _texts(before: CI | None, after: CI | None) -> Iterator[AttributeChange]:
    alone = before is None or after is None
    for name in _COMPARED:
        old, new = _text(before, name, alone), _text(after, name, alone)
        if old != new:
            yield AttributeChange((name,), old, new)
    if before and after and before.kind != after.kind:
        yield AttributeChange(("kind",), before.kind, after.kind)


def _text(ci: CI | None, name: str, alone: bool) -> str | None:
    text: str | None = getattr(ci, name, UNSAID.get(name))
    return None if alone and text == UNSAID.get(name) else text


def _lists(before: CI | None, after: CI | None) -> Iterator[AttributeChange]:
    for name in LIST_FIELDS:
        old, new = (tuple(sorted(set(getattr(ci, name, ())))) for ci in (before, after))
        if old != new:
            yield AttributeChange((name,), old or None, new or None)


def _map(ci: CI | None, name: str) -> Leaves:
    return {(name, key): (None, value) for key, value in getattr(ci, name, {}).items()}


def _doubtful(before: CI | None, after: CI | None) -> list[str]:
    """The attributes that are not plainly the same on both sides."""
    old: Mapping[str, Value] = before.attributes if before else {}
    new: Mapping[str, Value] = after.attributes if after else {}
    known = old.keys() & new.keys()
    same = {name for name in known if old[name] == new[name] and same_types(old[name], new[name])}
    return sorted((old.keys() | new.keys()) - same)


def _attributes(ci: CI | None, schema: Schema, names: list[str]) -> Leaves:
    found: Leaves = {}
    for name in names:
        value = ci.attributes.get(name) if ci else None
        if ci and value is not None:
            found |= leaves(("attributes", name), schema.attribute(ci.kind, name), value)
    return found
