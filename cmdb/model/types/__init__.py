"""Attribute types: what a value means, so that both sides of every comparison are read alike."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.types.protocol import AttributeType, WrongValue
from cmdb.model.value import Value, freeze, identity

__all__ = [
    "TYPES",
    "AttributeType",
    "WrongValue",
    "equal",
    "key",
    "misdeclared",
    "normalise",
    "order",
    "text",
    "wants_text",
    "within_tolerance",
]


def normalise(attribute: Attribute, raw: Value) -> Value:
    """The canonical, JSON-able value that a file or a source means. Raises `WrongValue`."""
    return freeze(raw)


def key(attribute: Attribute | None, value: Value) -> Hashable:
    """Equal exactly when two normalised values mean the same; without an attribute the value is untyped."""
    return identity(value)


def equal(attribute: Attribute | None, left: Value, right: Value) -> bool:
    """Whether two normalised values mean the same."""
    return key(attribute, left) == key(attribute, right)


def within_tolerance(attribute: Attribute | None, declared: Value, observed: Value) -> bool:
    """Whether an observed value means the declared one, or differs by no more than the attribute's tolerance."""
    return equal(attribute, declared, observed)


def order(attribute: Attribute, value: Value) -> Any:
    """What `<` and `>` compare, of a normalised value. Raises `WrongValue` for types without an order."""
    raise WrongValue(f"values of type {attribute.type} have no order")


def wants_text(attribute: Attribute) -> bool:
    """Whether a plain YAML scalar must reach `normalise` as its source text; of a list, set or map this is asked of
    its items."""
    return attribute.type not in ("integer", "number", "boolean")


def text(attribute: Attribute | None, value: Value) -> str:
    """A normalised value the way people write it (`32 GiB`, `1h30m`); of a scalar, `normalise` reads it back."""
    return str(value)


def misdeclared(attribute: Attribute) -> str | None:
    """Why a declaration makes no sense, in plain words; None where it does."""
    return None if attribute.type in TYPES else f"{attribute.type!r} is no attribute type"


TYPES: Mapping[str, AttributeType] = {}
