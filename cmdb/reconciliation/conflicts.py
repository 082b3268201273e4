"""Two expectations that no value can meet, as far as that can be told exactly: a finite choice that the other refuses,
an empty range of numbers or versions, elements both needed and not allowed, presence against absence.

Nothing is called a conflict that some value may yet meet: types that spell one value in several ways, and values that
nobody knows, are given the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from cmdb.model.baseline import Expectation
from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText, text
from cmdb.model.types import TYPES, WrongValue, order
from cmdb.model.value import Value
from cmdb.reconciliation.expectations import Ready, prepared
from cmdb.reconciliation.operators import WrongDemand
from cmdb.reconciliation.operators.arguments import SIGNS, demanded, elements, inside, items, limits
from cmdb.reconciliation.operators.holdings import NUMBER
from cmdb.reconciliation.typed import written
from cmdb.reconciliation.versions import constraint
from cmdb.reconciliation.walk import ABSENT

Bound = tuple[Any, bool]
"""What `<` compares, and whether the bound itself is excluded."""
_Operators = Mapping[str, Value]
_Both = tuple[_Operators, _Operators]

_MANY = 64
"""Combinations of alternatives that are looked at; more are not worth the time."""
_SPELT = frozenset({"pattern", "length", "contains"})
"""Operators that look at how a value is spelt, or may."""


def unmeetable(one: Ready, other: Ready, attribute: Attribute | None) -> bool:
    """Whether no value, nor having none, meets both."""
    if one.met(ABSENT) and other.met(ABSENT):
        return False
    if one.forbids or other.forbids:
        return True
    first, second = (_alternatives(ready.expectation.operators) for ready in (one, other))
    if len(first) * len(second) > _MANY:
        return False
    return all(_opposed(both, attribute) for both in product(first, second))


def _alternatives(operators: _Operators) -> list[_Operators]:
    """The same demand as several without `any_of`, one of which has to hold; `one_of` demands at least that much, and
    of two operators of one name the last is enough to go by."""
    several: list[list[_Operators]] = [[{name: item}] for name, item in operators.items() if name not in _EITHER]
    several += (
        [found for item in items(operators[name]) for found in _alternatives(demanded(item))]
        for name in sorted(_EITHER & operators.keys())
    )
    combined: list[_Operators] = []
    for combination in product(*several):
        merged: dict[str, Value] = {}
        for part in combination:
            merged |= part
        combined.append(merged)
        if len(combined) > _MANY:
            return combined
    return combined


_EITHER = frozenset({"any_of", "one_of"})


def _opposed(both: _Both, attribute: Attribute | None) -> bool:
    """Whether no value that is there meets both."""
    if any(operators.get("absent") is not None and _forbids(operators, attribute) for operators in both):
        return True
    checks = (_no_choice, _no_number, _no_version, _no_set, _no_length)
    return any(_safely(check, both, attribute) for check in checks)


def _forbids(operators: _Operators, attribute: Attribute | None) -> bool:
    return prepared(Expectation((), operators), attribute).forbids


def _safely(check: Callable[[_Both, Attribute | None], bool], both: _Both, attribute: Attribute | None) -> bool:
    try:
        return check(both, attribute)
    except (WrongValue, WrongDemand, NotText, TypeError):
        return False


def _no_choice(both: _Both, attribute: Attribute | None) -> bool:
    exact = _exact(attribute)
    for operators, other in (both, both[::-1]):
        choices = _choices(operators, attribute)
        judges = [_judge(each, attribute, exact) for each in (operators, other)]
        if choices is not None and not any(all(judge(value) for judge in judges) for value in choices):
            return True
    return False


def _choices(operators: _Operators, attribute: Attribute | None) -> list[Value] | None:
    if operators.get("equals") is not None:
        return [written(attribute, operators["equals"])]
    return [written(attribute, item) for item in items(operators["in"])] if "in" in operators else None


def _judge(operators: _Operators, attribute: Attribute | None, exact: bool) -> Callable[[Value], bool]:
    """Whether a value may meet the operators; where it has several spellings, only by those that mean all of them."""
    asked = {name: item for name, item in operators.items() if exact or not _spells(name, item)}
    return prepared(Expectation((), asked), attribute).met if asked else lambda _value: True


def _spells(name: str, argument: Value) -> bool:
    if name in _SPELT:
        return True
    return any(_spells(inner, item) for _, demand in inside({name: argument}) for inner, item in demand.items())


def _exact(attribute: Attribute | None) -> bool:
    """Whether values that mean the same are spelt the same."""
    if attribute is None:
        return True
    kind = TYPES.get(attribute.type)
    return kind is not None and kind.key is None


def _no_number(both: _Both, attribute: Attribute | None) -> bool:
    low: list[Bound] = []
    high: list[Bound] = []
    for sign, bound in (each for operators in both for each in _limits(operators)):
        place = written(attribute, bound) if attribute is None else order(attribute, written(attribute, bound))
        (low if sign[0] == ">" else high).append((place, sign in ("<", ">")))
    return _empty(low, high)


def _limits(operators: _Operators) -> Iterator[tuple[str, Value]]:
    for name in (*SIGNS, "range"):
        if name in operators:
            yield from limits(name, operators[name])


def _no_version(both: _Both, attribute: Attribute | None) -> bool:
    low: list[Bound] = []
    high: list[Bound] = []
    for operators in both:
        found = constraint(attribute, text(operators["version"])) if "version" in operators else None
        for sign, version in found.parts if found else ():
            assert found is not None
            bound = found.place(version), sign in ("<", ">")
            low += [bound] if sign[0] in ">=" else []
            high += [bound] if sign[0] in "<=" else []
    return _empty(low, high)


def _empty(low: list[Bound], high: list[Bound]) -> bool:
    """Whether nothing lies between the bounds. Between versions there is always another, so only their order counts."""
    return any(least > most or (least == most and (above or below)) for least, above in low for most, below in high)


def _no_set(both: _Both, attribute: Attribute | None) -> bool:
    needed: set[Any] = set()
    for operators in both:
        needed |= elements(attribute, operators.get("superset_of", ()))
        if attribute is not None and attribute.type in ("set", "list", "map") and "contains" in operators:
            needed |= elements(attribute, _several(operators["contains"]))
    allowed = [elements(attribute, operators["subset_of"]) for operators in both if "subset_of" in operators]
    return any(not needed <= choice for choice in allowed)


def _no_length(both: _Both, _attribute: Attribute | None) -> bool:
    lengths = [demanded(operators["length"]) for operators in both if "length" in operators]
    if not lengths:
        return False
    ready = [prepared(Expectation((), operators), NUMBER) for operators in (lengths[0], lengths[-1])]
    return unmeetable(ready[0], ready[1], NUMBER)


def _several(argument: Value) -> tuple[Value, ...]:
    return tuple(argument) if isinstance(argument, list | tuple) else (argument,)
