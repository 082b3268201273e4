"""What answers for people have in common: counts, values, places and severities in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cmdb.model.document import Paragraph, Span, Style
from cmdb.model.location import Location, Where
from cmdb.model.problem import Severity
from cmdb.model.status import Status
from cmdb.model.value import Value

STYLES: Mapping[Severity, Style] = {
    Severity.NOTE: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "bad",
    Severity.CRITICAL: "bad",
}
STATUS_STYLES: Mapping[Status, Style] = {
    Status.UP: "good",
    Status.AT_RISK: "note",
    Status.DEGRADED: "warning",
    Status.DOWN: "bad",
}
LONGEST = 60
"""Characters of a value; more is cut off."""


def several(count: int, noun: str) -> str:
    """`1 service`, `2 services`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def few(names: Sequence[str], limit: int = 2) -> str:
    """The first names, and how many more there are."""
    more = len(names) - limit
    shown = ", ".join(names[:limit])
    return f"{shown} and {more} more" if more > 0 else shown


def worded(status: Status) -> Span:
    """A status in its colour."""
    return Span(status.words, STATUS_STYLES[status])


def shortened(value: Value, longest: int = LONGEST) -> str:
    """A value, cut off where it is long; `nothing` for None."""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def line_of(where: Where | None) -> str:
    """The file and the line, for a place without a line the file, and nothing for none."""
    if isinstance(where, Location):
        return f"{where.path}:{where.line}"
    return "" if where is None else where.path


def title(ci: str, name: str | None, kind: str, owner: str | None) -> tuple[str | Span, ...]:
    """A CI in one line: id, name, kind, owner."""
    rest = "".join(f" · {part}" for part in (name if name != ci else None, kind, owner) if part)
    return Span(ci, "id"), Span(rest, "dim")


def notes(texts: Iterable[str]) -> tuple[Paragraph, ...]:
    """Remarks on the question."""
    return tuple(Paragraph((Span("note: ", "note"), text)) for text in texts)
