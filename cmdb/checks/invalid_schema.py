"""A kind, an attribute or a relation type is declared wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "invalid-schema"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
