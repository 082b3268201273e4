"""Bytes: sizes of memory, disks and files, to the byte."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from cmdb.model.kind import Attribute
from cmdb.model.types.numbers import DECIMAL, exact, whole
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

_PREFIXES = "KMGTPEZY"
_BINARY = {f"{prefix}iB": 1024**power for power, prefix in enumerate(_PREFIXES, 1)}
_THOUSANDS = {f"{prefix}B": 1000**power for power, prefix in enumerate(_PREFIXES, 1)} | {"kB": 1000}
_FACTORS = {"B": 1} | _BINARY | _THOUSANDS | {unit[:-1]: factor for unit, factor in _BINARY.items()}
_SIZE = re.compile(rf"(\+?{DECIMAL})\s*([A-Za-z]+)")


def _read(_attribute: Attribute, raw: Value) -> Value:
    size = _spelt(raw) if isinstance(raw, str) else whole(raw)
    if size is None:
        raise WrongValue(f"{shown(raw)} is no size; write a whole number of bytes, or 32 GiB")
    if size < 0:
        raise WrongValue(f"{shown(raw)} is below zero, which no size is; write a number of bytes, or 32 GiB")
    return size


@lru_cache(maxsize=4096)
def _spelt(text: str) -> int | None:
    found = _SIZE.fullmatch(text)
    return _in_unit(found[1], found[2]) if found else whole(text)


def _in_unit(number: str, unit: str) -> int | None:
    """Bytes; None for thousands of digits. Raises `WrongValue` for a unit that is none, and for parts of a byte."""
    factor = _FACTORS.get(unit)
    if factor is None:
        raise WrongValue(f"{shown(number + ' ' + unit)} is no size; {_advice(number, unit)}")
    try:
        size = exact(number) * factor
    except ValueError:
        return None
    if size.denominator != 1:
        raise WrongValue(f"{shown(number + ' ' + unit)} is not a whole number of bytes; write one that is")
    return whole(size.numerator)


def _advice(number: str, unit: str) -> str:
    prefix = unit[0].upper()
    if unit.casefold() in ("b", "byte", "bytes"):
        return f"write {number} B"
    if prefix not in _PREFIXES or unit[1:].casefold() not in ("", "b", "i", "ib"):
        return "write a number of bytes, or 32 GiB"
    binary, thousand = f"{number} {prefix}iB", f"{number} {'k' if prefix == 'K' else prefix}B"
    if unit[1:].casefold() in ("i", "ib"):
        return f"write {binary}"
    power = _PREFIXES.index(prefix) + 1
    return f"write {binary} (times 1024{_raised(power)}) or {thousand} (times 1000{_raised(power)})"


def _raised(power: int) -> str:
    return "" if power == 1 else f"^{power}"


def _measure(_attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    return "B", Fraction(value)


def _text(_attribute: Attribute, value: Value) -> str:
    """In the unit that leaves the smallest whole number; powers of 1024 where both do."""
    whole = [
        (value // factor, unit) for unit, factor in (_BINARY | _THOUSANDS).items() if value and value % factor == 0
    ]
    number, unit = min(whole, key=lambda found: found[0], default=(value, "B"))
    return f"{number} {'kB' if unit == 'KB' else unit}"


BYTES = AttributeType(_read, order=lambda _attribute, value: value, measure=_measure, text=_text)
