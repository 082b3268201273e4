"""A declared value breaks an expectation of a baseline that selects the CI.

What is declared is what someone will build. A value that is not declared is not judged here; `cmdb drift` judges what
is observed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "baseline-violation"
LOOKS = Reach.DEMANDS


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
