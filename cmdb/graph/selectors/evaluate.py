"""The tree of a selector to an answer: which terms a CI satisfies, and which CIs the graph operators reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cmdb.graph.hints import did_you_mean
from cmdb.graph.selectors.errors import SelectorError
from cmdb.graph.selectors.fields import Context, Field, UnknownField, UnknownName, field
from cmdb.graph.selectors.parse import parse
from cmdb.graph.selectors.syntax import NEGATIVE, Comparison, Literal, Named, Presence, Reach, Selector, Span, Term
from cmdb.graph.selectors.values import Matcher, matcher
from cmdb.model.ci import CI, FIELDS
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Attribute, Schema
from cmdb.model.types import WrongValue

Test = Callable[[CI], bool]
POSITIVE = {"!=": "=", "!~": "~", "not in": "=", "in": "="}
"""The operator that is asked of each item, for those that are not asked as they stand."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """Makes tests of the terms that look at one CI. `text` is the whole selector, for errors."""

    text: str
    context: Context

    def test(self, term: Comparison | Presence | Named) -> Test:
        """Whether a CI satisfies the term. Raises `SelectorError`."""
        if isinstance(term, Named):
            wanted = self.ci(term)
            return lambda ci: ci.id == wanted
        if isinstance(term, Presence):
            has = self._field(term.path, term.span).has
            return has if term.wanted else lambda ci: not has(ci)
        return self._comparison(term)

    def ci(self, term: Named) -> str:
        """The living id that is meant. Raises `SelectorError`."""
        found = self.context.resolve(term.id)
        if found is None:
            hint = did_you_mean(term.id, self.context.ids()) or did_you_mean(term.id, FIELDS)
            raise self.wrong(f"there is no CI '{term.id}'{hint}", term.span)
        return found

    def wrong(self, reason: str, span: Span) -> SelectorError:
        """An error about a part of the selector."""
        return SelectorError(self.text, reason, *span)

    def _field(self, path: KeyPath, span: Span) -> Field:
        try:
            return field(self.context, path)
        except UnknownField as error:
            raise self.wrong(str(error), span) from None

    def _comparison(self, term: Comparison) -> Test:
        known = self._field(term.path, term.span)
        if known.incomparable:
            raise self.wrong(f"this has no value of its own; write {known.incomparable}", term.span)
        operator = POSITIVE.get(term.operator, term.operator)
        if known.named and operator == "=":
            names = frozenset[str]().union(*(self._names(known, literal) for literal in term.values))
            return _negated(_among(names, known, term.path), term.operator)
        if term.path == ("kind",) and operator != "~":
            raise self.wrong("kinds have no order", term.operator_span)
        return _negated(self._any_item(known, operator, term.values), term.operator)

    def _names(self, known: Field, literal: Literal) -> frozenset[str]:
        try:
            return known.named(literal.text) if known.named else frozenset()
        except UnknownName as error:
            raise self.wrong(str(error), literal.span) from None

    def _any_item(self, known: Field, operator: str, literals: tuple[Literal, ...]) -> Test:
        for literal in literals:
            self._refuse_unreadable(known, operator, literal)
        by_kind: dict[str, tuple[Matcher, ...]] = {}

        def test(ci: CI) -> bool:
            items = known.items(ci)
            if items and ci.kind not in by_kind:
                by_kind[ci.kind] = tuple(_matchers(known.type_for(ci.kind), operator, literals))
            for item in items:
                for fits in by_kind[ci.kind]:
                    if fits(item):
                        return True
            return False

        return test

    def _refuse_unreadable(self, known: Field, operator: str, literal: Literal) -> None:
        """Raises where no declaration of the field accepts the literal."""
        refusals: list[WrongValue] = []
        for type_ in known.types:
            try:
                matcher(operator, type_, literal.text)
            except WrongValue as error:
                refusals.append(error)
        if len(refusals) == len(known.types):
            raise self.wrong(str(refusals[0]), literal.span)


def predicate(text: str, schema: Schema, inventory: Inventory | None = None) -> Test:
    """Whether a CI satisfies a selector; a graph operator is an error here. Without an inventory ids and undeclared
    attributes are believed to exist. Raises `SelectorError`."""
    return _all(Compiler(text, Context(schema, inventory)), parse(text))


def understood(text: str, inventory: Inventory) -> Selector:
    """The tree of a selector of which every field, kind and id is known. Raises `SelectorError`."""
    compiler, selector = Compiler(text, Context(inventory.schema, inventory)), parse(text)
    terms: list[Term] = [selector]
    while terms:
        term = terms.pop()
        if isinstance(term, Selector):
            terms += term.terms
        elif isinstance(term, Reach):
            terms.append(term.of)
        else:
            compiler.test(term)
    return selector


def kinds(text: str, schema: Schema) -> frozenset[str] | None:
    """The kinds whose CIs a selector may pick; None where that may be any. Raises `SelectorError`."""
    found: frozenset[str] | None = None
    for term in parse(text).terms:
        if isinstance(term, Comparison) and term.path == ("kind",) and term.operator in ("=", "in"):
            below = (schema.descendants.get(value.text, frozenset((value.text,))) for value in term.values)
            asked = frozenset[str]().union(*below)
            found = asked if found is None else found & asked
    return found


def _all(compiler: Compiler, selector: Selector) -> Test:
    tests = [_test(compiler, term) for term in selector.terms]
    if len(tests) > 2:
        return lambda ci: all(test(ci) for test in tests)
    first, *others = tests
    return (lambda ci: first(ci) and others[0](ci)) if others else first


def _test(compiler: Compiler, term: Term) -> Test:
    if isinstance(term, Selector):
        return _all(compiler, term)
    if isinstance(term, Comparison | Presence | Named):
        return compiler.test(term)
    raise compiler.wrong("a graph operator has no meaning here", term.span)


def _among(names: frozenset[str], known: Field, path: KeyPath) -> Test:
    if path == ("kind",):
        return lambda ci: ci.kind in names
    return lambda ci: not names.isdisjoint(known.items(ci))


def _matchers(type_: Attribute | None, operator: str, literals: Iterable[Literal]) -> Iterable[Matcher]:
    for literal in literals:
        try:
            yield matcher(operator, type_, literal.text)
        except WrongValue:
            continue  # another kind's attribute accepts it; this one's never has that value


def _negated(test: Test, operator: str) -> Test:
    return (lambda ci: not test(ci)) if operator in NEGATIVE else test
