"""What `cmdb drift` found: worst first and one CI's deviations together, then what was excused, what nobody saw, and
how far sources looked. The last line says what silence means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span, Style, Table
from cmdb.model.drift import CoverageRow, Demand, Deviation, DriftReport, Excuse
from cmdb.model.problem import Problem
from cmdb.model.value import Value
from cmdb.model.words import STYLES, line_of, several, shortened

OUTCOMES = ("missing", "ambiguous", "deviating", "unmanaged")
"""Of deviations that count, worst first."""
MANY = 5
"""So many things that deviate in the same way are told together."""
FEW = 3
"""And so many of them are named; JSON lists all."""


def payload(report: DriftReport) -> dict[str, Value]:
    """`summary`, `deviations`, `coverage`, `problems`, and why the verdict is incomplete."""
    return {
        "summary": summary(report),
        "deviations": [_deviation(found) for found in report.deviations],
        "not_implemented": [one.data for one in report.not_implemented],
        "coverage": [_coverage(row) for row in report.coverage],
        "problems": [problem.data for problem in report.problems],
        "incomplete": list(report.incomplete),
    }


def summary(report: DriftReport) -> dict[str, int]:
    """The CIs of each outcome, and how much was found, excused and not looked at."""
    cis = Counter(report.outcomes.values())
    counting = [found for found in report.deviations if found.counts]
    return {
        **{outcome: cis[outcome] for outcome in ("in_sync", "deviating", "missing", "ambiguous", "unobserved")},
        "unmanaged": sum(found.outcome == "unmanaged" for found in counting),
        "untracked": report.untracked,
        "unjudged": report.unjudged,
        "excused": sum(found.excuse is not None for found in report.deviations),
        "deviations": len(counting),
        "unobserved_values": report.unobserved_values,
        "untracked_values": report.untracked_values,
        "unlisted": report.unlisted,
        "not_implemented": len(report.not_implemented),
    }


def document(report: DriftReport) -> Document:
    """Everything in the payload, for people."""
    report = replace(report, deviations=_aged(report))
    counting = [found for found in report.deviations if found.counts]
    blocks: list[Block] = []
    for outcome in OUTCOMES:
        blocks += _section(outcome.capitalize(), [found for found in counting if found.outcome == outcome])
    excused = [found for found in report.deviations if found.excuse is not None]
    blocks += _section("Excused, and not counted", excused)
    blocks += _unseen([found for found in report.deviations if found.outcome == "unobserved"])
    if report.not_implemented:
        count = len({one.record for one in report.not_implemented})
        blocks += [Heading(f"Approved, due and not implemented ({count})"), Listing(tuple(_not_made(report)))]
    if report.problems:
        blocks += [Heading("Problems"), Listing(tuple(map(_problem_entry, report.problems)))]
    if report.coverage:
        blocks += [Heading("How far sources looked"), _table(report.coverage)]
    if report.unlisted:
        blocks.append(Paragraph(f"{several(report.unlisted, 'deviation')} known before, not listed here."))
    return Document((*blocks, Paragraph(_verdict(report))))


def _aged(report: DriftReport) -> tuple[Deviation, ...]:
    """The deviations, dated where they were known before this run."""
    latest = max(report.evidence.values(), default=None)

    def aged(found: Deviation) -> Deviation:
        moment = report.evidence.get(found.source or "", latest)
        known = found.first_seen is not None and (moment is None or found.first_seen < moment)
        return found if known else replace(found, first_seen=None)

    return tuple(map(aged, report.deviations))


def _section(title: str, found: Sequence[Deviation]) -> list[Block]:
    if not found:
        return []
    shared, rest = _by_cause(found)
    things = [list(group) for _, group in groupby(sorted(rest, key=_whose), key=_whose)]
    things.sort(key=lambda group: (-max(item.severity for item in group), _whose(group[0])))
    entries = (*map(_cause_entry, shared), *map(_thing, things))
    return [Heading(f"{title} ({len(set(map(_whose, found)))})"), Listing(entries)]


def _by_cause(found: Iterable[Deviation]) -> tuple[list[list[Deviation]], list[Deviation]]:
    """The deviations that many things share, for they are likely to have one cause, gravest and most first; and all
    others."""
    causes: dict[Hashable, list[Deviation]] = {}
    for item in found:
        causes.setdefault(_cause(item), []).append(item)
    shared = [group for group in causes.values() if len(group) >= MANY and group[0].outcome != "ambiguous"]
    shared.sort(key=lambda group: (-group[0].severity, -len(group), group[0].path, _name(group[0])))
    together = {id(item) for group in shared for item in group}
    return shared, [item for group in causes.values() for item in group if id(item) not in together]


def _cause(found: Deviation) -> Hashable:
    """What deviations have in common that are likely to have one cause: all but the CI and the line that declares."""
    demands = tuple((one.baseline, one.said, one.baseline and one.where) for one in found.demanded_by)
    excuse = found.excuse and replace(found.excuse, where=None)
    value = found.said or repr(found.observed)
    whose = (found.ci is None, found.kind, found.source if found.key else None)
    return whose, found.outcome, found.path, found.severity, demands, value, excuse, found.ci and found.reason


def _cause_entry(group: Sequence[Deviation]) -> Entry:
    names = sorted(map(_name, group))
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    what = "CIs" if group[0].ci else "things"
    head = (Span(f"{len(names)} {what}", "id"), f" ({group[0].kind}): {', '.join(names[:FEW])}{more}")
    one = _together(group)
    return Entry(head, (_difference(one),) if one.outcome == "deviating" else tuple(_below(one)))


def _together(group: Sequence[Deviation]) -> Deviation:
    """One for all: a line that declares is told where it is the same for all, and the earliest sight."""
    first = group[0]
    lines = [{item.demanded_by[place].where for item in group} for place in range(len(first.demanded_by))]
    demands = tuple(
        one if len(where) == 1 else replace(one, where=None)
        for one, where in zip(first.demanded_by, lines, strict=True)
    )
    seen = min((item.first_seen for item in group if item.first_seen), default=None)
    places = {item.excuse.where for item in group if item.excuse}
    excuse = first.excuse and (first.excuse if len(places) == 1 else replace(first.excuse, where=None))
    reason = first.reason if len({item.reason for item in group}) == 1 else ""
    return replace(first, demanded_by=demands, first_seen=seen, excuse=excuse, reason=reason)


def _name(found: Deviation) -> str:
    return found.ci or _seen_as(found)


def _whose(found: Deviation) -> tuple[str, str, str]:
    """What belongs together: a CI's deviations, and the candidates of one ambiguous sight."""
    if found.ci is None or found.outcome == "ambiguous":
        return "", found.source or "", found.key or ""
    return found.ci, "", ""


