"""Attribute types: what a value means, so that both sides of every comparison are read alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.types import containers, declaration, limits
from cmdb.model.types.network import CIDR, HOSTNAME, IP, MAC
from cmdb.model.types.numbers import INTEGER, NUMBER
from cmdb.model.types.protocol import AttributeType, WrongValue
from cmdb.model.types.quantities import QUANTITY
from cmdb.model.types.sizes import BYTES
from cmdb.model.types.text import BOOLEAN, ENUM, STRING, URL
from cmdb.model.types.times import DATE, DATETIME, DURATION
from cmdb.model.types.versions import VERSION
from cmdb.model.value import Value, freeze, identity, same

__all__ = [
    "TYPES",
    "AttributeType",
    "WrongValue",
    "equal",
    "key",
    "misdeclared",
    "normalise",
    "order",
    "reader",
    "takes_any_text",
    "text",
    "usual",
    "wants_text",
    "within_tolerance",
]


def normalise(attribute: Attribute, raw: Value) -> Value:
    """The canonical, JSON-able value that a file or a source means. Raises `WrongValue`. A value of an unknown type
    stays as it is: the declaration is what is wrong then."""
    kind = TYPES.get(attribute.type)
    if kind is None:
        return freeze(raw)
    value = kind.read(attribute, raw)
    if attribute.pattern or attribute.minimum is not None or attribute.maximum is not None:
        limits.enforce(kind, attribute, value)
    return value


def reader(attribute: Attribute) -> Callable[[Value], Value]:
    """`normalise` by one attribute, for many values."""
    kind = TYPES.get(attribute.type)
    return (
        partial(kind.read, attribute) if kind is not None and _unlimited(attribute) else partial(normalise, attribute)
    )


def usual(attribute: Attribute) -> str:
    """A pattern of texts that mean themselves, without line breaks; nothing where there is none."""
    kind = TYPES.get(attribute.type)
    return kind.usual if kind is not None and _unlimited(attribute) else ""


def takes_any_text(attribute: Attribute) -> bool:
    """Whether every text is a value, and stays as it is."""
    return attribute.type == "string" and _unlimited(attribute)


def _unlimited(attribute: Attribute) -> bool:
    return not attribute.pattern and attribute.minimum is attribute.maximum is None


def key(attribute: Attribute | None, value: Value) -> Hashable:
    """Equal exactly when two normalised values mean the same; without an attribute the value is untyped. A value that
    its type refuses equals only what is spelt alike."""
    kind = TYPES.get(attribute.type) if attribute else None
    if attribute is None or kind is None or kind.key is None:
        return identity(value)
    try:
        return kind.key(attribute, value)
    except WrongValue:
        return identity(value)


def equal(attribute: Attribute | None, left: Value, right: Value) -> bool:
    """Whether two normalised values mean the same."""
    if same(left, right):
        return True
    kind = TYPES.get(attribute.type) if attribute else None
    if attribute is None or kind is None or kind.key is None:
        return False
    if attribute.type in _PAIRED:
        pairs = containers.pairs(attribute, left, right)
        return pairs is not None and all(equal(attribute.of, *pair) for pair in pairs)
    return key(attribute, left) == key(attribute, right)


def within_tolerance(attribute: Attribute | None, declared: Value, observed: Value) -> bool:
    """Whether an observed value means the declared one, or differs by no more than the attribute's tolerance: a
    percentage of the declared value, or an amount. Of lists and maps this is asked of each item."""
    if equal(attribute, declared, observed):
        return True
    if attribute is None or declared is None or observed is None:
        return False
    if attribute.type in _PAIRED:
        pairs = containers.pairs(attribute, declared, observed)
        return pairs is not None and all(within_tolerance(attribute.of, *pair) for pair in pairs)
    return attribute.tolerance is not None and _close(attribute, declared, observed)


def order(attribute: Attribute, value: Value) -> Any:
    """What `<` and `>` compare. Raises `WrongValue` for types without an order, and values that the type refuses."""
    kind = TYPES.get(attribute.type)
    if kind is None or kind.order is None:
        raise WrongValue(f"values of type {attribute.type} have no order; compare them with = or !=")
    return kind.order(attribute, kind.read(attribute, value))


def wants_text(attribute: Attribute) -> bool:
    """Whether a plain YAML scalar must reach `normalise` as its source text; of a list, set or map this is asked of
    its items."""
    if attribute.of is not None:
        return wants_text(attribute.of)
    kind = TYPES.get(attribute.type)
    return kind is not None and kind.takes_text


def text(attribute: Attribute | None, value: Value) -> str:
    """A normalised value the way people write it (`32 GiB`, `1h30m`); of a scalar, `normalise` reads it back."""
    kind = TYPES.get(attribute.type) if attribute else None
    if attribute is not None and kind is not None and kind.text is not None:
        with suppress(WrongValue):
            return kind.text(attribute, kind.read(attribute, value))
    of = attribute.of if attribute else None
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {text(of, item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text(of, item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def misdeclared(attribute: Attribute) -> str | None:
    """Why a declaration makes no sense, in plain words; None where it does."""
    return declaration.fault(attribute, TYPES, normalise)


def _close(attribute: Attribute, declared: Value, observed: Value) -> bool:
    kind = TYPES.get(attribute.type)
    if kind is None or kind.measure is None:
        return False
    tolerance = limits.tolerance(TYPES[kind.tolerance] if kind.tolerance else kind, attribute)
    try:
        one, other = (kind.measure(attribute, kind.read(attribute, value)) for value in (declared, observed))
    except WrongValue:
        return False
    return tolerance is not None and tolerance.allows(one, other)


def _sort_key(attribute: Attribute | None, value: Value) -> Any:
    kind = TYPES.get(attribute.type) if attribute else None
    if attribute is None or kind is None or kind.order is None:
        return containers.sort_key(value)
    place = kind.order(attribute, value)
    return place if kind.key is None else (place, containers.sort_key(value))


_PAIRED = ("list", "map")

TYPES: Mapping[str, AttributeType] = {
    "string": STRING,
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "enum": ENUM,
    "date": DATE,
    "datetime": DATETIME,
    "duration": DURATION,
    "bytes": BYTES,
    "quantity": QUANTITY,
    "version": VERSION,
    "ip": IP,
    "cidr": CIDR,
    "mac": MAC,
    "hostname": HOSTNAME,
    "url": URL,
    "list": containers.list_type(normalise, key),
    "set": containers.set_type(normalise, key, _sort_key),
    "map": containers.map_type(normalise, key),
}
