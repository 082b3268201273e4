"""The commits that changed a CI: one entry each, with what it changed."""

from __future__ import annotations

from datetime import UTC, datetime

from cmdb.compare.wording import data, entry
from cmdb.model.document import Block, Document, Entry, Listing, Paragraph, Span
from cmdb.model.past import Log, LogEntry
from cmdb.model.value import Value
from cmdb.model.words import several


def document(log: Log) -> Document:
    """One entry a commit, newest first, and a line that counts them."""
    listing: tuple[Block, ...] = (Listing(tuple(map(_entry, log.entries))),) if log.entries else ()
    return Document((*listing, Paragraph(_summary(log))))


def payload(log: Log) -> dict[str, Value]:
    """`summary` and `commits`, newest first."""
    return {
        "summary": {
            "id": log.id,
            "commits": len(log.entries),
            "more": log.more,
            "cut": log.cut.id if log.cut else None,
        },
        "commits": [_data(one) for one in log.entries],
    }


def _summary(log: Log) -> str:
    words = several(len(log.entries), "commit") if log.entries else "no commits"
    words += f" changed {log.id}" if not log.more else f" that changed {log.id}, and there are more"
    return words + (f"; before {log.cut.short} this clone has no history" if log.cut else "")


def _entry(one: LogEntry) -> Entry:
    commit = one.commit
    head = (Span(commit.short, "id"), f" {_day(commit.at)} {commit.author}: ", commit.subject)
    return Entry(head, (entry(one.change),))


def _data(one: LogEntry) -> dict[str, Value]:
    return {**one.commit.data, **data(one.change)}


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
