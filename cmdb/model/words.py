"""What answers for people have in common: counts, values, places and severities in words."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.document import Style
from cmdb.model.location import Location, Where
from cmdb.model.problem import Severity
from cmdb.model.value import Value

STYLES: Mapping[Severity, Style] = {
    Severity.NOTE: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "bad",
    Severity.CRITICAL: "bad",
}
LONGEST = 60
"""Characters of a value; more is cut off."""


def several(count: int, noun: str) -> str:
    """`1 service`, `2 services`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def shortened(value: Value, longest: int = LONGEST) -> str:
    """A value, cut off where it is long; `nothing` for None."""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def line_of(where: Where | None) -> str:
    """The file and the line, for a place without a line the file, and nothing for none."""
    if isinstance(where, Location):
        return f"{where.path}:{where.line}"
    return "" if where is None else where.path
