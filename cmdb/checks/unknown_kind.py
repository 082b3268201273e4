"""The CI's kind is missing, unknown or abstract; or a baseline allows things of a kind that there is not.

`cmdb schema kinds` lists the kinds of the workspace; `inventory/schema/` adds to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unknown-kind"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met, and those of baselines."""
    yield from facts.found.get(CODE, ())
    yield from facts.judged.get(CODE, ())
