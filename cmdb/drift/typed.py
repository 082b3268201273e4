"""Values by the type of the CI's attribute: both sides of a comparison are read here, and only here."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cmdb.model.keypath import Item, KeyPath
from cmdb.model.kind import Attribute, Schema
from cmdb.model.plain import NeedsText, NotText, typed, value
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value, freeze

TEXT = Attribute("text")
"""What the fields of a CI outside `attributes` hold."""
_UNTYPED = frozenset({"attributes", "presence"})
_NESTING = frozenset({"list", "set", "map"})


def attribute_at(schema: Schema, kind: str, path: KeyPath) -> Attribute | None:
    """The declaration that a value at a key path is read by; None where the kind declares none."""
    if path[0] not in _UNTYPED:
        return TEXT
    if len(path) < 2 or not isinstance(path[1], str):
        return None
    attribute = schema.attribute(kind, path[1])
    for _ in path[2:]:
        attribute = attribute.of if attribute is not None and attribute.type in _NESTING else None
    return attribute


def observed(attribute: Attribute | None, raw: Value) -> tuple[Value, Mapping[KeyPath, str]]:
    """What a source says, normalised; and why some of it is not what the type wants, by the path that leads there.
    What is wrong stays as it came."""
    if attribute is None:
        return raw, {}
    try:
        return normalise(attribute, raw), {}
    except WrongValue as wrong:
        return _piecewise(attribute, freeze(raw), str(wrong))


def written(attribute: Attribute | None, raw: Value) -> Value:
    """What a baseline or a waiver says, read by the attribute's type. Raises `WrongValue`."""
    if attribute is None:
        return freeze(value(raw))
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


def _piecewise(attribute: Attribute, raw: Value, reason: str) -> tuple[Value, Mapping[KeyPath, str]]:
    if attribute.of is None or not _fits(attribute, raw):
        return raw, {(): reason}
    wrong: dict[KeyPath, str] = {}
    pieces = raw.items() if isinstance(raw, Mapping) else enumerate(raw)
    read: dict[Value, Value] = {}
    for name, item in pieces:
        read[name], found = observed(attribute.of, item) if item is not None else (None, {})
        wrong |= {
            (name if isinstance(raw, Mapping) else element(read[name]), *path): why for path, why in found.items()
        }
    if not wrong:
        return raw, {(): reason}
    return (read if isinstance(raw, Mapping) else tuple(read.values())), wrong


def _fits(attribute: Attribute, raw: Value) -> bool:
    return isinstance(raw, Mapping) if attribute.type == "map" else isinstance(raw, tuple) and attribute.type == "set"
