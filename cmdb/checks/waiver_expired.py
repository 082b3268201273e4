"""A waiver's last day has passed.

The deviation counts again; in `cmdb drift` this is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "waiver-expired"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
