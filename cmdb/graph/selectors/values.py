"""What a comparison asks of one value, read by the value's type; without a type, numbers are numbers and everything
else is text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import translate
from operator import ge, gt, le, lt
from typing import Any

from cmdb.model import types
from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue
from cmdb.model.value import Value

Matcher = Callable[[Value], bool]
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
LONGEST_NUMBER = 400


def matcher(operator: str, attribute: Attribute | None, literal: str) -> Matcher:
    """Whether a value fits an operator without its negation (`=` `~` `<` `<=` `>` `>=`) and a literal. Raises
    `WrongValue` where the type refuses the literal or knows no such order."""
    if attribute is not None and attribute.type == "map":
        raise WrongValue("a map has no value to compare; name one of its keys")
    if operator == "~":
        return _glob(attribute, literal)
    if attribute is None:
        return _untyped_equal(literal) if operator == "=" else _untyped_order(ORDERS[operator], literal)
    wanted = types.normalise(_unlimited(attribute), literal)
    if operator == "=":
        return _equal(attribute, types.key(attribute, wanted))
    return _ordered(attribute, ORDERS[operator], types.order(attribute, wanted))


def _unlimited(attribute: Attribute) -> Attribute:
    """The type without limits: a bound to compare with need not be a value that the attribute may have."""
    return replace(attribute, minimum=None, maximum=None, pattern="")


def _equal(attribute: Attribute, wanted: Value) -> Matcher:
    def equal(value: Value) -> bool:
        try:
            return bool(types.key(attribute, value) == wanted)
        except (ValueError, TypeError, LookupError, AttributeError):
            return False  # a value that its type refused; it has been reported

    return equal


def _ordered(attribute: Attribute, compare: Callable[[Any, Any], bool], wanted: Any) -> Matcher:
    def ordered(value: Value) -> bool:
        try:
            return compare(types.order(attribute, value), wanted)
        except (ValueError, TypeError, LookupError, AttributeError):
            return False  # a value that its type refused; it has been reported

    return ordered


def _glob(attribute: Attribute | None, pattern: str) -> Matcher:
    fits = re.compile(translate(pattern)).match

    def glob(value: Value) -> bool:
        return not isinstance(value, Mapping | tuple) and fits(_text(attribute, value)) is not None

    return glob


def _text(attribute: Attribute | None, value: Value) -> str:
    try:
        return types.text(attribute, value)
    except (ValueError, TypeError, LookupError, AttributeError):
        return str(value)


def _untyped_equal(literal: str) -> Matcher:
    number = _number(literal)

    def equal(value: Value) -> bool:
        if isinstance(value, bool):
            return literal.lower() == ("true" if value else "false")
        if isinstance(value, int | float):
            return value == number
        return isinstance(value, str) and value == literal

    return equal


def _untyped_order(compare: Callable[[Any, Any], bool], literal: str) -> Matcher:
    number = _number(literal)

    def ordered(value: Value) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return number is not None and compare(value, number)
        return isinstance(value, str) and compare(value, literal)

    return ordered


def _number(literal: str) -> int | float | None:
    if len(literal) > LONGEST_NUMBER or not _NUMBER.fullmatch(literal):
        return None
    if re.fullmatch(r"[-+]?[0-9]+", literal):
        return int(literal)
    number = float(literal)
    return number if math.isfinite(number) else None
