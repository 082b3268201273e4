"""A waiver names a CI or a baseline that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "waiver-target"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
