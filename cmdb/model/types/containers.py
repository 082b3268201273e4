"""Collections: list, set and map. They are told how their items are read, so that every type can stand in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from cmdb.model.keypath import Item, Segment
from cmdb.model.kind import Attribute
from cmdb.model.types.protocol import AttributeType, Read, WrongValue, shown
from cmdb.model.value import Value, freeze

_LISTS = (list, tuple)
_SETS = (list, tuple, set, frozenset)
"""Made once: a union is made anew each time it is asked about."""

Key = Callable[[Attribute | None, Value], Hashable]
SortKey = Callable[[Attribute | None, Value], Any]


def list_type(read: Read, key: Key) -> AttributeType:
    """Items in their order; with `by`, items known by one of their fields, whose order means nothing."""

    def read_list(attribute: Attribute, raw: Value) -> Value:
        if not isinstance(raw, _LISTS):
            raise WrongValue(f"{shown(raw)} is no list; write [{_one(raw)}]")
        items = _read_items(attribute, raw, read)
        if attribute.by:
            _known(attribute.by, items)
        return items

    def list_key(attribute: Attribute, value: Value) -> Hashable:
        keys = [key(attribute.of, item) for item in _sequence(value)]
        return frozenset(keys) if attribute.by else tuple(keys)

    return AttributeType(read_list, key=list_key, takes_text=False)


def set_type(read: Read, key: Key, sort_key: SortKey) -> AttributeType:
    """Distinct items, sorted; of items that mean the same the first in that order stays."""

    def read_set(attribute: Attribute, raw: Value) -> Value:
        if not isinstance(raw, _SETS):
            raise WrongValue(f"{shown(raw)} is no set; write [{_one(raw)}]")
        read_items = _read_items(attribute, raw, read)
        if len(read_items) < 2:
            return tuple(read_items)
        items = sorted(read_items, key=lambda item: sort_key(attribute.of, item))
        distinct: dict[Hashable, Value] = {}
        for item in items:
            distinct.setdefault(key(attribute.of, item), item)
        return tuple(distinct.values())

    def set_key(attribute: Attribute, value: Value) -> Hashable:
        return frozenset(key(attribute.of, item) for item in _sequence(value))

    return AttributeType(read_set, key=set_key, takes_text=False)


def map_type(read: Read, key: Key) -> AttributeType:
    """Values by name. A name without a value stays: a source says with it that something is not there."""

    def read_map(attribute: Attribute, raw: Value) -> Value:
        if not isinstance(raw, Mapping):
            raise WrongValue(f"{shown(raw)} is no mapping; write it as {{name: value}}")
        found = freeze(raw) if attribute.of is None else _read_values(attribute.of, raw, read)
        if len(found) != len(raw):
            raise WrongValue("two names of the mapping are the same text; write each once")
        return found

    def map_key(attribute: Attribute, value: Value) -> Hashable:
        if not isinstance(value, Mapping):
            raise WrongValue(f"{shown(value)} is no mapping")
        return frozenset((name, key(attribute.of, item)) for name, item in value.items())

    return AttributeType(read_map, key=map_key, takes_text=False)


def pairs(attribute: Attribute, left: Value, right: Value) -> list[tuple[Value, Value]] | None:
    """The items of two lists or maps that stand for each other; None where one has an item that the other lacks."""
    one, other = _named(attribute, left), _named(attribute, right)
    if one is None or other is None or one.keys() != other.keys():
        return None
    return [(item, other[name]) for name, item in one.items()]


def sort_key(value: Value) -> tuple[Any, ...]:
    """Puts values of any types in one order: numbers by value, text by its characters."""
    if isinstance(value, Mapping):
        return 5, tuple(sorted((name, sort_key(item)) for name, item in value.items()))
    if isinstance(value, list | tuple):
        return 4, tuple(map(sort_key, value))
    if isinstance(value, str):
        return 3, value
    if value is None or isinstance(value, bool):
        return (0,) if value is None else (1, value)
    return 2, value, type(value).__name__


def _named(attribute: Attribute, value: Value) -> Mapping[Any, Value] | None:
    if attribute.type == "map":
        return value if isinstance(value, Mapping) else None
    if not isinstance(value, list | tuple):
        return None
    named = {_label(attribute.by, item) if attribute.by else at: item for at, item in enumerate(value)}
    return None if None in named or len(named) != len(value) else named


def _sequence(value: Value) -> Iterable[Value]:
    if isinstance(value, list | tuple):
        return value
    raise WrongValue(f"{shown(value)} is no list")


def _read_items(attribute: Attribute, raw: Iterable[Value], read: Read) -> tuple[Value, ...]:
    of = attribute.of
    if of is None:
        return tuple(freeze(item) for item in raw)
    items: list[Value] = []
    item = None
    try:
        for item in raw:
            if item is None:
                raise WrongValue("the item is empty; write a value, or quote it to mean text")
            items.append(read(of, item))
    except WrongValue as wrong:
        raise wrong.below(_segment(attribute.by, len(items), item)) from None
    return tuple(items)


def _segment(by: str, position: int, item: Value) -> Segment:
    name = _label(by, item)
    return position if name is None else Item(by, name)


def _label(by: str, item: Value) -> str | None:
    """What an item is known by; None where it lacks the field."""
    name = item.get(by) if by and isinstance(item, Mapping) else None
    return str(name) if isinstance(name, str | int) and not isinstance(name, bool) and name != "" else None


def _known(by: str, items: tuple[Value, ...]) -> None:
    seen: set[str] = set()
    for position, item in enumerate(items):
        name = _label(by, item)
        if name is None:
            raise WrongValue(f"the item has no {by}, and items are known by their {by}; write {by}: …", (position,))
        if name in seen:
            raise WrongValue(f"another item has the {by} {shown(name)} too, and items are known by it", (position, by))
        seen.add(name)


def _read_values(of: Attribute, raw: Mapping[Any, Value], read: Read) -> dict[str, Value]:
    found: dict[str, Value] = {}
    name = ""
    try:
        for name, item in raw.items():
            found[name if isinstance(name, str) else str(name)] = item if item is None else read(of, item)
    except WrongValue as wrong:
        raise wrong.below(str(name)) from None
    return found


def _one(raw: Value) -> str:
    return "…" if isinstance(raw, Mapping) else shown(raw)
