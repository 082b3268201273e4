"""The file is no YAML 1.2, or YAML that no inventory needs.

A file that cannot be parsed is reported once, at the character where reading ended; its CIs are not then reported as
missing elsewhere. Tabs as separators, tags such as `!!binary`, aliases that multiply into an attack, and nesting deeper
than 128 levels count as syntax errors too.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "syntax"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the files met."""
    yield from facts.found.get(CODE, ())
