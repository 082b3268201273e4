"""The kind does not declare the attribute.

An error where the kind is `strict`; a warning where a declared attribute is one or two letters away, because that is
a slip of the pen more often than not. Any other undeclared attribute is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unknown-attribute"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
