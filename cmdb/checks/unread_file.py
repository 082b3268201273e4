"""A file that looks like inventory or baselines, and that nothing reads.

Silence about such a file would let someone believe that its CIs are under control.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity

CODE = "unread-file"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """One warning for each such file."""
    for path, reason in sorted(facts.stray.items()):
        yield Problem(CODE, "nothing reads this file", Severity.WARNING, where=Location(path), hint=reason)
