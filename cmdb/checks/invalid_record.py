"""A change record that cannot be used: it breaks the shape of record files, or its history breaks the rules.

Such a record excuses no drift. `cmdb change advance` moves records by the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "invalid-record"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the records met."""
    yield from facts.found.get(CODE, ())
