"""No CI takes a default of `_defaults.yaml`.

An attribute default applies only to kinds that declare the attribute, and a nearer default or the CI itself wins.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "unused-default"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
