"""Parameters filled in: what a template expects of those who extend it, and whether they give what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cmdb.model.baseline import Baseline, Expectation, IgnoreRule
from cmdb.model.location import Place
from cmdb.model.parameters import filled, filled_path, spelt_out, used
from cmdb.model.problem import Problem, Related
from cmdb.model.value import Value

CODE = "baseline-parameter"


class Parameters:
    """Fills in the parameters of baselines, once for each set of values, so that what is the same is one thing."""

    def __init__(self, by_name: Mapping[str, Baseline]) -> None:
        self._by_name = by_name
        self._scalars: dict[str, set[str]] = {}
        self._places: dict[tuple[str, str], Place] = {}
        self._expectations: dict[tuple[int, str], tuple[Expectation, ...]] = {}
        self._ignores: dict[tuple[int, str], tuple[IgnoreRule, ...]] = {}
        self.problems: list[Problem] = [wrong for baseline in by_name.values() for wrong in self._misused(baseline)]

    def passed(self, baseline: Baseline, position: int, given: Mapping[str, Value]) -> Mapping[str, Value]:
        """The parameters of what a baseline extends at a position: its defaults and what it is given."""
        parent = self._by_name[baseline.extends[position]]
        named = _given(baseline, position)
        found = dict(parent.parameters)
        for name in found.keys() & named.keys():
            try:
                found[name] = filled(named[name], given)
            except (KeyError, TypeError):
                found[name] = None
                continue
            where = baseline.place.at("extends", position, "with", name)
            self._places.setdefault((parent.name, signature({name: found[name]})), where)
        return found

    def expectations(self, baseline: Baseline, given: Mapping[str, Value]) -> tuple[Expectation, ...]:
        """What a baseline itself expects; without those whose parameters have no value, which is told elsewhere."""
        known = (id(baseline), signature(given))
        if known not in self._expectations:
            found = (self._filled(baseline, expectation, given) for expectation in baseline.expect)
            self._expectations[known] = tuple(expectation for expectation in found if expectation is not None)
        return self._expectations[known]

    def ignores(self, baseline: Baseline, given: Mapping[str, Value]) -> tuple[IgnoreRule, ...]:
        """What a baseline itself ignores, likewise."""
        known = (id(baseline), signature(given))
        if known not in self._ignores:
            self._ignores[known] = tuple(self._ignored(baseline, given))
        return self._ignores[known]

    def _filled(self, baseline: Baseline, expectation: Expectation, given: Mapping[str, Value]) -> Expectation | None:
        names = sorted({*used(expectation.path), *used(expectation.operators)})
        if not names and not baseline.parameters:
            return _unescaped(expectation)
        if any(given.get(name) is None for name in names):
            return None
        try:
            path = filled_path(expectation.path, given)
            operators = filled(expectation.operators, given)
        except TypeError:
            return None
        places = ((name, self._places.get((baseline.name, signature({name: given[name]})))) for name in names)
        where = tuple((name, place or baseline.place.at("parameters", name)) for name, place in places)
        return replace(expectation, path=path, operators=operators, given=where)

    def _ignored(self, baseline: Baseline, given: Mapping[str, Value]) -> Iterator[IgnoreRule]:
        for rule in baseline.ignore:
            names = set(used(rule.path))
            if not names:
                yield rule
            elif all(given.get(name) is not None for name in names):
                try:
                    yield replace(rule, path=filled_path(rule.path, given))
                except TypeError:
                    continue

    def _misused(self, baseline: Baseline) -> Iterator[Problem]:
        if baseline.applies_to is not None:
            for name in _needed(baseline.parameters):
                yield _missing_default(baseline, name)
        for name in sorted(self._texts(baseline)):
            if isinstance(baseline.parameters.get(name), list | tuple):
                yield _no_text(baseline, name, baseline.place.at("parameters", name))
        for position, parent in enumerate(baseline.extends):
            known = self._by_name.get(parent)
            if known is None:
                continue
            named = _given(baseline, position)
            for name, value in named.items():
                where = baseline.place.at("extends", position, "with", name)
                if name not in known.parameters:
                    yield _unknown(baseline, where, known, name)
                elif isinstance(value, list | tuple) and name in self._texts(known):
                    yield _no_text(known, name, where)
            for name in _needed(known.parameters):
                if name not in named:
                    yield _not_given(baseline, position, known, name)

    def _texts(self, baseline: Baseline) -> set[str]:
        """The parameters that have to be scalars: they stand inside a text or in a key path, here or above."""
        if baseline.name not in self._scalars:
            self._scalars[baseline.name] = set()
            self._scalars[baseline.name] = self._spelt_out(baseline)
        return self._scalars[baseline.name]

    def _spelt_out(self, baseline: Baseline) -> set[str]:
        found = {name for expectation in baseline.expect for name in spelt_out(expectation.operators)}
        paths = (*(each.path for each in baseline.expect), *(each.path for each in baseline.ignore))
        found |= {name for path in paths for name in used(path)}
        for position, parent in enumerate(baseline.extends):
            if parent in self._by_name:
                above = self._texts(self._by_name[parent])
                for name, value in _given(baseline, position).items():
                    found.update(used(value) if name in above else spelt_out(value))
        return found


def signature(given: Mapping[str, Value]) -> str:
    """Equal for the same parameters with the same values."""
    return repr(sorted(given.items())) if given else ""


def _given(baseline: Baseline, position: int) -> Mapping[str, Value]:
    return baseline.given[position] if position < len(baseline.given) else {}


def _needed(parameters: Mapping[str, Value]) -> Sequence[str]:
    return [name for name, default in parameters.items() if default is None]


def _unescaped(expectation: Expectation) -> Expectation:
    """Without the marks of what is no parameter; most expectations have none, and stay what they are."""
    if "$${" not in repr((expectation.path, expectation.operators)):
        return expectation
    operators = filled(expectation.operators, {})
    return replace(expectation, path=filled_path(expectation.path, {}), operators=operators)


def _missing_default(baseline: Baseline, name: str) -> Problem:
    return Problem(
        CODE,
        f"the parameter '{name}' of baseline '{baseline.name}' has no default, and it applies to CIs by itself",
        where=baseline.place.at("parameters", name),
        hint="give it a default, or leave applies_to out and let others extend it with a value",
        subject=f"{baseline.name} {name}",
    )


def _no_text(baseline: Baseline, name: str, where: Place) -> Problem:
    return Problem(
        CODE,
        f"the parameter '{name}' of baseline '{baseline.name}' stands inside a text or a key path, and this is a list",
        where=where,
        hint="give it a single value",
        subject=f"{baseline.name} {name} list",
    )


def _unknown(baseline: Baseline, where: Place, parent: Baseline, name: str) -> Problem:
    known = ", ".join(parent.parameters)
    return Problem(
        CODE,
        f"baseline '{parent.name}' has no parameter '{name}'",
        where=where,
        hint=f"its parameters are {known}" if known else "it has no parameters",
        subject=f"{baseline.name} {parent.name} {name}",
    )


def _not_given(baseline: Baseline, position: int, parent: Baseline, name: str) -> Problem:
    return Problem(
        CODE,
        f"baseline '{parent.name}' needs a value for its parameter '{name}'",
        where=baseline.place.at("extends", position),
        related=(Related("the parameter has no default", parent.place.at("parameters", name)),),
        hint=f"write {{name: {parent.name}, with: {{{name}: …}}}}, or give the parameter a default",
        subject=f"{baseline.name} {parent.name} {name}",
    )
