"""Operators on one value: what it equals, between which bounds it lies, how it is spelt."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, key, normalise, order, patterns
from cmdb.model.value import Value
from cmdb.reconciliation.operators.arguments import (
    COLLECTIONS,
    WrongDemand,
    elsewhere,
    fitting,
    flag,
    items,
    limits,
    read,
    word,
)
from cmdb.reconciliation.operators.verdicts import HIDDEN, Doubt, Others, Test, Verdict, every, negated, some
from cmdb.reconciliation.typed import hides, redacted
from cmdb.reconciliation.versions import constraint
from cmdb.reconciliation.walk import ABSENT

_VERSIONED = frozenset({"version", "string", "enum"})
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt
}  # fmt: skip


def equals(attribute: Attribute | None, argument: Value) -> Test:
    """The value means the same."""
    expected = read(attribute, argument)
    return lambda seen, _others: alike(attribute, expected, seen)


def one_in(attribute: Attribute | None, argument: Value) -> Test:
    """The value is one of several."""
    choices = [read(attribute, item) for item in items(argument)]
    return lambda seen, _others: some(alike(attribute, choice, seen) for choice in choices)


def not_in(attribute: Attribute | None, argument: Value) -> Test:
    """The value is none of several."""
    found = one_in(attribute, argument)
    return lambda seen, others: negated(found(seen, others))


def bounded(name: str) -> Callable[[Attribute | None, Value], Test]:
    """What makes the test of an operator that sets bounds."""

    def factory(attribute: Attribute | None, argument: Value) -> Test:
        bounds = [(_COMPARE[sign], _bound(attribute, raw)) for sign, raw in limits(name, argument)]
        return lambda seen, _others: all(compare(attribute, seen, bound, holds) for holds, bound in bounds)

    return factory


def version(attribute: Attribute | None, argument: Value) -> Test:
    """The value is a version within bounds."""
    fitting(attribute, _VERSIONED, frozenset(), "versions are compared of text")
    try:
        allows = constraint(attribute, word(argument)).allows
    except WrongValue as wrong:
        raise WrongDemand(str(wrong)) from None
    return lambda seen, _others: allows(seen)


def pattern(attribute: Attribute | None, argument: Value) -> Test:
    """The value's text matches from end to end."""
    fitting(attribute, None, COLLECTIONS, "patterns are for single values; write each: {pattern: …}")
    spelling = word(argument)
    try:
        fits = patterns.pattern(spelling).fits
    except patterns.NoPattern as error:
        raise WrongDemand(f"'{spelling}' is no regular expression: {error}") from None
    return lambda seen, _others: not isinstance(seen, tuple | Mapping) and fits(spelt(seen))


def absent(_attribute: Attribute | None, argument: Value) -> Test:
    """There is no value, or there is one."""
    wanted = flag(argument)
    return lambda seen, _others: (seen is ABSENT) is wanted


def present(_attribute: Attribute | None, argument: Value) -> Test:
    """There is a value, or none."""
    wanted = flag(argument)
    return lambda seen, _others: (seen is not ABSENT) is wanted


def same_as(attribute: Attribute | None, argument: Value) -> Test:
    """The value is that of another path, or of another CI."""
    where = elsewhere(argument)

    def test(seen: Value, others: Others) -> Verdict:
        other = others(where)
        if isinstance(other, Doubt):
            return other
        return other is not ABSENT and alike(attribute, seen, _as_read_here(attribute, other))

    return test


def alike(attribute: Attribute | None, expected: Value, seen: Value) -> Verdict:
    """Whether a value means what is expected, as far as nothing of it is secret."""
    if redacted(seen) or redacted(expected):
        return HIDDEN
    seen = _without_nothing(seen)
    try:
        if equal(attribute, expected, seen):
            return True
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return False
    return _as_far_as_visible(attribute, expected, seen) if hides(seen) else False


def compare(attribute: Attribute | None, one: Value, other: Value, holds: Callable[[Any, Any], bool]) -> bool:
    """Whether an order holds between two values; False where they have none in common."""
    if attribute is not None:
        try:
            return holds(order(attribute, one), order(attribute, other))
        except (WrongValue, TypeError, ValueError, AttributeError):
            return False
    left, right = _number(one), _number(other)
    if left is not None and right is not None:
        return holds(left, right)
    return isinstance(one, str) and isinstance(other, str) and holds(one, other)


def spelt(seen: Value) -> str:
    """The text of a single value."""
    if isinstance(seen, bool):
        return "true" if seen else "false"
    return str(seen)


def _bound(attribute: Attribute | None, raw: Value) -> Value:
    value = read(attribute, raw)
    if attribute is None and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        raise WrongDemand("a number or a text is expected here")
    if attribute is not None:
        try:
            order(attribute, value)
        except WrongValue as wrong:
            raise WrongDemand(str(wrong)) from None
    return value


def _as_read_here(attribute: Attribute | None, other: Value) -> Value:
    """A value that another type has read, by this one; as it is where this one refuses it."""
    if attribute is None or redacted(other):
        return other
    try:
        return normalise(attribute, other)
    except WrongValue:
        return other


def _as_far_as_visible(attribute: Attribute | None, expected: Value, seen: Value) -> Verdict:
    of = attribute.of if attribute else None
    if isinstance(seen, Mapping):
        same = isinstance(expected, Mapping) and expected.keys() == seen.keys()
        return same and every(alike(of, expected[name], item) for name, item in seen.items())
    if not isinstance(expected, tuple) or len(expected) < len(seen):
        return False
    if attribute is not None and attribute.type == "set":
        wanted = {key(of, item) for item in expected}
        return HIDDEN if all(redacted(item) or key(of, item) in wanted for item in seen) else False
    pairs = zip(expected, seen, strict=False)
    return len(expected) == len(seen) and every(alike(of, *pair) for pair in pairs)


def _without_nothing(seen: Value) -> Value:
    """A mapping without the names that are said to have no value."""
    if not isinstance(seen, Mapping):
        return seen
    return {name: _without_nothing(item) for name, item in seen.items() if item is not None}


def _number(raw: Value) -> float | int | None:
    return raw if isinstance(raw, int | float) and not isinstance(raw, bool) else None
