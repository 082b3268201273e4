"""A parameter of a baseline is unknown, has no value, or is used nowhere.

`${name}` stands for a parameter of the baseline itself. Whoever extends a baseline gives its parameters values, and has
to where they have no default. A parameter that nothing uses is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "baseline-parameter"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem: those of one file, and those between a baseline and what it extends."""
    yield from facts.found.get(CODE, ())
    yield from facts.judged.get(CODE, ())
