"""A change record as a change board reads it: what it comes to and who must agree first, the details after that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmdb.model.change_record import LEVELS, ChangeRecord, Level
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span, Style
from cmdb.model.words import few, notes, several
from cmdb.views.change.design import design
from cmdb.views.change.details import commits, contacts, details
from cmdb.views.change.effects import effects
from cmdb.views.change.words import FEW, short

_STYLES: dict[Level, Style] = dict(zip(LEVELS, ("good", "note", "warning", "bad"), strict=True))


def document(record: ChangeRecord) -> Document:
    """Sections in the order of what matters; those with nothing to say are left out."""
    blocks: list[Block] = [Heading(f"Change {record.id}", 1), Paragraph(_verdict(record))]
    blocks += notes(record.notes)
    if not record.changes:
        return Document((*blocks, Paragraph("Nothing changes.")))
    blocks += _section("Who must agree", _approvals(record))
    blocks += _section("What becomes of the design", design(record.design))
    blocks += _section(f"Risk: {record.risk.score} of 100", _factors(record))
    blocks += effects(record.impact)
    blocks += _section("What changes", details(record))
    blocks += _section("Commits", commits(record))
    blocks += _section("Whom to call", contacts(record))
    blocks += [Heading("Back-out"), Paragraph(_way_back(record)), Listing(tuple(_back(record)))]
    return Document((*blocks, Paragraph(_summary(record))))


def _section(title: str, entries: Iterator[Entry]) -> Sequence[Block]:
    found = tuple(entries)
    return (Heading(title), Listing(found)) if found else ()


def _verdict(record: ChangeRecord) -> tuple[str | Span, ...]:
    level = record.risk.level
    return (
        f"{record.kind.capitalize()} change",
        f" ({record.kind_reason})" if record.kind != "normal" else "",
        ", risk ",
        Span(level, _STYLES[level]),
        ". From ",
        Span(short(record.base), "id"),
        " to ",
        Span(short(record.head), "id"),
        ".",
    )


def _approvals(record: ChangeRecord) -> Iterator[Entry]:
    for one in record.approvals:
        name = (Span(f" · {one.name}", "dim"),) if one.name and one.name != one.approver else ()
        reasons = (
            Entry(f"{reason.why}: {few(reason.cis, FEW)}" if reason.cis else reason.why) for reason in one.reasons
        )
        yield Entry((Span(one.approver, "id"), *name), tuple(reasons))
    if not record.approvals:
        why = "it is a standard change" if record.kind == "standard" else "nobody owns what it changes or harms"
        yield Entry(f"Nobody: {why}.")


def _factors(record: ChangeRecord) -> Iterator[Entry]:
    for one in record.risk.factors:
        if one.points:
            yield Entry((Span(f"{one.points:3}", "strong"), f" of {one.weight} {one.name}: {one.reason}"))
    none = [one.name for one in record.risk.factors if not one.points]
    if none:
        yield Entry(Span(f"  0 {', '.join(none)}", "dim"))


def _way_back(record: ChangeRecord) -> tuple[str | Span, ...]:
    if record.backout.restores:
        return (Span("Tried: ", "good"), "taking these changes back restores the base exactly.")
    return (Span("Tried: ", "bad"), f"taking the changes back does not restore {few(record.backout.differing, FEW)}.")


def _back(record: ChangeRecord) -> Iterator[Entry]:
    for change in record.backout.changes.changes:
        words = {"added": "is put back", "removed": "is taken away", "renamed": "gets its former id"}
        yield Entry((Span(change.id, "id"), f" ({change.kind}) {words.get(change.action, 'is changed back')}"))


def _summary(record: ChangeRecord) -> str:
    worse = sum(one.worse for one in record.design)
    return (
        f"{several(len(record.changes.changes), 'change')}, {several(len(record.impact.affected), 'CI')} affected, "
        f"{several(len(record.impact.services), 'service')} among them; the design is worse in "
        f"{several(worse, 'point')}; risk {record.risk.level} ({record.risk.score} of 100)."
    )
