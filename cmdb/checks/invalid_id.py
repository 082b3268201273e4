"""An id is missing, or has characters that an id cannot have.

An id begins with a letter or a digit and has up to 200 of `A-Z a-z 0-9 . _ : / @ -`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "invalid-id"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
