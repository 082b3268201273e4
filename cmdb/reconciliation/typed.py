"""Values by the type of the CI's attribute: both sides of a comparison are read here, and only here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from cmdb.model.ci import LIST_FIELDS, MAP_FIELDS
from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.kind import Attribute, Schema
from cmdb.model.plain import NeedsText, NotText, typed, value
from cmdb.model.snapshot import REDACTED
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value, freeze

TEXT = Attribute("text")
"""What the fields of a CI outside `attributes` hold, below whatever lists and mappings."""
_TEXTS = Attribute("texts", "set", of=TEXT)
_TEXT_BY_NAME = Attribute("text by name", "map", of=TEXT)
_UNTYPED = frozenset({"attributes", "presence"})
_NESTING = frozenset({"list", "set", "map"})


def attribute_at(schema: Schema, kind: str, path: KeyPath) -> Attribute | None:
    """The declaration that a value at a key path is read by; None where the kind declares none."""
    if path[0] not in _UNTYPED:
        return _field(path)
    if len(path) < 2 or not isinstance(path[1], str):
        return None
    attribute = schema.attribute(kind, path[1])
    for _ in path[2:]:
        attribute = attribute.of if attribute is not None and attribute.type in _NESTING else None
    return attribute


def _field(path: KeyPath) -> Attribute | None:
    if (path[0] in LIST_FIELDS and len(path) == 1) or (path[0] == "relations" and len(path) == 2):
        return _TEXTS
    return _TEXT_BY_NAME if path[0] in MAP_FIELDS and len(path) == 1 else TEXT


def observed(attribute: Attribute | None, raw: Value) -> tuple[Value, Mapping[KeyPath, str]]:
    """What a source says, normalised; and why some of it is not what the type wants, by the path that leads there.
    What is wrong stays as it came."""
    if attribute is None or redacted(raw):
        return raw, {}
    try:
        return normalise(attribute, raw), {}
    except WrongValue as wrong:
        return _piecewise(attribute, freeze(raw), str(wrong))


def written(attribute: Attribute | None, raw: Value) -> Value:
    """What a baseline or a waiver says, read by the attribute's type. Raises `WrongValue`."""
    if attribute is None:
        return freeze(value(raw))
    if attribute is _TEXTS and not isinstance(raw, list | tuple):
        raw = (raw,)
    try:
        return normalise(attribute, typed(attribute, raw))
    except NeedsText:
        return normalise(attribute, freeze(raw))
    except NotText:
        raise WrongValue("a single value is expected here") from None


def element(member: Value) -> str:
    """The segment of a key path that names an element of a set: its text, or JSON for what is no text."""
    return member if isinstance(member, str) else json.dumps(member, ensure_ascii=False, sort_keys=True)


def known_by(attribute: Attribute, item: Value) -> Item | None:
    """The segment of a list item that is known by one of its fields; None where it has no such field."""
    name = item.get(attribute.by) if isinstance(item, Mapping) else None
    return None if name is None else Item(attribute.by, element(name))


def redacted(value: Value) -> bool:
    """Whether the value stands for a secret: it proves presence and is never compared."""
    return isinstance(value, Mapping) and value == REDACTED and value["redacted"] is True


def hides(value: Value) -> bool:
    """Whether a value is a secret, or holds one somewhere."""
    if isinstance(value, Mapping):
        return redacted(value) or any(map(hides, value.values()))
    return isinstance(value, tuple) and any(map(hides, value))


def _piecewise(attribute: Attribute, raw: Value, reason: str) -> tuple[Value, Mapping[KeyPath, str]]:
    """What can be read of a collection, item by item; items keep their order."""
    pieces = list(_pieces(attribute, raw))
    if attribute.of is None or not pieces or any(segment is None for segment, _ in pieces):
        return raw, {(): reason}
    wrong: dict[KeyPath, str] = {}
    hidden = False
    read: list[Value] = []
    for segment, item in pieces:
        value, found = (item, {}) if item is None else observed(attribute.of, item)
        hidden = hidden or redacted(value)
        read.append(value)
        where = element(value) if attribute.type == "set" else segment
        wrong |= {(where, *path): why for path, why in found.items() if where is not None}
    if not wrong and not hidden:
        return raw, {(): reason}
    names = (segment for segment, _ in pieces)
    return (dict(zip(names, read, strict=True)) if isinstance(raw, Mapping) else tuple(read)), wrong


def _pieces(attribute: Attribute, raw: Value) -> Iterator[tuple[Segment | None, Value]]:
    if isinstance(raw, Mapping):
        yield from raw.items() if attribute.type == "map" else ()
    elif isinstance(raw, tuple) and attribute.type != "map":
        for position, item in enumerate(raw):
            yield (known_by(attribute, item) if attribute.by else position), item
