"""Expectations made ready for the CIs of a kind, and their verdict on one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.model.baseline import Expectation
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Attribute
from cmdb.model.plain import Plain, text
from cmdb.model.problem import Problem, Related
from cmdb.model.snapshot import REDACTED
from cmdb.model.types import WrongValue
from cmdb.model.types import text as text_of
from cmdb.model.value import Value
from cmdb.reconciliation.operators import FLAGS, WrongDemand, compiled
from cmdb.reconciliation.operators.arguments import SIGNS, elsewheres
from cmdb.reconciliation.operators.verdicts import Elsewhere, Others, Test, Verdict, nowhere
from cmdb.reconciliation.typed import redacted, written
from cmdb.reconciliation.walk import ABSENT

_WORDS = {
    "subset_of": "subset of", "superset_of": "superset of", "not_in": "not in", "any_of": "any of", "one_of": "one of",
    "same_as": "same as",
}  # fmt: skip
_AS_TEXT = frozenset({"version", "pattern", "same_as", "ci", "path"})


@dataclass(frozen=True, slots=True)
class Ready:
    """An expectation whose arguments are read. `elsewhere` has the other values that it compares with, `expected` is
    what reports show, `operators` what the file demands, for programs."""

    expectation: Expectation
    meets: Test
    expected: Value
    operators: Mapping[str, Value]
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def same_as(self) -> Elsewhere | None:
        """The first other value that it compares with."""
        return self.elsewhere[0] if self.elsewhere else None

    def judged(self, value: Value, others: Others = nowhere, wrong: str = "") -> Verdict:
        """Whether a value, or `ABSENT`, is as demanded. A secret proves presence only; so does a value that its type
        refuses (`wrong`), and nothing else is true of that."""
        if value is ABSENT and self.expectation.optional:
            return True
        if wrong and not redacted(value):
            return self.meets(REDACTED, others) is True
        return self.meets(value, others)

    def met(self, value: Value, wrong: str = "") -> bool:
        """The same where nothing speaks against it; what nobody can tell is believed."""
        return self.judged(value, nowhere, wrong) is not False

    @property
    def forbids(self) -> bool:
        """Whether it demands that there is no value."""
        return self.meets(REDACTED, nowhere) is False

    @property
    def said(self) -> str:
        """What it demands, for people."""
        return ", ".join(_said(name, item) for name, item in self.operators.items())


class Preparation:
    """Makes each expectation ready once for each type; what makes no sense is a problem, once."""

    def __init__(self, inventory: Inventory | None = None) -> None:
        self._inventory = inventory
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
                self._known[known] = self._prepared(expectation, attribute)
            except WrongDemand as wrong:
                self._known[known] = None
                self._blamed.setdefault(id(expectation), _senseless(expectation, baseline, wrong))
        return self._known[known]

    def _prepared(self, expectation: Expectation, attribute: Attribute | None) -> Ready:
        ready = prepared(expectation, attribute)
        if self._inventory is not None:
            path = expectation.path
            if path[0] == "relations" and len(path) > 1 and "*" not in str(path[1]):
                _known_relation(self._inventory, str(path[1]))
            for other in ready.elsewhere:
                _known_ci(self._inventory, other)
        return ready


def prepared(expectation: Expectation, attribute: Attribute | None) -> Ready:
    """The expectation with its arguments read. Raises `WrongDemand`."""
    operators = expectation.operators
    meets = compiled(operators, attribute)
    shown = {name: display(attribute, name, raw) for name, raw in operators.items()}
    expected: Value = shown
    if shown.keys() == {"equals"} and shown["equals"] is not None:
        expected = written(attribute, operators["equals"])
    return Ready(expectation, meets, expected, shown, tuple(elsewheres(operators)))


def display(attribute: Attribute | None, name: str, raw: Value) -> Value:
    """An argument as programs and people get it: text where the type or the operator reads text."""
    if isinstance(raw, Plain):
        as_text = name in _AS_TEXT or (name not in FLAGS and _lossy(attribute, raw))
        return raw.text if as_text else raw.value
    if isinstance(raw, Mapping):
        return {text(key): display(attribute, str(key), item) for key, item in raw.items()}
    if isinstance(raw, list | tuple):
        return tuple(display(attribute, name, item) for item in raw)
    return raw


def _said(name: str, argument: Value) -> str:
    if name in FLAGS and isinstance(argument, bool):
        return "present" if (name == "present") is argument else "absent"
    if name == "same_as" and isinstance(argument, Mapping):
        return "same as " + " of ".join(str(argument[part]) for part in ("path", "ci") if argument.get(part))
    if name == "range" and isinstance(argument, Mapping):
        return "range " + ", ".join(f"{SIGNS.get(sign, sign)} {bound}" for sign, bound in argument.items())
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


def _known_relation(inventory: Inventory, name: str) -> None:
    if name not in inventory.schema.relation_types:
        meant = inventory.schema.inverses.get(name)
        remedy = f"; '{name}' is '{meant}' from the other end" if meant else "; 'cmdb schema kinds' lists them"
        raise WrongDemand(f"there is no relation type '{name}'{remedy}")


def _known_ci(inventory: Inventory, other: Elsewhere) -> None:
    if other.ci is not None and inventory.resolve(other.ci) is None and not inventory.may_declare(other.ci):
        raise WrongDemand(f"same_as: there is no CI '{other.ci}', and no key path begins so", ("same_as",))


def _senseless(expectation: Expectation, baseline: str, wrong: WrongDemand) -> Problem:
    path: KeyPath = expectation.path
    place = expectation.place
    return Problem(
        "invalid-expectation",
        f"baseline '{baseline}' expects something of {format_path(path)} that makes no sense: {wrong}",
        where=None if place is None else place.at(*wrong.path),
        key_path=format_path(path),
        related=tuple(Related(f"the parameter '{name}' is given here", where) for name, where in expectation.given),
        hint="see the operators of expectations",
        subject=baseline,
    )
