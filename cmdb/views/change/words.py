"""Wording that the parts of a change record share."""

from __future__ import annotations

import re

from cmdb.model.location import Location

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_DIGITS = 12
FEW = 4
"""Names that a line tells."""


def short(commit: str) -> str:
    """The first digits of a commit's id; other words as they are."""
    return commit[:_DIGITS] if _COMMIT.fullmatch(commit) else commit


def spot(before: Location | None, after: Location | None) -> str:
    """Where something stands: on one side, or on both where those differ."""
    sides = [f"{one.path}:{one.line}" for one in (before, after) if one is not None]
    return " → ".join(dict.fromkeys(sides))
