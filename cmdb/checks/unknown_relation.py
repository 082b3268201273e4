"""There is no such relation type, or it is an inverse name.

Inverse names (`needed_by`) serve reading. In files a relation stands once, on the CI that depends.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unknown-relation"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