def _thing(group: Sequence[Deviation]) -> Entry:
    first = group[0]
    if first.outcome == "ambiguous":
        below = [_candidate(name, why) for name, why in _candidates(group).items()]
        return Entry((Span(_seen_as(first), "id"), " may be one of these CIs, or none:"), (*below, *_why(first)))
    if first.ci is None:
        return Entry((Span(_seen_as(first), "id"), f" ({first.kind})"), tuple(_below(first)))
    worst = sorted(group, key=lambda found: (-found.severity, found.path))
    if first.outcome == "missing":
        return Entry((Span(first.ci, "id"), f" ({first.kind})"), tuple(_below(first)))
    return Entry((Span(first.ci, "id"), f" ({first.kind})"), tuple(map(_difference, worst)))


def _seen_as(found: Deviation) -> str:
    return f"{found.source}: {found.key}"


def _candidates(group: Sequence[Deviation]) -> Mapping[str, str]:
    return {candidate.ci: candidate.reason for found in group for candidate in found.candidates}


def _candidate(ci: str, why: str) -> Entry:
    return Entry((Span(ci, "id"), f": {why}"))


def _difference(found: Deviation) -> Entry:
    label = Span(found.severity.label, STYLES[found.severity])
    return Entry((label, " ", Span(found.path, "path")), tuple(_below(found)))


def _below(found: Deviation) -> Iterable[Entry]:
    if found.outcome == "deviating":
        expected = found.demanded_by[0] if found.demanded_by else None
        wanted = next((one for one in found.demanded_by if one.expected == found.expected), expected)
        said = wanted.said if wanted else shortened(found.expected)
        source = f", seen by {found.source}" if found.source else ""
        yield Entry(f"expected {shortened(said)} → observed {shortened(found.said or found.observed)}{source}")
    else:
        yield Entry((Span(found.severity.label, STYLES[found.severity]), _MEANS.get(found.outcome, "")))
    if found.reason:
        yield Entry(found.reason)
    yield from map(_demand, found.demanded_by)
    yield from _why(found)


_MEANS = {"missing": ": looked for and not there", "unmanaged": ": seen, and declared nowhere"}


def _why(found: Deviation) -> Iterable[Entry]:
    if found.excuse is not None:
        yield from _excuse(found.excuse)
    if found.first_seen is not None:
        yield Entry(f"first seen {_moment(found.first_seen)}")


def _excuse(excuse: Excuse) -> Iterable[Entry]:
    by = f", approved by {excuse.approved_by}" if excuse.approved_by else ""
    until = f", until {excuse.expires}" if excuse.expires else ""
    yield Entry((Span(f"excused ({excuse.type})", "dim"), f"{by}{until}"))
    if excuse.reason:
        yield Entry(excuse.reason)
    if excuse.where is not None:
        yield Entry(Span(line_of(excuse.where), "path"))


