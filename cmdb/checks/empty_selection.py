"""A baseline applies to nothing, or its selector cannot be read.

An expectation that selects no CI checks nothing, which nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.graph.selectors import SelectorError
from cmdb.model.baseline import Baseline
from cmdb.model.problem import Problem, Severity

CODE = "empty-selection"
LOOKS = Reach.SELECTION


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each baseline whose `applies_to` is wrong (error) or matches no CI (warning)."""
    for baseline, example in zip(facts.baselines.baselines, facts.examples, strict=True):
        if isinstance(example, SelectorError):
            yield _wrong(baseline, example)
        elif example is None and baseline.applies_to is not None:
            yield _empty(baseline)


def _wrong(baseline: Baseline, error: SelectorError) -> Problem:
    return Problem(
        CODE,
        f"baseline '{baseline.name}': {error.reason}",
        where=baseline.place.at("applies_to"),
        hint=f"column {error.position + 1} of the selector",
        subject=baseline.name,
    )


def _empty(baseline: Baseline) -> Problem:
    return Problem(
        CODE,
        f"baseline '{baseline.name}' applies to no CI: {baseline.applies_to}",
        Severity.WARNING,
        where=baseline.place.at("applies_to"),
        hint="correct the selector, or leave applies_to out to make it a template",
        subject=baseline.name,
    )
