"""Quantities: a number in a unit, whatever SI prefix the file or the source uses."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from fractions import Fraction
from functools import lru_cache

from cmdb.model.kind import Attribute
from cmdb.model.types.numbers import DECIMAL, exact, numeric, rounded
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

_SMALL = dict(zip("mµnpfazyrq", range(-3, -31, -3), strict=True)) | {"u": -6, "c": -2, "d": -1}
_LARGE = dict(zip("kMGTPEZYRQ", range(3, 31, 3), strict=True)) | {"h": 2, "da": 1}
_PREFIXES = {prefix: Fraction(10) ** power for prefix, power in (_SMALL | _LARGE).items()}
_BINARY = {f"{prefix}i": Fraction(1024) ** power for power, prefix in enumerate("KMGTPEZY", 1)}
_SAME_SIGN = str.maketrans({"μ": "µ", "Ω": "Ω"})
_QUANTITY = re.compile(rf"([-+]?{DECIMAL}(?:[eE][-+]?[0-9]+)?)\s*([^\W\d_][^\n]*|[%‰°€$£¥Ω][^\n]*)")
_HEAD = re.compile(r"[^/·*. ]+")
_DATA = frozenset({"B", "b", "bit", "byte", "bps", "Bps"})
_SCIENCE = frozenset(
    {"m", "g", "s", "A", "K", "mol", "cd", "Hz", "N", "Pa", "J", "W", "C", "V", "F", "Ω", "ohm", "Ohm", "S"}
)
_PRACTICE = frozenset(
    {"Wb", "T", "H", "lm", "lx", "L", "l", "eV", "Wh", "Ah", "VA", "var", "VAr", "bar", "dB", "Bd", "pps"}
)
_ROOTS = _DATA | _SCIENCE | _PRACTICE | {"iops", "IOPS", "FLOPS"}
"""Units that a declared unit may be a multiple of: kWh is a thousand Wh, but min is no multiple of in."""
_NO_PREFIX = frozenset({"min", "h", "d", "in", "ft", "yd", "lb", "oz", "%", "‰"})
_POWER_OF_UNIT = re.compile(r".*[0-9²³^]")


def _read(attribute: Attribute, raw: Value) -> Value:
    value = _spelt(raw, attribute.unit) if isinstance(raw, str) else numeric(raw)
    if value is None:
        example = f"1.2 {attribute.unit}" if attribute.unit else "1.2 kW"
        raise WrongValue(f"{shown(raw)} is no quantity; write a number and its unit, such as {example}")
    return value


@lru_cache(maxsize=4096)
def _spelt(text: str, wanted: str) -> int | float | str | None:
    """The number in the wanted unit, or where none is wanted, the text with one space; None for anything else."""
    found = _QUANTITY.fullmatch(text)
    number = numeric(found[1] if found else text)
    if found is None or number is None:
        return number
    unit = _tidy(found[2])
    return _converted(number, unit, wanted) if wanted else f"{number} {unit}"


def _converted(number: int | float, unit: str, wanted: str) -> int | float:
    factor = _factor(unit, _tidy(wanted))
    amount = rounded(exact(number) * factor) if factor else None
    if amount is None:
        hint = _respelt(unit, _tidy(wanted)) or f"a number and the unit {wanted}"
        raise WrongValue(f"{shown(f'{number} {unit}')} is no quantity in {wanted}; write {hint}")
    return amount


def _respelt(unit: str, wanted: str) -> str:
    """The multiples of the wanted unit that differ from what was written in capitals only."""
    root = _root(wanted)[0]
    multiples = (prefix + root for prefix in ("", *_PREFIXES, *_BINARY))
    near = [multiple for multiple in multiples if multiple.lower() == unit.lower() and _factor(multiple, wanted)]
    return " or ".join(near)


def _tidy(unit: str) -> str:
    return " ".join(unit.translate(_SAME_SIGN).split())


@lru_cache(maxsize=512)
def _factor(unit: str, wanted: str) -> Fraction | None:
    """How many `wanted` one `unit` is, or None where they are not multiples of one unit."""
    if unit == wanted:
        return Fraction(1)
    root, size = _root(wanted)
    for rest, factor in _splits(unit):
        if rest == root:
            return factor / size
    return None


@lru_cache(maxsize=512)
def _root(unit: str) -> tuple[str, Fraction]:
    """The unit without its prefix, and what the prefix is worth."""
    found = (split for split in _splits(unit) if _head(split[0]) in _ROOTS)
    return next(found, (unit, Fraction(1)))


def _splits(unit: str) -> Iterator[tuple[str, Fraction]]:
    """Every way to read a unit: as it is, then with a prefix taken off."""
    yield unit, Fraction(1)
    if _head(unit) in _NO_PREFIX or _POWER_OF_UNIT.match(_head(unit)):
        return
    for prefixes in (_PREFIXES, _BINARY):
        for prefix, factor in prefixes.items():
            rest = unit.removeprefix(prefix)
            base = _head(rest)
            if rest != unit and base and base not in _NO_PREFIX and (prefixes is _PREFIXES or base in _DATA):
                yield rest, factor


def _head(unit: str) -> str:
    """The part that a prefix belongs to: `kB` of `kB/s`."""
    found = _HEAD.match(unit)
    return found[0] if found else ""


def _in_root(attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    """The unit without prefix, and the exact amount in it."""
    if not isinstance(value, str):
        return attribute.unit, exact(value)
    number, _, unit = value.partition(" ")
    root, factor = _root(unit)
    return root, exact(number) * factor


def _key(attribute: Attribute, value: Value) -> Hashable:
    return _in_root(attribute, _read(attribute, value))


def _text(attribute: Attribute, value: Value) -> str:
    return f"{value} {attribute.unit}" if attribute.unit and not isinstance(value, str) else str(value)


QUANTITY = AttributeType(_read, key=_key, order=_in_root, measure=_in_root, text=_text)
