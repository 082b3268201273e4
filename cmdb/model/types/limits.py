"""What an attribute demands beyond its type: minimum, maximum and pattern; and how far an observation may be off.

A limit that its own type refuses is a mistake of the declaration; it is found there and limits nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.types.numbers import exact
from cmdb.model.types.patterns import NoPattern, Pattern, pattern
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

_SCALARS = (str, int, float)
_PERCENT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """An amount of a dimension, or a share of the declared value where there is no dimension."""

    amount: Fraction
    dimension: str | None = None

    def allows(self, declared: tuple[str, Fraction], observed: tuple[str, Fraction]) -> bool:
        """Whether two measures are close enough, the limit included."""
        dimension, expected = declared
        if observed[0] != dimension or self.dimension not in (None, dimension):
            return False
        return abs(observed[1] - expected) <= self.amount * (abs(expected) if self.dimension is None else 1)


def enforce(kind: AttributeType, attribute: Attribute, value: Value) -> None:
    """Raises `WrongValue` for a normalised value beyond the attribute's minimum, maximum or pattern."""
    if attribute.pattern and kind.takes_pattern:
        known = compiled(attribute.pattern)
        if known and not known.fits(value):
            raise WrongValue(f"{shown(value)} does not match the pattern {attribute.pattern} from end to end")
    if kind.order is None or attribute.minimum is attribute.maximum is None:
        return
    place = kind.order(attribute, value)
    low, high = bound(kind, attribute, attribute.minimum), bound(kind, attribute, attribute.maximum)
    if low is not None and place < low:
        raise WrongValue(f"{_text(kind, attribute, value)} is below the minimum, {shown(attribute.minimum)}")
    if high is not None and place > high:
        raise WrongValue(f"{_text(kind, attribute, value)} is above the maximum, {shown(attribute.maximum)}")


def bound(kind: AttributeType, attribute: Attribute, raw: Value) -> Any:
    """What `<` compares of a minimum or maximum; None where there is none, or none that the type can read."""
    if isinstance(raw, _SCALARS):
        return _bound(kind, attribute.scheme, attribute.unit, attribute.choices, raw)
    return None


def tolerance(reader: AttributeType, attribute: Attribute) -> Tolerance | None:
    """The attribute's tolerance, read by `reader`; None where there is none, or none that can be read."""
    if isinstance(attribute.tolerance, _SCALARS):
        return _tolerance(reader, attribute.unit, attribute.tolerance)
    return None


def compiled(spelling: str) -> Pattern | None:
    """The pattern; None where it is no regular expression, or none that is tried."""
    try:
        return pattern(spelling)
    except NoPattern:
        return None


@lru_cache(maxsize=1024, typed=True)
def _bound(kind: AttributeType, scheme: str, unit: str, choices: tuple[str, ...], raw: Value) -> Any:
    attribute = Attribute("", scheme=scheme, unit=unit, choices=choices)
    try:
        return None if kind.order is None else kind.order(attribute, kind.read(attribute, raw))
    except WrongValue:
        return None


@lru_cache(maxsize=256, typed=True)
def _tolerance(reader: AttributeType, unit: str, raw: Value) -> Tolerance | None:
    percent = _PERCENT.fullmatch(raw) if isinstance(raw, str) else None
    if percent:
        return Tolerance(exact(percent[1]) / 100)
    attribute = Attribute("", unit=unit)
    try:
        measured = None if reader.measure is None else reader.measure(attribute, reader.read(attribute, raw))
    except WrongValue:
        return None
    return Tolerance(measured[1], measured[0]) if measured and measured[1] >= 0 else None


def _text(kind: AttributeType, attribute: Attribute, value: Value) -> str:
    return shown(value) if kind.text is None else kind.text(attribute, value)
