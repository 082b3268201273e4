"""Every value of a CI with the commit that last set it, by commit for people and by path for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from cmdb.compare.wording import member_data, member_text
from cmdb.model.ci import Group, Target
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.keypath import format_path
from cmdb.model.location import location_data
from cmdb.model.past import Blame, BlamedValue, Commit
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.model.words import line_of, shortened


def document(blame: Blame) -> Document:
    """The values by commit, the newest first, each with the line where it stands."""
    blocks: list[Block] = [Heading(f"{blame.ci.id}: {blame.ci.name}" if blame.ci.name else blame.ci.id, 1)]
    for commit, cut, values in _by_commit(blame.values):
        blocks += [Heading(_title(commit, cut)), Listing(tuple(map(_entry, values)))]
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


def _by_commit(values: Iterable[BlamedValue]) -> Iterator[tuple[Commit | None, bool, list[BlamedValue]]]:
    """What nobody has committed first, then the newest."""
    found: dict[tuple[Commit | None, bool], list[BlamedValue]] = {}
    for value in values:
        found.setdefault((value.commit, value.cut), []).append(value)
    for commit, cut in sorted(found, key=_age):
        yield commit, cut, found[commit, cut]


def _age(key: tuple[Commit | None, bool]) -> tuple[bool, float, str]:
    commit = key[0]
    return (False, 0, "") if commit is None else (True, -commit.at.timestamp(), commit.id)


def _title(commit: Commit | None, cut: bool) -> str:
    if commit is None:
        return "uncommitted"
    before = "or before " if cut else ""
    return f"{before}{commit.short} {commit.day} {commit.author}: {commit.subject}"


def _entry(value: BlamedValue) -> Entry:
    target = isinstance(value.value, Target) and not value.value.notes
    said = "" if target else f": {shortened(_text(value))}"
    return Entry((Span(format_path(value.path), "path"), said, Span(f"  {line_of(value.location)}", "dim")))


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
