"""What speaks for and against the time that a change is planned for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.filed_change import Plan
from cmdb.model.schedule import Overlap, Schedule
from cmdb.model.status import Status
from cmdb.model.words import few

_FEW = 5


def with_schedule(document: Document, schedule: Schedule) -> Document:
    """A document about a change with its schedule before the last block, which sums it up."""
    if schedule.planned is None:
        return document
    return replace(document, blocks=(*document.blocks[:-1], *_blocks(schedule), *document.blocks[-1:]))


def _blocks(schedule: Schedule) -> Iterator[Block]:
    yield Heading("Schedule")
    if schedule.planned is not None:
        yield Paragraph(f"Planned {_period(schedule.planned.start, schedule.planned.end)}.")
    entries = tuple(_entries(schedule))
    yield Listing(entries) if entries else Paragraph((Span("Nothing speaks against it.", "good"),))


def _entries(schedule: Schedule) -> Iterator[Entry]:
    for freeze in schedule.freezes:
        reason = (Entry(freeze.reason),) if freeze.reason else ()
        head = (
            Span("In the freeze ", "bad"),
            f"{freeze.name}, {_period(freeze.start, freeze.end)}: {few(freeze.cis, _FEW)}",
        )
        yield Entry(head, reason)
    if schedule.outside:
        met = ", ".join(window.name for window in schedule.windows)
        below = (Entry(f"reaches beyond {met}"),) if met else ()
        yield Entry((Span("Outside the maintenance windows", "warning"), f" of {few(schedule.outside, _FEW)}"), below)
    for overlap in schedule.overlaps:
        yield _overlap(overlap)
    if schedule.freezes or schedule.outside:
        yield Entry(_instead(schedule.next))


def _overlap(overlap: Overlap) -> Entry:
    head = (
        "At the same time as ",
        Span(overlap.record, "id"),
        f" ({overlap.state}: {overlap.title}), {_period(overlap.start, overlap.end)}",
    )
    below = [Entry(f"both change {few(overlap.shared, _FEW)}")] if overlap.shared else []
    for hit in overlap.harmed:
        style = Span(hit.together.words, "bad" if hit.together is Status.DOWN else "warning")
        alone = f"; alone it is {hit.alone.words}, by the other {hit.other.words}"
        below.append(Entry(("together they leave ", Span(hit.id, "id"), " ", style, alone)))
    return Entry(head, tuple(below))


def _instead(plan: Plan | None) -> str:
    if plan is None:
        return "No other time within a year suits all that changes."
    return f"The next time that suits all that changes: {_period(plan.start, plan.end)}."


def _period(start: datetime, end: datetime) -> str:
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {until} UTC"
