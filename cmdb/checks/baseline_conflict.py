"""Two expectations on the same path of the same CI that no value can meet.

Only contradictions that can be decided exactly are reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "baseline-conflict"
LOOKS = Reach.EXAMPLE


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
