"""A baseline extends one that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unknown-baseline"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem, unless a baseline file did not load: the missing one may stand there."""
    if not facts.baselines.unread:
        yield from facts.judged.get(CODE, ())
