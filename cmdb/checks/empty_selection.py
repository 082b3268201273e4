"""A baseline applies to nothing, or its selector cannot be read.

An expectation that selects no CI checks nothing, which nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts
from cmdb.graph.selectors import SelectorError, predicate
from cmdb.graph.selectors.evaluate import kinds
from cmdb.model.baseline import Baseline
from cmdb.model.problem import Problem, Severity

CODE = "empty-selection"


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each baseline whose `applies_to` is wrong (error) or matches no CI (warning)."""
    for baseline in facts.baselines.baselines:
        if baseline.applies_to is not None:
            yield from _judged(facts, baseline, baseline.applies_to)


def _judged(facts: Facts, baseline: Baseline, selector: str) -> Iterator[Problem]:
    where = baseline.place.at("applies_to")
    name = f"baseline '{baseline.name}'"
    try:
        applies = predicate(selector, facts.inventory.schema, facts.inventory)
    except SelectorError as error:
        message = f"{name}: {error.reason}"
        hint = f"column {error.position + 1} of the selector"
        yield Problem(CODE, message, where=where, hint=hint, subject=baseline.name)
        return
    if not any(applies(ci) for ci in facts.cis(kinds(selector, facts.inventory.schema))):
        message = f"{name} applies to no CI: {selector}"
        hint = "correct the selector, or leave applies_to out to make it a template"
        yield Problem(CODE, message, Severity.WARNING, where=where, hint=hint, subject=baseline.name)
