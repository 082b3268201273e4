"""The last line of an answer, which says what it all comes to, for formats that have room for one line."""

from __future__ import annotations

from cmdb.model.document import Document, Paragraph, one_line, parts


def verdict(document: Document) -> str:
    """The last paragraph's text on one line, visible; empty where a document ends with something else."""
    match document.blocks[-1:]:
        case (Paragraph(text),):
            return one_line(" ".join("".join(span.text for span in parts(text)).split()))
    return ""
