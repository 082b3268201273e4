"""Expectations made ready for the CIs of a kind, and their verdict on one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.model.baseline import Expectation
from cmdb.model.keypath import KeyPath, KeyPathError, format_path, parse_path
from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText, Plain, text
from cmdb.model.problem import Problem
from cmdb.model.types import WrongValue
from cmdb.model.types import text as text_of
from cmdb.model.value import Value
from cmdb.reconciliation.operators import Test as Meets
from cmdb.reconciliation.operators import WrongDemand, compiled
from cmdb.reconciliation.typed import redacted, written
from cmdb.reconciliation.walk import ABSENT

_FLAGS = frozenset({"absent", "present"})
_WORDS = {"subset_of": "subset of", "superset_of": "superset of", "not_in": "not in", "any_of": "any of"}
_AS_TEXT = frozenset({"version", "pattern", "same_as"})


@dataclass(frozen=True, slots=True)
class Ready:
    """An expectation whose arguments are read. `same_as` leads to the value it must equal, where it names one;
    `expected` is what reports show, `operators` what the file demands, for programs."""

    expectation: Expectation
    meets: Meets
    expected: Value
    operators: Mapping[str, Value]
    same_as: KeyPath | None = None

    def met(self, value: Value, wrong: str = "") -> bool:
        """Whether a value, or `ABSENT`, is as demanded. A secret proves presence only; so does a value that its type
        refuses, and nothing else is true of that."""
        if value is ABSENT:
            return self.expectation.optional or (self.same_as is None and self.meets(ABSENT))
        if redacted(value):
            return not self.forbids
        if wrong:
            return not self.forbids and self.only_presence
        return self.meets(value)

    @property
    def forbids(self) -> bool:
        """Whether it demands that there is no value."""
        return self.operators.get("absent") is True or self.operators.get("present") is False

    @property
    def said(self) -> str:
        """What it demands, for people."""
        return ", ".join(_said(name, item) for name, item in self.operators.items())

    @property
    def only_presence(self) -> bool:
        """Whether it demands no more than that there is a value, or none."""
        return self.operators.keys() <= _FLAGS


class Preparation:
    """Makes each expectation ready once for each type; what makes no sense is a problem, once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Ready | None] = {}
        self._blamed: dict[int, Problem] = {}

    @property
    def problems(self) -> list[Problem]:
        """What makes no sense, in the order it was met."""
        return list(self._blamed.values())

    def ready(self, expectation: Expectation, attribute: Attribute | None, baseline: str) -> Ready | None:
        """The expectation made ready; None where it makes no sense for that type."""
        known = (id(expectation), id(attribute))
        if known not in self._known:
            try:
                self._known[known] = prepared(expectation, attribute)
            except WrongDemand as wrong:
                self._known[known] = None
                self._blamed.setdefault(id(expectation), _senseless(expectation, baseline, str(wrong)))
        return self._known[known]


def prepared(expectation: Expectation, attribute: Attribute | None) -> Ready:
    """The expectation with its arguments read. Raises `WrongDemand`."""
    operators = dict(expectation.operators)
    other = operators.pop("same_as", None)
    meets = compiled(operators, attribute)
    shown = {name: display(attribute, name, raw) for name, raw in expectation.operators.items()}
    expected: Value = shown
    if shown.keys() == {"equals"} and shown["equals"] is not None:
        expected = written(attribute, expectation.operators["equals"])
    return Ready(expectation, meets, expected, shown, None if other is None else _path(other))


def display(attribute: Attribute | None, name: str, raw: Value) -> Value:
    """An argument as programs and people get it: text where the type or the operator reads text."""
    if isinstance(raw, Plain):
        as_text = name in _AS_TEXT or (name not in _FLAGS and _lossy(attribute, raw))
        return raw.text if as_text else raw.value
    if isinstance(raw, Mapping):
        return {text(key): display(attribute, str(key), item) for key, item in raw.items()}
    if isinstance(raw, list | tuple):
        return tuple(display(attribute, name, item) for item in raw)
    return raw


def _said(name: str, argument: Value) -> str:
    if name in _FLAGS and isinstance(argument, bool):
        return "present" if (name == "present") is argument else "absent"
    return f"{_WORDS.get(name, name)} {text_of(None, argument)}"


def _lossy(attribute: Attribute | None, raw: Plain) -> bool:
    """Whether the number or boolean that YAML makes of a scalar is not what the type makes of it."""
    if str(raw.value).casefold() != raw.text.casefold():
        return attribute is not None
    innermost = attribute.of if attribute is not None and attribute.of is not None else attribute
    try:
        return innermost is not None and isinstance(written(innermost, raw), str)
    except WrongValue:
        return False


def _path(raw: Value) -> KeyPath:
    try:
        return parse_path(text(raw))
    except (KeyPathError, NotText) as error:
        raise WrongDemand(f"same_as: no key path: {error}") from None


def _senseless(expectation: Expectation, baseline: str, why: str) -> Problem:
    path = format_path(expectation.path)
    return Problem(
        "invalid-expectation",
        f"baseline '{baseline}' expects something of {path} that makes no sense: {why}",
        where=expectation.place,
        key_path=path,
        hint="see the operators of expectations",
        subject=baseline,
    )
