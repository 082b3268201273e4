"""Why one CI got its verdict, as `cmdb drift --explain` shows it: who saw it and how it was recognised, how far sources
looked, every demand with its line, and what excuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span, Style, Table
from cmdb.model.drift import CoverageRow, Demand, Deviation, Outcome
from cmdb.model.explanation import Explanation, Judgement, Mark, Pardon, Standing
from cmdb.model.location import location_data
from cmdb.model.value import Value
from cmdb.model.words import line_of, shortened

_SAYS: Mapping[Outcome | None, tuple[str, Style]] = {
    "in_sync": ("in sync", "good"),
    "deviating": ("deviating", "bad"),
    "missing": ("missing", "bad"),
    "ambiguous": ("ambiguous", "bad"),
    "unobserved": ("unobserved: nobody knows", "warning"),
    None: ("untracked: no source is there for it", "warning"),
}
_STANDINGS: Mapping[Standing, tuple[str, Style]] = {
    "met": ("as it should be", "good"),
    "missing": ("looked for, and not there", "bad"),
    "ambiguous": ("what was seen may be it, or not", "bad"),
    "deviating": ("deviating", "bad"),
    "excused": ("excused", "dim"),
    "ignored": ("ignored", "dim"),
    "unobserved": ("not seen, so nobody knows", "warning"),
    "untracked": ("not looked at", "dim"),
    "not_compared": ("not compared", "dim"),
    "not_judged": ("not judged", "dim"),
}
_EFFECTS = {
    "excuses": "in force",
    "expired": "expired, so it excuses nothing",
    "unused": "excuses nothing: what was seen is another value, or is right",
    "not_seen": "nobody looked at its value",
}


def payload(found: Explanation) -> dict[str, Value]:
    """`ci`, `identity`, `coverage`, `judgements`, `pardons`."""
    return {
        "summary": {"outcome": found.outcome, "judgements": len(found.judgements)},
        "ci": {
            "id": found.ci,
            "kind": found.kind,
            "lifecycle": found.lifecycle,
            "location": location_data(found.where),
            "baselines": list(found.baselines),
        },
        "identity": {
            "marks": [{"rule": one.rule, "values": list(one.values), "lacks": list(one.lacks)} for one in found.marks],
            "sightings": [
                {
                    "source": one.source,
                    "key": one.key,
                    "rule": one.rule,
                    "reason": one.reason,
                    "at": one.at.isoformat() if one.at else None,
                }
                for one in found.sightings
            ],
            "doubts": [
                {
                    "source": one.source,
                    "key": one.key,
                    "candidates": [{"ci": other.ci, "reason": other.reason} for other in one.candidates],
                }
                for one in found.doubts
            ],
            "near": [{"source": one.source, "key": one.key, "reason": one.reason} for one in found.near],
        },
        "coverage": [row.data for row in found.coverage],
        "judgements": [_judgement(one) for one in found.judgements],
        "pardons": [_pardon(one) for one in found.pardons],
    }


def document(found: Explanation) -> Document:
    """Everything in the payload, for people."""
    words, style = _SAYS[found.outcome]
    where = (" in ", Span(line_of(found.where), "path")) if found.where else ()
    blocks: list[Block] = [
        Paragraph((Span(found.ci, "id"), f" ({found.kind}, {found.lifecycle})", *where, ": ", Span(words, style))),
        Heading("Who it is"),
        Listing(tuple(_identity(found))),
        Heading("How far sources looked"),
        _table(found.coverage) if found.coverage else Paragraph("No coverage line selects it."),
    ]
    if found.judgements:
        blocks += [Heading("What is demanded"), Listing(tuple(map(_demanded, found.judgements)))]
    if found.pardons:
        blocks += [Heading("What excuses"), Listing(tuple(map(_excuse, found.pardons)))]
    return Document(tuple(blocks))


def _identity(found: Explanation) -> Iterator[Entry]:
    for one in found.sightings:
        yield Entry((Span(f"{one.source}: {one.key}", "id"), f" is this CI: {one.reason}"))
    for doubt in found.doubts:
        among = tuple(Entry((Span(maybe.ci, "id"), f": {maybe.reason}")) for maybe in doubt.candidates)
        yield Entry((Span(f"{doubt.source}: {doubt.key}", "id"), " may be this CI, or another:"), among)
    if not (found.sightings or found.doubts):
        yield Entry("no source saw anything that is this CI")
    for other in found.near:
        yield Entry((Span(f"{other.source}: {other.key}", "id"), f" is not this CI: {other.reason}"))
    lacking = [one.rule for one in found.marks if one.lacks]
    below = [_mark(one) for one in found.marks if not one.lacks]
    below += [Entry(f"not declared, so no evidence: {', '.join(lacking)}")] if lacking else []
    yield Entry("it can be recognised by, strongest first:", tuple(below))


def _mark(mark: Mark) -> Entry:
    return Entry(f"{mark.rule} {', '.join(mark.values)}" if mark.rule in ("key", "name") else " and ".join(mark.values))


def _demanded(one: Judgement) -> Entry:
    words, style = _STANDINGS[one.standing]
    return Entry((Span(one.path, "path"), ": ", Span(words, style)), tuple(_below(one)))


def _below(one: Judgement) -> Iterator[Entry]:
    for demand in one.demands:
        yield _demand(demand)
    if one.path not in ("presence", "lifecycle") and one.said:
        yield Entry(f"observed {shortened(one.said)}{f' by {one.source}' if one.source else ''}")
    for deviation in one.deviations:
        if deviation.path != one.path:
            yield _deviation(deviation)
    if one.reason:
        yield Entry(one.reason)
    for told in one.coverage:
        status = f" is {told.status}" if told.status else ""
        yield Entry(f"coverage of {told.source}{status}{f': {told.reason}' if told.reason else ''}")


def _deviation(found: Deviation) -> Entry:
    excuse = f", excused ({found.excuse.type})" if found.excuse else ""
    return Entry((Span(found.path, "path"), f": observed {shortened(found.said)}{excuse}"))


def _demand(demand: Demand) -> Entry:
    who = f"{demand.baseline} demands" if demand.baseline else "declared"
    where = (" in ", Span(line_of(demand.where), "path")) if demand.where else ()
    return Entry((f"{who} {shortened(demand.said)}", *where))


def _excuse(one: Pardon) -> Entry:
    by = f", approved by {one.approved_by}" if one.approved_by else ""
    until = f", until {one.expires}" if one.expires else ""
    only = f" of {one.baseline}" if one.baseline else ""
    below = [Entry(_EFFECTS[one.effect])]
    below += [Entry(one.reason)] if one.reason else []
    below += [Entry(Span(line_of(one.where), "path"))] if one.where else []
    value = f" = {shortened(one.observed)}" if one.type == "waiver" else ""
    return Entry((f"{one.type}{only}: ", Span(one.path, "path"), f"{value}{by}{until}"), tuple(below))


def _table(rows: Sequence[CoverageRow]) -> Table:
    lines = tuple(
        (row.source, row.coverage.scope, ", ".join(row.coverage.attributes), row.coverage.status, row.coverage.reason)
        for row in rows
    )
    return Table(("source", "scope", "attributes", "status", "reason"), lines)


def _judgement(one: Judgement) -> dict[str, Value]:
    return {
        "path": one.path,
        "standing": one.standing,
        "observed": one.observed,
        "source": one.source,
        "reason": one.reason,
        "demanded_by": [demand.data for demand in one.demands],
        "coverage": [{"source": told.source, "status": told.status, "reason": told.reason} for told in one.coverage],
        "deviations": [{"path": found.path, "outcome": found.outcome} for found in one.deviations],
    }


def _pardon(one: Pardon) -> dict[str, Value]:
    return {
        "type": one.type,
        "path": one.path,
        "effect": one.effect,
        "observed": one.observed,
        "reason": one.reason,
        "approved_by": one.approved_by,
        "expires": one.expires.isoformat() if one.expires else None,
        "baseline": one.baseline,
        "location": location_data(one.where),
    }
