"""Plain scalars: what a file says before a type decides whether `1.10` is a number or a version."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.model.kind import Attribute
from cmdb.model.types import wants_text
from cmdb.model.value import Value

_COLLECTIONS = frozenset({"list", "set", "map"})
_NUMBERS, _LISTS, _NESTED = (bool, int, float), (list, tuple), (dict, list, tuple)
"""Made once: a union is made anew each time it is asked about."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain scalar that is more than text to the core schema of YAML: its source, and the value it resolves to."""

    text: str
    value: bool | int | float


class NeedsText(Exception):
    """A reader that keeps no source text turned text into a number or a boolean; read the file precisely."""


class NotText(ValueError):
    """A mapping or a list stands where text belongs."""


def text(raw: Value) -> str:
    """A scalar as its source text. Raises `NeedsText` where the reader did not keep it, `NotText` for a collection."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Plain):
        return raw.text
    if isinstance(raw, _NUMBERS):
        raise NeedsText
    raise NotText


def name(key: Value) -> str:
    """A mapping's key. Raises `NeedsText` where the reader turned it into something else than text."""
    if isinstance(key, str):
        return key
    raise NeedsText


def value(raw: Value) -> Value:
    """A tree as the core schema reads it: lists as tuples, keys as text, keys without a value left out."""
    if isinstance(raw, Plain):
        return raw.value
    if isinstance(raw, dict):
        return {key: value(item) for key, item in raw.items() if name(key) is key and item is not None}
    if isinstance(raw, _LISTS):
        return tuple(value(item) for item in raw)
    return raw


def typed(attribute: Attribute | None, raw: Value) -> Value:
    """A raw tree as `normalise` wants it: source text where the type reads text, else the core schema's value."""
    if isinstance(raw, str):
        return raw
    if attribute is None:
        return value(raw)
    if attribute.type in _COLLECTIONS:
        return _collection(attribute, raw)
    if isinstance(raw, _NESTED):
        return value(raw)
    return text(raw) if wants_text(attribute) else value(raw)


def _collection(attribute: Attribute, raw: Value) -> Value:
    of = attribute.of
    if of is None:
        return value(raw)
    if isinstance(raw, dict) and attribute.type == "map":
        return {key: typed(of, item) for key, item in raw.items() if name(key) is key and item is not None}
    if isinstance(raw, _LISTS) and attribute.type != "map":
        return tuple(typed(of, item) for item in raw if item is not None)
    return value(raw)
