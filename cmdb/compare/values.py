"""Where exactly two long values differ, for people: only asked when both would not fit on a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.model.keypath import Item, KeyPath, Segment, format_path
from cmdb.model.value import Value

KNOWN_BY = ("to", "name", "id", "key")
"""What items of a list are known by where nobody declared it, if all of them have it."""
_MOST = 2000
_MARK = "\0"


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference inside a value; None where a side has nothing there."""

    path: KeyPath
    before: Value
    after: Value


def details(before: Value, after: Value) -> tuple[Detail, ...]:
    """The differences between two nested values, sorted by path; list items pair by what they are known by, else by
    position. Empty where one of the values is not nested, or where they are too large to be worth it."""
    if not _nested(before) or not _nested(after) or _size(before) + _size(after) > _MOST:
        return ()
    from deepdiff import DeepDiff

    tree = DeepDiff(_keyed(before), _keyed(after), view="tree")
    found = [_detail(level) for levels in tree.values() for level in levels]
    return tuple(sorted(found, key=lambda detail: format_path(detail.path)))


def _detail(level: Value) -> Detail:
    from deepdiff.helper import notpresent

    before, after = (None if side is notpresent else _plain(side) for side in (level.t1, level.t2))
    return Detail(tuple(_segment(part) for part in level.path(output_format="list")), before, after)


def _segment(part: Value) -> Segment:
    return part if isinstance(part, str | int | Item) else str(part)


def _nested(value: Value) -> bool:
    return isinstance(value, Mapping | tuple | list)


def _size(value: Value) -> int:
    """How many single values there are."""
    if not _nested(value):
        return 1
    return 1 + sum(map(_size, value.values() if isinstance(value, Mapping) else value))


def _keyed(value: Value) -> Value:
    """The value with each list of known items as a mapping by what they are known by. Booleans and fractions are
    marked, because DeepDiff takes a list of them for one of the whole numbers that Python holds equal."""
    if isinstance(value, Mapping):
        return {key: _keyed(item) for key, item in value.items()}
    if not isinstance(value, tuple | list):
        marked = isinstance(value, bool | float) or (isinstance(value, str) and value.startswith(_MARK))
        return _MARK + json.dumps(value) if marked else value
    for name in KNOWN_BY:
        labels = list(_labels(value, name))
        if labels and None not in labels and len(set(labels)) == len(labels):
            return {Item(name, label or ""): _keyed(item) for label, item in zip(labels, value, strict=True)}
    return [_keyed(item) for item in value]


def _labels(items: Value, name: str) -> Iterator[str | None]:
    for item in items:
        label = item.get(name) if isinstance(item, Mapping) else None
        yield label if isinstance(label, str) else None


def _plain(value: Value) -> Value:
    """The value as it was before `_keyed`."""
    if isinstance(value, Mapping):
        if any(isinstance(key, Item) for key in value):
            return tuple(_plain(item) for item in value.values())
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str) and value.startswith(_MARK):
        return json.loads(value.removeprefix(_MARK))
    return tuple(map(_plain, value)) if isinstance(value, list) else value
