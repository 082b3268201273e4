"""Numbers: integer and number, and the reading of digits that sizes, durations and quantities share."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from cmdb.model.kind import Attribute
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
EXACT = 2**53
"""Up to here every whole number is a float of its own."""
_HUGE = 10**4000
_DIGITS = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(rf"[-+]?{DECIMAL}(?:[eE][-+]?[0-9]+)?")


def numeric(raw: Value) -> int | float | None:
    """The number that a value is, or that its text spells in the YAML 1.2 core schema; None for anything else, such as
    true, infinity, and numbers of thousands of digits. A whole number is an int, however it is spelt."""
    if isinstance(raw, str):
        return _spelt(raw)
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw if -_HUGE < raw < _HUGE else None
    return _tidy(raw) if isinstance(raw, float) else None


def whole(raw: Value) -> int | None:
    """The whole number that a value is or spells; None also where a float may have lost digits."""
    number = numeric(raw)
    if not isinstance(number, int):
        return None
    return number if abs(number) <= EXACT or isinstance(raw, int) or _all_digits(raw) else None


def _all_digits(raw: Value) -> bool:
    return isinstance(raw, str) and _DIGITS.fullmatch(raw) is not None


def _spelt(text: str) -> int | float | None:
    try:
        if _DIGITS.fullmatch(text):
            return numeric(int(text, 0 if text[:2] in ("0x", "0o") else 10))
        return _tidy(float(text)) if _FLOAT.fullmatch(text) else None
    except ValueError:
        return None


def _tidy(number: float) -> int | float | None:
    if number.is_integer():
        return int(number)
    return number if math.isfinite(number) else None


def exact(number: int | float | str) -> Fraction:
    """What the digits say: 0.1 is a tenth. Text is decimal digits, with a point at most. Raises ValueError when there
    are thousands of them."""
    return Fraction(number if isinstance(number, int) else str(number))


def rounded(amount: Fraction) -> int | float | None:
    """The amount as a number that JSON can hold; None when it is out of bounds."""
    if amount.denominator == 1:
        return numeric(amount.numerator)
    try:
        return _tidy(float(amount))
    except OverflowError:
        return None


def decimal(number: int | float) -> str:
    """The number in digits, without an exponent."""
    if isinstance(number, int):
        return str(number)
    return f"{Decimal(repr(number)):f}"


def _read_integer(_attribute: Attribute, raw: Value) -> Value:
    number = raw if type(raw) is int and -EXACT <= raw <= EXACT else whole(raw)
    if number is None:
        raise WrongValue(f"{shown(raw)} is no whole number; write it in digits, such as 42")
    return number


def _read_number(_attribute: Attribute, raw: Value) -> Value:
    number = numeric(raw)
    if number is None:
        raise WrongValue(f"{shown(raw)} is no number; write it in digits, such as 42 or 0.5")
    return number


def measure(_attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    """A number as an amount without dimension."""
    return "", exact(value)


def _value(_attribute: Attribute, value: Value) -> Value:
    return value


INTEGER = AttributeType(_read_integer, order=_value, measure=measure, takes_text=False)
NUMBER = AttributeType(_read_number, order=_value, measure=measure, takes_text=False)
