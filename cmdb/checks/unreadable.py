"""The file could not be read at all.

It may not be readable, not be UTF-8, be larger than 16 MiB, or be a link that leads out of the workspace. Nothing
that leads out of the workspace is ever followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unreadable"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
