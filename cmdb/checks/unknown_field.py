"""There is no such field.

A CI's own attributes stand under `attributes`, its relations under `relations`; `cmdb schema ci` prints every field.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unknown-field"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
