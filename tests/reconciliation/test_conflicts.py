"""Conflicts: never where a value exists that meets both, and always where plain sense tells one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmdb.model.baseline import Expectation
from cmdb.model.kind import Attribute
from cmdb.model.types import normalise
from cmdb.model.value import Value
from cmdb.reconciliation.conflicts import unmeetable
from cmdb.reconciliation.expectations import Ready, prepared
from cmdb.reconciliation.operators import WrongDemand
from cmdb.reconciliation.walk import ABSENT
from cmdb.testing.demands import DOMAINS, demands


def ready(operators: Value, attribute: Attribute | None, *, optional: bool = False) -> Ready:
    return prepared(Expectation(("attributes", "x"), operators, optional=optional), attribute)


@pytest.mark.parametrize("domain", DOMAINS)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_conflict_where_a_value_meets_both(domain: str, data: st.DataObject) -> None:
    attribute, values = DOMAINS[domain]
    try:
        one, other = (
            ready(data.draw(demands(domain)), attribute, optional=data.draw(st.integers(0, 3)) == 0) for _ in range(2)
        )
    except WrongDemand:
        assume(False)
        return
    both = [value for value in (*values, ABSENT) if one.met(value) and other.met(value)]
    assert not (both and unmeetable(one, other, attribute)), both
    assert unmeetable(one, other, attribute) == unmeetable(other, one, attribute)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_values_are_as_their_type_has_them(domain: str) -> None:
    attribute, values = DOMAINS[domain]
    assert attribute is None or [normalise(attribute, value) for value in values] == list(values)


@pytest.mark.parametrize(
    ("type_", "one", "other", "conflicts"),
    [
        ("version", {"equals": "1.0"}, {"pattern": r"1\.0\.0"}, False),
        ("version", {"equals": "1.0"}, {"equals": "1.0.0"}, False),
        ("string", {"equals": "1.0"}, {"pattern": r"1\.0\.0"}, True),
        ("string", {"version": "=1.0"}, {"equals": "1.0.0"}, False),
        ("string", {"version": "=1.0"}, {"version": "=1.0.0"}, False),
        ("string", {"version": "=1.0"}, {"version": "=1.1"}, True),
        ("string", {"length": {"minimum": 3}}, {"length": 2}, True),
        ("string", {"length": {"minimum": 3}}, {"length": {"maximum": 3}}, False),
        ("string", {"any_of": ["a", "b"]}, {"any_of": ["c", {"equals": "d"}]}, True),
        ("string", {"any_of": ["a", "b"]}, {"in": ["b"]}, False),
        ("string", {"one_of": ["a", "b"]}, {"equals": "c"}, True),
        ("string", {"any_of": [{"absent": True}, "a"]}, {"any_of": [{"absent": True}, "b"]}, False),
        ("string", {"any_of": [{"absent": True}, "a"]}, {"equals": "b"}, True),
        ("string", {"not": {"present": True}}, {"equals": "b"}, True),
        ("string", {"same_as": "attributes.y"}, {"equals": "b"}, False),
        ("integer", {">": 3}, {"<=": 3}, True),
        ("integer", {">=": 3}, {"<=": 3}, False),
        ("integer", {"range": ">=1, <3"}, {"minimum": 3}, True),
        ("integer", {"range": [1, 3]}, {"in": [3, 4]}, False),
    ],
)
def test_conflicts(type_: str, one: Value, other: Value, conflicts: bool) -> None:
    attribute = Attribute("x", type_)
    assert unmeetable(ready(one, attribute), ready(other, attribute), attribute) is conflicts
    assert unmeetable(ready(other, attribute), ready(one, attribute), attribute) is conflicts
