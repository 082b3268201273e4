"""Every value of a CI with the commit that last set it, as a table and as the `values` of the JSON."""

from __future__ import annotations

from datetime import UTC

from cmdb.compare.wording import member_data, member_text
from cmdb.model.ci import Group, Target
from cmdb.model.document import Block, Document, Heading, Inline, Paragraph, Span, Table
from cmdb.model.keypath import format_path
from cmdb.model.location import location_data
from cmdb.model.past import Blame, BlamedValue
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.model.words import line_of, shortened

_SHORT = 9


def document(blame: Blame) -> Document:
    """A table of paths, values and commits."""
    title = Heading(f"{blame.ci.id}: {blame.ci.name}" if blame.ci.name else blame.ci.id, 1)
    blocks: list[Block] = [title, Table(("path", "value", "commit", "date", "author", "line"), _rows(blame))]
    if blame.former_ids:
        blocks.append(Paragraph(("Formerly ", Span(", ".join(blame.former_ids), "id"), ".")))
    return Document(tuple(blocks))


def payload(blame: Blame) -> dict[str, Value]:
    """`summary`, `former_ids` and `values`, sorted by path."""
    commits = {value.commit.id for value in blame.values if value.commit}
    return {
        "summary": {
            "id": blame.ci.id,
            "kind": blame.ci.kind,
            "values": len(blame.values),
            "commits": len(commits),
            "uncommitted": sum(value.commit is None for value in blame.values),
            "cut": sum(value.cut for value in blame.values),
        },
        "former_ids": list(blame.former_ids),
        "values": [_data(value) for value in blame.values],
    }


def _rows(blame: Blame) -> tuple[tuple[Inline, ...], ...]:
    return tuple(
        (Span(format_path(value.path), "path"), shortened(_text(value)), *_who(value), line_of(value.location))
        for value in blame.values
    )


def _who(value: BlamedValue) -> tuple[Inline, Inline, Inline]:
    commit = value.commit
    if commit is None:
        return "uncommitted", "", ""
    before = "or before " if value.cut else ""
    return (before, Span(commit.id[:_SHORT], "id")), f"{commit.at.astimezone(UTC):%Y-%m-%d}", commit.author


def _text(value: BlamedValue) -> str:
    if isinstance(value.value, Target | Group):
        return member_text(value.value)
    return text(value.attribute, value.value)


def _data(value: BlamedValue) -> dict[str, Value]:
    commit = value.commit
    entry = value.value
    return {
        "path": format_path(value.path),
        "value": member_data(entry) if isinstance(entry, Target | Group) else entry,
        "commit": commit.id if commit else None,
        "author": commit.author if commit else None,
        "email": commit.email if commit else None,
        "date": f"{commit.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if commit else None,
        "subject": commit.subject if commit else None,
        "cut": value.cut,
        "cause": value.cause,
        "location": location_data(value.location),
    }
