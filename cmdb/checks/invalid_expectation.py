"""An expectation makes no sense for the attribute it speaks of, such as a version range for a number."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "invalid-expectation"
LOOKS = Reach.EXAMPLE


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
