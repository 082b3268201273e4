"""Every analysis there is, in one typed tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import cleandoc
from typing import Any, Protocol

from cmdb.analyses import (
    availability,
    criticality,
    dependencies,
    maintenance_batches,
    recovery_order,
    start_order,
    stop_order,
)
from cmdb.facts import Facts
from cmdb.graph.hints import did_you_mean
from cmdb.graph.selectors import select
from cmdb.model.answer import Drawing
from cmdb.model.asked import Asked, Option, Options
from cmdb.model.document import Document
from cmdb.model.problem import CmdbError


class Analysis(Protocol):
    """A module that answers one question. Its docstring is the user's documentation, its first line the summary. The
    result is a frozen dataclass with a field `summary`, a frozen dataclass of numbers; as JSON it is what `as_data`
    makes of it. A module that can draw its result has `drawing(result) -> Drawing` too."""

    NAME: str
    OPTIONS: Options

    def analyse(self, facts: Facts, asked: Asked, /) -> Any: ...

    def present(self, result: Any, /) -> Document: ...


ANALYSES: tuple[Analysis, ...] = (
    availability,
    criticality,
    dependencies,
    maintenance_batches,
    recovery_order,
    start_order,
    stop_order,
)


def summary(analysis: Analysis) -> str:
    """What it answers, in a sentence."""
    return cleandoc(analysis.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def drawer(analysis: Analysis) -> Callable[[Any], Drawing] | None:
    """What draws a result, where something does."""
    found: Callable[[Any], Drawing] | None = getattr(analysis, "drawing", None)
    return found


def report(
    facts: Facts, name: str, selectors: Iterable[str] = (), *, exclude: Iterable[str] = (), **options: object
) -> Any:
    """The typed result of the analysis of that name, about the CIs that selectors pick, or about all of them.

    Raises `CmdbError` for an analysis, an option or a choice that does not exist.
    """
    known = {analysis.NAME: analysis for analysis in ANALYSES}
    if name not in known:
        raise CmdbError(f"there is no report '{name}'{did_you_mean(name, known)}", hint=f"there is {', '.join(known)}")
    return known[name].analyse(facts, asked(facts, known[name].OPTIONS, tuple(selectors), tuple(exclude), options))


def asked(
    facts: Facts,
    declared: Options,
    selectors: tuple[str, ...],
    exclude: tuple[str, ...],
    values: Mapping[str, object],
) -> Asked:
    """The question, with the CIs that are meant. Raises `CmdbError`."""
    known = {option.name: option for option in declared}
    for name, value in values.items():
        if name not in known:
            raise CmdbError(f"there is no option '{name}'{did_you_mean(name, known)}")
        _check(known[name], value)
    if not selectors and not exclude:
        return Asked(None, values)
    return Asked(select(facts.inventory, selectors, exclude=exclude, topology=facts.topology), values)


def _check(option: Option[Any], value: object) -> None:
    chosen = value if isinstance(value, tuple) else (value,)
    for word in chosen if option.choices else ():
        if word not in option.choices:
            raise CmdbError(f"{option.name}: '{word}' is not one of {', '.join(option.choices)}")
