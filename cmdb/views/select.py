"""The CIs that selectors pick: a table, bare ids for the shell, and the `cis` of the JSON."""

from __future__ import annotations

from collections.abc import Sequence

from cmdb.model.ci import CI
from cmdb.model.document import Block, Document, Paragraph, Span, Table
from cmdb.model.value import Value


def document(cis: Sequence[CI]) -> Document:
    """A table, or a sentence where nothing was picked."""
    rows = tuple((Span(ci.id, "id"), ci.kind, ci.name or "", ci.owner or "") for ci in cis)
    block: Block = Table(("id", "kind", "name", "owner"), rows) if rows else Paragraph("Nothing is selected.")
    return Document((block,))


def payload(cis: Sequence[CI]) -> dict[str, Value]:
    """`summary` and `cis`."""
    listed = [{"id": ci.id, "kind": ci.kind, "name": ci.name, "owner": ci.owner} for ci in cis]
    return {"summary": {"cis": len(listed)}, "cis": listed}


def ids(cis: Sequence[CI]) -> str:
    """One id a line."""
    return "".join(f"{ci.id}\n" for ci in cis)