def _not_made(report: DriftReport) -> Iterable[Entry]:
    """The changes, each with the values that are not what they should be."""
    for record, group in groupby(sorted(report.not_implemented, key=lambda one: one.record), lambda one: one.record):
        found = sorted(group, key=lambda one: (one.ci, one.path))
        first = found[0]
        label = Span(first.severity.label, STYLES[first.severity])
        values = [
            Entry((Span(f"{one.ci} {one.path}", "path"), f": {shortened(one.expected)} → {shortened(one.observed)}"))
            for one in found
        ]
        place = [Entry(Span(line_of(first.where), "path"))] if first.where is not None else []
        head = (label, " ", Span(record, "id"), f" {first.title}, due {_moment(first.due)}")
        yield Entry(head, (*values, *place))


def _demand(demand: Demand) -> Entry:
    who = "declared" if demand.baseline is None else f"demanded by {demand.baseline}: {demand.said}"
    return Entry((shortened(who), " in " if demand.where else "", Span(line_of(demand.where), "path")))


def _unseen(found: Sequence[Deviation]) -> list[Block]:
    if not found:
        return []
    shared, rest = _by_cause(found)
    cis = {name: list(group) for name, group in groupby(sorted(rest, key=_name), key=_name)}
    entries = [_blind(group) for group in shared]
    entries += [
        Entry((Span(name, "id"), f" ({group[0].kind})"), tuple(map(_not_seen, group))) for name, group in cis.items()
    ]
    return [Heading(f"Not seen, so nobody knows ({len({item.ci for item in found})})"), Listing(tuple(entries))]


def _blind(group: Sequence[Deviation]) -> Entry:
    return replace(_cause_entry(group), below=(_not_seen(group[0]),))


def _not_seen(found: Deviation) -> Entry:
    what = "the CI itself" if found.path == "presence" else found.path
    return Entry((Span(what, "path"), f": {found.reason}"))


def _table(rows: Sequence[CoverageRow]) -> Table:
    """The lines that say the same of different scopes as one."""
    alike: dict[tuple[str, ...], list[CoverageRow]] = {}
    for row in rows:
        line = row.coverage
        alike.setdefault((row.source, *line.attributes, line.status, line.reason), []).append(row)
    return Table(("source", "scope", "attributes", "status", "seen", "reason"), tuple(map(_row, alike.values())))


def _row(rows: Sequence[CoverageRow]) -> tuple[str | Span, ...]:
    line = rows[0].coverage
    style: Style = "good" if line.status == "complete" else "bad" if line.status == "failed" else "warning"
    scope = line.scope if len(rows) == 1 else f"{len(rows)} scopes"
    seen = f"{sum(row.seen for row in rows)}/{sum(row.selected for row in rows)}"
    return rows[0].source, scope, ", ".join(line.attributes), Span(line.status, style), seen, line.reason


def _verdict(report: DriftReport) -> tuple[str | Span, ...]:
    """What silence means: the only line that says `everything` says it where it is true."""
    counted = summary(report)
    words = [f"{several(counted['in_sync'], 'CI')} in sync"]
    words += [
        f"{counted[name]} {name}" for name in ("missing", "ambiguous", "deviating", "unobserved") if counted[name]
    ]
    if counted["unmanaged"]:
        words.append(f"{several(counted['unmanaged'], 'thing')} unmanaged")
    if counted["unjudged"]:
        words.append(f"{several(counted['unjudged'], 'thing')} unjudged")
    untracked = f" No source tracks {several(counted['untracked'], 'CI')}." if counted["untracked"] else ""
    if report.incomplete:
        why = "; ".join(report.incomplete)
        return f"{', '.join(words)}: ", Span("NOT everything was seen", "bad"), f". {why}.{untracked}"
    if not report.outcomes:
        return f"{', '.join(words)}: ", Span("nothing was looked at", "bad"), f".{untracked}"
    return f"{', '.join(words)}: ", Span("everything that is tracked was seen", "good"), f".{untracked}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _problem_entry(problem: Problem) -> Entry:
    place = (Span(line_of(problem.where), "path"), ": ") if problem.where else ()
    label = Span(problem.severity.label, STYLES[problem.severity])
    below = (Entry((Span("hint: ", "good"), problem.hint)),) if problem.hint else ()
    return Entry((*place, label, f" [{problem.code}] {problem.message}"), below)


def _deviation(found: Deviation) -> dict[str, Value]:
    return {
        "outcome": found.outcome,
        "ci": found.ci,
        "key": found.key,
        "kind": found.kind,
        "path": found.path,
        "expected": found.expected,
        "observed": found.observed,
        "demanded_by": [demand.data for demand in found.demanded_by],
        "source": found.source,
        "severity": found.severity.label,
        "first_seen": None if found.first_seen is None else found.first_seen.isoformat(),
        "candidates": [{"ci": candidate.ci, "reason": candidate.reason} for candidate in found.candidates],
        "excuse": None if found.excuse is None else found.excuse.data,
        "reason": found.reason,
        "change": None if found.change is None else found.change.data,
    }


def _coverage(row: CoverageRow) -> dict[str, Value]:
    return {**row.data, "selected": row.selected, "seen": row.seen}
