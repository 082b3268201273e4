"""Change records on file: a table of them, one of them, and what moving it came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from cmdb.changes.states import moves
from cmdb.formats.record_writer import record_data
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span, Style, Table
from cmdb.model.filed_change import STATES, FiledChange, Plan, State, entries
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import Value
from cmdb.model.words import few, line_of, several

_STYLES: Mapping[State, Style] = {
    "proposed": "note",
    "approved": "good",
    "implemented": "warning",
    "reviewed": "plain",
    "closed": "dim",
    "rejected": "bad",
}
_FEW = 4


def payload(records: Sequence[FiledChange], problems: Sequence[Problem]) -> dict[str, Value]:
    """`summary`, which counts the records by state, `records` and `problems`."""
    counted = Counter(record.state for record in records)
    return {
        "summary": {"records": len(records), **{state: counted[state] for state in STATES}},
        "records": [row(record) for record in records],
        "problems": [problem.data for problem in problems],
    }


def document(records: Sequence[FiledChange], problems: Sequence[Problem]) -> Document:
    """A row for each record, and what is wrong with files."""
    blocks: list[Block] = []
    if records:
        columns = ("id", "state", "type", "risk", "planned", "title")
        blocks.append(Table(columns, tuple(map(_row, records))))
    if problems:
        blocks += [Heading("Files that did not load"), Listing(tuple(map(_problem, problems)))]
    counted = Counter(record.state for record in records)
    words = ", ".join(f"{counted[state]} {state}" for state in STATES if counted[state])
    count = several(len(records), "change record")
    return Document((*blocks, Paragraph(f"{count}: {words}." if words else "No change records.")))


def row(record: FiledChange) -> dict[str, Value]:
    """A record in short, for programs."""
    return {
        "id": record.id,
        "title": record.title,
        "state": record.state,
        "type": record.type,
        "level": record.section("risk").get("level"),
        "planned": None if record.planned is None else record_data(record)["planned"],
        "cis": list(record.cis),
        "lacking": list(record.lacking),
        "moves": list(moves(record)),
        "path": record.place.path,
    }


def record_payload(record: FiledChange) -> dict[str, Value]:
    """`summary` and `record`: everything that its file says."""
    data = {name: item for name, item in record_data(record).items() if name != "format"}
    return {"summary": row(record), "record": data}


def record_document(record: FiledChange, locate: Callable[[Place], str] = lambda place: place.path) -> Document:
    """One record, for people."""
    blocks: list[Block] = [Heading(f"{record.id}: {record.title}", 1), Paragraph(_standing(record))]
    if record.reason:
        blocks.append(Paragraph(record.reason))
    blocks += _section("What changes", _changes(record))
    blocks += _section("Services that suffer if it fails", _services(record))
    blocks += _section("Approvals", _approvals(record))
    blocks += _section("Schedule", _schedule(record))
    blocks += _section("History", _history(record))
    return Document((*blocks, Paragraph((Span(locate(record.place), "path"), f": {_next(record)}"))))


def _section(title: str, entries: Iterator[Entry]) -> Sequence[Block]:
    found = tuple(entries)
    return (Heading(title), Listing(found)) if found else ()


def _row(record: FiledChange) -> tuple[str | Span, ...]:
    state = Span(record.state, _STYLES[record.state])
    level = str(record.section("risk").get("level") or "")
    return Span(record.id, "id"), state, record.type, level, _planned(record.planned), record.title


def _planned(plan: Plan | None) -> str:
    if plan is None:
        return ""
    end = f"{plan.end:%H:%M}" if plan.start.date() == plan.end.date() else f"{plan.end:%Y-%m-%d %H:%M}"
    return f"{plan.start:%Y-%m-%d %H:%M} to {end} UTC"


def _standing(record: FiledChange) -> tuple[str | Span, ...]:
    risk = record.section("risk")
    level = f", risk {risk['level']} ({risk.get('score')} of 100)" if "level" in risk else ""
    plan = f", planned {_planned(record.planned)}" if record.planned else ", not planned yet"
    return f"{record.type.capitalize()} change, ", Span(record.state, _STYLES[record.state]), f"{level}{plan}."


def _changes(record: FiledChange) -> Iterator[Entry]:
    for change in record.changes:
        paths = [str(one["path"]) for one in change.get("attributes", ())]
        paths += [f"relations.{one['type']}" for one in change.get("relations", ())]
        yield Entry((Span(str(change["id"]), "id"), f" ({change['kind']}) {change['action']}{_few(paths)}"))


def _few(names: Sequence[str]) -> str:
    return f": {few(names, _FEW)}" if names else ""


def _services(record: FiledChange) -> Iterator[Entry]:
    for one in entries(record.section("impact").get("services")):
        yield Entry((Span(str(one.get("id")), "id"), f": {one.get('status')}"))


def _approvals(record: FiledChange) -> Iterator[Entry]:
    for one in record.approvals:
        if one.given is None:
            yield Entry((Span(one.approver, "id"), ": ", Span("not yet", "warning")))
        else:
            note = f", “{one.given.note}”" if one.given.note else ""
            yield Entry((Span(one.approver, "id"), f": by {one.given.by}, {one.given.at:%Y-%m-%d %H:%M} UTC{note}"))


def _schedule(record: FiledChange) -> Iterator[Entry]:
    found = record.section("schedule")
    for one in entries(found.get("freezes")):
        yield Entry((Span("in the freeze ", "bad"), f"{one.get('name')}: {_names(one.get('cis'))}"))
    if outside := _names(found.get("outside")):
        yield Entry((Span("outside the windows", "warning"), f" of {outside}"))
    for one in entries(found.get("overlaps")):
        harmed = ", ".join(f"{hit.get('id')} {hit.get('together')}" for hit in entries(one.get("harmed")))
        together = f", together they leave {harmed}" if harmed else ""
        yield Entry((f"at the same time as {one.get('id')} ({one.get('title')}){together}",))
    if found.get("clear") is True:
        yield Entry(Span("nothing speaks against it", "good"))


def _names(raw: Value) -> str:
    return ", ".join(map(str, raw)) if isinstance(raw, list | tuple) else ""


def _history(record: FiledChange) -> Iterator[Entry]:
    for step in record.history:
        note = f": {step.note}" if step.note else ""
        state = Span(step.state, _STYLES[step.state])
        failed = (", ", Span("failed", "bad")) if step.failed else ()
        yield Entry((f"{step.at:%Y-%m-%d %H:%M} UTC ", state, *failed, f" by {step.by}{note}"))


def _next(record: FiledChange) -> str:
    possible = moves(record)
    if not possible:
        return f"{record.state}, and moves no more."
    missing = f" Not yet approved by {', '.join(record.lacking)}." if record.lacking else ""
    return f"it can be {' or '.join(possible)}.{missing}"


def _problem(problem: Problem) -> Entry:
    return Entry((Span(line_of(problem.where), "path"), f": [{problem.code}] {problem.message}"))
