"""The waiver that was written."""

from __future__ import annotations

from datetime import date

from cmdb.model.document import Document, Paragraph, Span
from cmdb.model.drift import Deviation
from cmdb.model.value import Value


def document(deviation: Deviation, expires: date, path: str, *, renewed: bool) -> Document:
    """What is permitted, until when, and where that stands."""
    whose = deviation.ci or f"{deviation.source}: {deviation.key}"
    said = f" = {deviation.said}" if deviation.path != "presence" else f": {deviation.outcome}"
    verb = "Renewed" if renewed else "Waived"
    words = (f"{verb} until {expires}: ", Span(whose, "id"), " ", Span(deviation.path, "path"), said, ", in ")
    return Document((Paragraph((*words, Span(path, "path"), ".")),))


def payload(deviation: Deviation, expires: date, path: str, *, renewed: bool) -> dict[str, Value]:
    """`summary`, and the waiver."""
    return {
        "summary": {"waived": 1},
        "waived": [
            {
                "ci": deviation.ci,
                "source": deviation.source,
                "key": deviation.key,
                "path": deviation.path,
                "observed": deviation.observed,
                "expires": expires.isoformat(),
            }
        ],
        "file": path,
        "renewed": renewed,
    }
