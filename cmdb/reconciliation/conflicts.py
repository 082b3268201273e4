"""Two expectations that no value can meet, as far as that can be told exactly: a finite choice that the other refuses,
an empty range of numbers or versions, elements both needed and not allowed, presence against absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText, text
from cmdb.model.types import WrongValue, order
from cmdb.model.value import Value
from cmdb.reconciliation.expectations import Ready
from cmdb.reconciliation.operators import WrongDemand, bounds, elements
from cmdb.reconciliation.typed import written
from cmdb.reconciliation.versions import Constraint, constraint
from cmdb.reconciliation.walk import ABSENT

Bound = tuple[Any, bool]
"""What `<` compares, and whether the bound itself is excluded."""


def unmeetable(one: Ready, other: Ready, attribute: Attribute | None) -> bool:
    """Whether no value, nor having none, meets both."""
    if one.met(ABSENT) and other.met(ABSENT):
        return False
    if one.forbids or other.forbids:
        return True
    for ready in (one, other):
        choices = _choices(ready, attribute)
        if choices is not None and not any(one.meets(value) and other.meets(value) for value in choices):
            return True
    both = (one.expectation.operators, other.expectation.operators)
    return any(_safely(check, both, attribute) for check in (_no_number, _no_version, _no_set))


def _choices(ready: Ready, attribute: Attribute | None) -> list[Value] | None:
    operators = ready.expectation.operators
    if "equals" in operators:
        return [written(attribute, operators["equals"])]
    if "in" in operators:
        return [written(attribute, item) for item in operators["in"]]
    if "version" in operators:
        exact = [
            version for sign, version in constraint(attribute, text(operators["version"])).parts if sign in ("=", "==")
        ]
        return exact or None
    return None


_Both = tuple[Mapping[str, Value], Mapping[str, Value]]


def _safely(check: Callable[[_Both, Attribute | None], bool], both: _Both, attribute: Attribute | None) -> bool:
    try:
        return check(both, attribute)
    except (WrongValue, WrongDemand, NotText, TypeError):
        return False


def _no_number(both: _Both, attribute: Attribute | None) -> bool:
    low: list[Bound] = []
    high: list[Bound] = []
    for operators in both:
        for least, most in _ranges(operators):
            low += [] if least is None else [(_place(attribute, least), False)]
            high += [] if most is None else [(_place(attribute, most), False)]
    return _empty(low, high)


def _ranges(operators: Mapping[str, Value]) -> Iterator[tuple[Value, Value]]:
    yield operators.get("minimum"), operators.get("maximum")
    if "range" in operators:
        yield bounds(operators["range"])


def _place(attribute: Attribute | None, raw: Value) -> Any:
    value = written(attribute, raw)
    return value if attribute is None else order(attribute, value)


def _no_version(both: _Both, attribute: Attribute | None) -> bool:
    found = [constraint(attribute, text(operators["version"])) for operators in both if "version" in operators]
    return _empty(_bounds(found, ">"), _bounds(found, "<"))


def _bounds(found: Iterable[Constraint], direction: str) -> list[Bound]:
    return [
        (constraint.place(version), sign == direction)
        for constraint in found
        for sign, version in constraint.parts
        if sign[0] == direction
    ]


def _empty(low: list[Bound], high: list[Bound]) -> bool:
    """Whether nothing lies between the bounds. Between versions there is always another, so only their order counts."""
    return any(least > most or (least == most and (above or below)) for least, above in low for most, below in high)


def _no_set(both: _Both, attribute: Attribute | None) -> bool:
    if attribute is not None and attribute.type not in ("set", "list", "map"):
        return False
    needed: set[Any] = set()
    for operators in both:
        needed |= elements(attribute, operators.get("superset_of", ()))
        if attribute is not None and "contains" in operators:
            needed |= elements(attribute, _several(operators["contains"]))
    allowed = [elements(attribute, operators["subset_of"]) for operators in both if "subset_of" in operators]
    return any(not needed <= choice for choice in allowed)


def _several(argument: Value) -> tuple[Value, ...]:
    return tuple(argument) if isinstance(argument, list | tuple) else (argument,)
