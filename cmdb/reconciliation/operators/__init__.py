"""What an expectation may demand of a value: one small function an operator, and a table of them.

Arguments are read by the type of the CI's attribute, so that `minimum: 32 GiB` and `equals: 1.10` mean what they mean
in a CI's file. A value that was seen to be absent satisfies `absent` and nothing else; alternatives may allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText
from cmdb.model.types import WrongValue
from cmdb.model.value import Value
from cmdb.reconciliation.operators import holdings, values
from cmdb.reconciliation.operators.arguments import SIGNS, WrongDemand, demanded, items
from cmdb.reconciliation.operators.verdicts import HIDDEN, Test, Verdict, every, negated, only_one, some
from cmdb.reconciliation.typed import redacted
from cmdb.reconciliation.walk import ABSENT

__all__ = ["FLAGS", "OPERATORS", "WrongDemand", "compiled"]

Factory = Callable[[Attribute | None, Value], Test]

FLAGS = frozenset({"absent", "present"})
"""The operators that ask for no more than whether there is a value."""


def compiled(operators: Mapping[str, Value], attribute: Attribute | None) -> Test:
    """Whether a normalised value, `ABSENT`, or a secret meets every operator. Raises `WrongDemand`."""
    if not operators:
        raise WrongDemand("this expects nothing; give a value, or an operator such as 'present: true'")
    tests = tuple(_test(name, argument, attribute) for name, argument in operators.items())
    if len(tests) == 1:
        return tests[0]
    return lambda seen, others: every(test(seen, others) for test in tests)


def _test(name: str, argument: Value, attribute: Attribute | None) -> Test:
    if name == "equals" and argument is None:
        name, argument = "absent", True
    factory = OPERATORS.get(name)
    if factory is None:
        raise WrongDemand(f"there is no operator '{name}' here", (name,))
    try:
        test = factory(attribute, argument)
    except WrongDemand as wrong:
        inner = f"{name}: {wrong}" if not wrong.path else str(wrong)
        raise WrongDemand(inner, (name, *wrong.path)) from None
    except (WrongValue, NotText) as unreadable:
        raise WrongDemand(f"{name}: {unreadable or 'a single value is expected here'}", (name,)) from None
    judges_absence = name in _JUDGE_ABSENCE or (name == "not" and demanded(argument).keys() <= FLAGS)
    return test if judges_absence else _of_what_is_seen(test)


def _of_what_is_seen(test: Test) -> Test:
    def judge(seen: Value, others: Callable[..., Value]) -> Verdict:
        if seen is ABSENT:
            return False
        return HIDDEN if redacted(seen) else test(seen, others)

    return judge


def _not(attribute: Attribute | None, argument: Value) -> Test:
    refused = compiled(demanded(argument), attribute)
    return lambda seen, others: negated(refused(seen, others))


def _any_of(attribute: Attribute | None, argument: Value) -> Test:
    tests = _alternatives(attribute, argument)
    return lambda seen, others: some(test(seen, others) for test in tests)


def _one_of(attribute: Attribute | None, argument: Value) -> Test:
    tests = _alternatives(attribute, argument)
    return lambda seen, others: only_one(test(seen, others) for test in tests)


def _alternatives(attribute: Attribute | None, argument: Value) -> list[Test]:
    if not isinstance(argument, list | tuple) or not argument:
        raise WrongDemand("a list of values or demands is expected here")
    tests: list[Test] = []
    for position, item in enumerate(items(argument)):
        try:
            tests.append(compiled(demanded(item), attribute))
        except WrongDemand as wrong:
            raise wrong.below(position) from None
    return tests


def _length(attribute: Attribute | None, argument: Value) -> Test:
    return holdings.length(compiled(demanded(argument), holdings.NUMBER), attribute)


def _each(attribute: Attribute | None, argument: Value) -> Test:
    return holdings.each(compiled(demanded(argument), attribute.of if attribute else None), attribute)


def _none(attribute: Attribute | None, argument: Value) -> Test:
    return holdings.none(compiled(demanded(argument), attribute.of if attribute else None), attribute)


OPERATORS: Mapping[str, Factory] = {
    "equals": values.equals,
    "not": _not,
    "in": values.one_in,
    "not_in": values.not_in,
    **{name: values.bounded(name) for name in (*SIGNS, "range")},
    "version": values.version,
    "pattern": values.pattern,
    "length": _length,
    "subset_of": holdings.subset_of,
    "superset_of": holdings.superset_of,
    "contains": holdings.contains,
    "absent": values.absent,
    "present": values.present,
    "any_of": _any_of,
    "one_of": _one_of,
    "each": _each,
    "none": _none,
    "same_as": values.same_as,
}
_JUDGE_ABSENCE = FLAGS | {"any_of", "one_of"}
