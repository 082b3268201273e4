"""What changes line by line, with the places and the commits; and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cmdb.compare.wording import entry
from cmdb.model.change import Change
from cmdb.model.change_record import ChangeRecord, Origin
from cmdb.model.document import Entry, Inline, Span
from cmdb.model.past import Commit
from cmdb.model.words import few
from cmdb.views.change.words import FEW, short, spot


def details(record: ChangeRecord) -> Iterator[Entry]:
    """Each changed CI as `cmdb diff` has it, with places and commits."""
    origins = {origin.ci: origin for origin in record.origins}
    known = {commit.id: commit for commit in record.commits}
    for change in record.changes.changes:
        yield _placed(change, origins.get(change.id, Origin(change.id)), known)


def commits(record: ChangeRecord) -> Iterator[Entry]:
    """The commits, newest first."""
    for commit in record.commits:
        yield Entry((Span(short(commit.id), "id"), f" {_made(commit)}: {commit.subject}"))


def contacts(record: ChangeRecord) -> Iterator[Entry]:
    """Everybody with the ways to reach them."""
    for one in record.contacts:
        name = f" · {one.name}" if one.name and one.name != one.ci else ""
        below = [Entry(f"{way}: {value}") for way, value in one.ways.items()]
        words = {"owner": "owns", "support": "supports", "escalation": "leads, for"}
        yield Entry((Span(one.ci, "id"), Span(name, "dim"), f" {words[one.role]} {few(one.cis, FEW)}"), tuple(below))


def _placed(change: Change, origin: Origin, known: dict[str, Commit]) -> Entry:
    """Of what comes or goes the place of the whole, of what changes that of each value."""
    whole = entry(change)
    places = [spot(place.before, place.after) for place in origin.places]
    first = places[0] if places and change.action != "changed" else ""
    values = places[1:] if change.action != "changed" else places
    lines = list(whole.below)
    if change.action in ("changed", "renamed") and len(values) == len(lines):
        lines = [replace(line, text=_with(line.text, place)) for line, place in zip(lines, values, strict=True)]
    by = [f"{short(name)} {_made(known[name])}" for name in origin.commits if name in known]
    lines += [Entry((Span("by ", "dim"), text)) for text in by]
    return Entry(_with(whole.text, first), tuple(lines))


def _with(text: Inline, place: str) -> Inline:
    if not place:
        return text
    return (*(text if isinstance(text, tuple) else (text,)), Span(f"  {place}", "dim"))


def _made(commit: Commit) -> str:
    return f"{commit.author}, {commit.at:%Y-%m-%d}"
