"""Operators on what a value holds: the items of sets and lists, the names and values of maps, the length of a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.plain import value
from cmdb.model.types import WrongValue, key
from cmdb.model.value import Value
from cmdb.reconciliation.operators.arguments import COLLECTIONS, NUMERIC, elements, fitting, items, word
from cmdb.reconciliation.operators.values import spelt
from cmdb.reconciliation.operators.verdicts import HIDDEN, Others, Test, Verdict, every, negated, some
from cmdb.reconciliation.typed import TEXT, redacted

NUMBER = Attribute("length", "integer")
"""What a length is."""
_HOLDING = "only sets, lists and maps hold items"


def length(test: Test, attribute: Attribute | None) -> Test:
    """So many characters, items or names."""
    fitting(attribute, None, NUMERIC, "only text, sets, lists and maps have a length")
    return lambda seen, others: isinstance(seen, str | tuple | Mapping) and test(_size(seen), others)


def subset_of(attribute: Attribute | None, argument: Value) -> Test:
    """Nothing but these."""
    fitting(attribute, COLLECTIONS, frozenset(), _HOLDING)
    allowed = elements(attribute, argument)

    def test(seen: Value, _others: Others) -> Verdict:
        if not _holds(seen):
            return False
        names, veiled = _keys(attribute, seen)
        return HIDDEN if veiled and names <= allowed else names <= allowed

    return test


def superset_of(attribute: Attribute | None, argument: Value) -> Test:
    """All of these."""
    fitting(attribute, COLLECTIONS, frozenset(), _HOLDING)
    needed = elements(attribute, argument)
    return lambda seen, _others: _has(attribute, needed, seen) if _holds(seen) else False


def contains(attribute: Attribute | None, argument: Value) -> Test:
    """This item or these items; of a text, these parts."""
    fitting(attribute, None, NUMERIC, "only text, sets, lists and maps contain something")
    several = items(argument) if isinstance(argument, list | tuple | Mapping) else (argument,)
    if attribute is not None and attribute.type not in COLLECTIONS:
        parts = [word(item) for item in several]
        return lambda seen, _others: all(part in spelt(seen) for part in parts)
    needed = elements(attribute, several)
    words = [spelt(value(item)) for item in several]
    return lambda seen, _others: (
        _has(attribute, needed, seen) if _holds(seen) else all(part in spelt(seen) for part in words)
    )


def each(test: Test, attribute: Attribute | None) -> Test:
    """Every item meets a demand."""
    fitting(attribute, COLLECTIONS, frozenset(), _HOLDING)
    return lambda seen, others: _holds(seen) and every(test(member, others) for member in _members(seen))


def none(test: Test, attribute: Attribute | None) -> Test:
    """No item meets a demand."""
    fitting(attribute, COLLECTIONS, frozenset(), _HOLDING)
    return lambda seen, others: _holds(seen) and negated(some(test(member, others) for member in _members(seen)))


def _has(attribute: Attribute | None, needed: frozenset[Any], seen: Value) -> Verdict:
    names, veiled = _keys(attribute, seen)
    return HIDDEN if veiled and not needed <= names else needed <= names


def _keys(attribute: Attribute | None, seen: Value) -> tuple[frozenset[Any], bool]:
    """The items as they compare, and whether there are others that are secret; of a map the names."""
    if isinstance(seen, Mapping):
        of = TEXT if attribute else None
        return frozenset(key(of, name) for name, item in seen.items() if item is not None), False
    of = attribute.of if attribute else None
    visible = [item for item in seen if not redacted(item)]
    return frozenset(_key(of, item) for item in visible), len(visible) < len(seen)


def _key(of: Attribute | None, item: Value) -> Any:
    try:
        return key(of, item)
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return key(None, item)


def _holds(seen: Value) -> bool:
    return isinstance(seen, tuple | Mapping)


def _members(seen: Value) -> tuple[Value, ...]:
    found = seen.values() if isinstance(seen, Mapping) else seen
    return tuple(item for item in found if item is not None)


def _size(seen: Value) -> int:
    return len(seen) if isinstance(seen, str) else len(_members(seen))
