"""What an expectation may demand of a value: one small function an operator, and a table of them.

Arguments are read by the type of the CI's attribute, so that `minimum: 32 GiB` and `equals: 1.10` mean what they mean
in a CI's file. A value that was seen to be absent satisfies `absent` and nothing else; alternatives may allow it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText, Plain, text, value
from cmdb.model.types import WrongValue, equal, key, order
from cmdb.model.value import Value
from cmdb.reconciliation.typed import TEXT, written
from cmdb.reconciliation.versions import constraint
from cmdb.reconciliation.walk import ABSENT

Test = Callable[[Value], bool]
Factory = Callable[[Attribute | None, Value], Test]

_COLLECTIONS = frozenset({"list", "set", "map"})
_NUMBER = Attribute("length", "integer")


class WrongDemand(ValueError):
    """A demand that makes no sense, in plain words."""


def compiled(operators: Mapping[str, Value], attribute: Attribute | None) -> Test:
    """Whether a normalised value, or `ABSENT`, meets every operator. Raises `WrongDemand`."""
    tests = tuple(_test(name, argument, attribute) for name, argument in operators.items())
    return lambda seen: all(test(seen) for test in tests)


def demanded(raw: Value) -> Mapping[str, Value]:
    """A demand inside another: a mapping is operators, anything else means equals, nothing means absent."""
    if isinstance(raw, Mapping):
        return raw
    return {"absent": True} if raw is None else {"equals": raw}


def _test(name: str, argument: Value, attribute: Attribute | None) -> Test:
    if name == "equals" and argument is None:
        name, argument = "absent", True
    factory = OPERATORS.get(name)
    if factory is None:
        raise WrongDemand(f"there is no operator '{name}' here")
    try:
        test = factory(attribute, argument)
    except (WrongValue, NotText) as wrong:
        raise WrongDemand(f"{name}: {wrong or 'a single value is expected here'}") from None
    return test if name in _JUDGE_ABSENCE else lambda seen: seen is not ABSENT and test(seen)


def _equals(attribute: Attribute | None, argument: Value) -> Test:
    expected = written(attribute, argument)
    return lambda seen: _same(attribute, expected, seen)


def _not(attribute: Attribute | None, argument: Value) -> Test:
    refused = compiled(demanded(argument), attribute)
    return lambda seen: not refused(seen)


def _in(attribute: Attribute | None, argument: Value) -> Test:
    choices = [written(attribute, item) for item in _items(argument)]
    return lambda seen: any(_same(attribute, choice, seen) for choice in choices)


def _not_in(attribute: Attribute | None, argument: Value) -> Test:
    refused = _in(attribute, argument)
    return lambda seen: not refused(seen)


def _minimum(attribute: Attribute | None, argument: Value) -> Test:
    least = written(attribute, argument)
    return lambda seen: compare(attribute, seen, least, lambda one, other: bool(one >= other))


def _maximum(attribute: Attribute | None, argument: Value) -> Test:
    most = written(attribute, argument)
    return lambda seen: compare(attribute, seen, most, lambda one, other: bool(one <= other))


def _range(attribute: Attribute | None, argument: Value) -> Test:
    low, high = bounds(argument)
    tests = [] if low is None else [_minimum(attribute, low)]
    tests += [] if high is None else [_maximum(attribute, high)]
    return lambda seen: all(test(seen) for test in tests)


def _version(attribute: Attribute | None, argument: Value) -> Test:
    return constraint(attribute, text(argument)).allows


def _pattern(_attribute: Attribute | None, argument: Value) -> Test:
    try:
        pattern = re.compile(text(argument))
    except re.error as error:
        raise WrongDemand(f"pattern: no regular expression: {error}") from None
    return lambda seen: pattern.fullmatch(_spelt(seen)) is not None


def _length(_attribute: Attribute | None, argument: Value) -> Test:
    test = compiled(demanded(argument), _NUMBER)
    return lambda seen: isinstance(seen, str | tuple | Mapping) and test(len(seen))


def _subset_of(attribute: Attribute | None, argument: Value) -> Test:
    allowed = elements(attribute, argument)
    return lambda seen: _keys(attribute, seen) <= allowed if _holds(seen) else False


def _superset_of(attribute: Attribute | None, argument: Value) -> Test:
    needed = elements(attribute, argument)
    return lambda seen: _keys(attribute, seen) >= needed if _holds(seen) else False


def _contains(attribute: Attribute | None, argument: Value) -> Test:
    if attribute is not None and attribute.type not in _COLLECTIONS:
        part = text(argument)
        return lambda seen: part in _spelt(seen)
    items = argument if isinstance(argument, list | tuple) else (argument,)
    needed = elements(attribute, items)
    words = [_spelt(value(item)) for item in items]
    return lambda seen: (
        needed <= _keys(attribute, seen) if _holds(seen) else all(word in _spelt(seen) for word in words)
    )


def _absent(_attribute: Attribute | None, argument: Value) -> Test:
    wanted = _flag(argument)
    return lambda seen: (seen is ABSENT) is wanted


def _present(_attribute: Attribute | None, argument: Value) -> Test:
    wanted = _flag(argument)
    return lambda seen: (seen is not ABSENT) is wanted


def _any_of(attribute: Attribute | None, argument: Value) -> Test:
    tests = [compiled(demanded(item), attribute) for item in _items(argument)]
    return lambda seen: any(test(seen) for test in tests)


def _each(attribute: Attribute | None, argument: Value) -> Test:
    test = compiled(demanded(argument), attribute.of if attribute else None)
    return lambda seen: _holds(seen) and all(test(member) for member in _members(seen))


def _none(attribute: Attribute | None, argument: Value) -> Test:
    test = compiled(demanded(argument), attribute.of if attribute else None)
    return lambda seen: _holds(seen) and not any(test(member) for member in _members(seen))


OPERATORS: Mapping[str, Factory] = {
    "equals": _equals,
    "not": _not,
    "in": _in,
    "not_in": _not_in,
    "minimum": _minimum,
    "maximum": _maximum,
    "range": _range,
    "version": _version,
    "pattern": _pattern,
    "length": _length,
    "subset_of": _subset_of,
    "superset_of": _superset_of,
    "contains": _contains,
    "absent": _absent,
    "present": _present,
    "any_of": _any_of,
    "each": _each,
    "none": _none,
}
_JUDGE_ABSENCE = frozenset({"absent", "present", "any_of"})


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


def bounds(argument: Value) -> tuple[Value, Value]:
    """The lower and upper bound of a range: `[1, 10]`, `{minimum: 1, maximum: 10}` or `1..10`; None where open."""
    if isinstance(argument, Mapping) and argument and argument.keys() <= {"minimum", "maximum"}:
        return argument.get("minimum"), argument.get("maximum")
    if isinstance(argument, list | tuple) and len(argument) == 2:
        return argument[0], argument[1]
    if isinstance(argument, str) and argument.count("..") == 1:
        low, _, high = argument.partition("..")
        return low.strip() or None, high.strip() or None
    raise WrongDemand("range: write [lowest, highest]")


def elements(attribute: Attribute | None, argument: Value) -> frozenset[Any]:
    """The elements of a set in an argument, as they compare; of a mapping its names."""
    of = attribute.of if attribute else None
    if attribute is not None and attribute.type == "map":
        return frozenset(key(TEXT, written(TEXT, item)) for item in _items(argument))
    return frozenset(key(of, written(of, item)) for item in _items(argument))


def _items(argument: Value) -> tuple[Value, ...]:
    if isinstance(argument, list | tuple):
        return tuple(argument)
    if isinstance(argument, Mapping):
        return tuple(argument)
    raise WrongDemand("a list is expected here")


def _keys(attribute: Attribute | None, seen: Value) -> frozenset[Any]:
    if isinstance(seen, Mapping):
        return frozenset(key(TEXT, name) if attribute else key(None, name) for name in seen)
    of = attribute.of if attribute else None
    return frozenset(_key(of, item) for item in seen)


def _key(of: Attribute | None, item: Value) -> Any:
    try:
        return key(of, item)
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return key(None, item)


def _same(attribute: Attribute | None, expected: Value, seen: Value) -> bool:
    try:
        return equal(attribute, expected, seen)
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return False


def _holds(seen: Value) -> bool:
    return isinstance(seen, tuple | Mapping)


def _members(seen: Value) -> tuple[Value, ...]:
    return tuple(seen.values()) if isinstance(seen, Mapping) else tuple(seen)


def _number(raw: Value) -> float | int | None:
    return raw if isinstance(raw, int | float) and not isinstance(raw, bool) else None


def _flag(argument: Value) -> bool:
    plain = argument.value if isinstance(argument, Plain) else value(argument)
    if isinstance(plain, bool):
        return plain
    raise WrongDemand("write true or false")


def _spelt(seen: Value) -> str:
    if isinstance(seen, bool):
        return "true" if seen else "false"
    return str(seen)
