"""What is expected of one CI: the baselines in their order, the demands that count with those they replace, what is
ignored and what is waived."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cmdb.model.baseline import Waiver
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.keypath import format_path
from cmdb.model.kind import Schema
from cmdb.model.location import Location, Where, location_data
from cmdb.model.plain import Plain, value
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.reconciliation.effective import Applied, Effective, Expected, Word
from cmdb.reconciliation.inheritance import Ignored
from cmdb.reconciliation.typed import attribute_at

Locate = Callable[[Where], Location]


def document(expected: Expected, locate: Locate, schema: Schema) -> Document:
    """Everything in the payload, for people."""
    ci = expected.ci
    blocks: list[Block] = [Heading(f"{ci.id}: {ci.name}" if ci.name else ci.id, 1)]
    if not expected.baselines:
        return Document((*blocks, Paragraph("No baseline applies.")))
    blocks += [Heading("Baselines"), Listing(tuple(_baseline(one) for one in expected.baselines))]
    if expected.effective:
        blocks += [Heading("Expected"), Listing(tuple(_demand(one, locate) for one in expected.effective))]
    if expected.ignored:
        blocks += [Heading("Ignored"), Listing(tuple(_ignored(one, locate) for one in expected.ignored))]
    if expected.waivers:
        waived = tuple(_waiver(waiver, locate, schema, ci.kind) for waiver in expected.waivers)
        blocks += [Heading("Waived"), Listing(waived)]
    return Document(tuple(blocks))


def payload(expected: Expected, locate: Locate) -> dict[str, Value]:
    """`summary`, `baselines`, `expectations`, `ignored` and `waivers`."""
    return {
        "summary": {
            "id": expected.ci.id,
            "kind": expected.ci.kind,
            "baselines": len(expected.baselines),
            "expectations": len(expected.effective),
        },
        "baselines": [_baseline_data(one, locate) for one in expected.baselines],
        "expectations": [_effective_data(one, locate) for one in expected.effective],
        "ignored": [
            {
                "path": format_path(one.rule.path),
                "reason": one.rule.reason,
                "baseline": one.baseline,
                "location": _location(one.rule.place, locate),
            }
            for one in expected.ignored
        ],
        "waivers": [_waiver_data(waiver, locate) for waiver in expected.waivers],
    }


def _baseline(one: Applied) -> Entry:
    baseline = one.baseline
    how = [f"applies to {baseline.applies_to}"] if one.selects else []
    how += [f"extended by {', '.join(one.heirs)}"] if one.heirs else []
    how += [f"approved by {baseline.approved_by}"] if baseline.approved_by else []
    how += [f"{one.dormant}, and is not judged"] if one.dormant else []
    return Entry((Span(baseline.name, "id"), f": {'; '.join(how)}"))


def _demand(one: Effective, locate: Locate) -> Entry:
    said = one.word.said + (", or nothing" if one.optional else "")
    severity = f" ({one.severity.label})" if one.severity is not None else ""
    heir = "" if one.word.baseline == one.demanded_by else f", inherited by {one.demanded_by},"
    by = Entry((f"demanded by {one.word.baseline}{heir}", *_in(one.word.place, locate)))
    lost = (Entry((f"instead of {old.said}, by {old.baseline}", *_in(old.place, locate))) for old in one.replaced)
    return Entry((Span(format_path(one.path), "path"), f": {said}{severity}"), (by, *lost))


def _ignored(one: Ignored, locate: Locate) -> Entry:
    below = (Entry((f"by {one.baseline}", *_in(one.rule.place, locate))),)
    return Entry((Span(format_path(one.rule.path), "path"), f": {one.rule.reason}"), below)


def _waiver(waiver: Waiver, locate: Locate, schema: Schema, kind: str) -> Entry:
    attribute = attribute_at(schema, kind, waiver.path)
    observed = "nothing" if waiver.observed is None else text(attribute, _plain(waiver.observed))
    whose = f", as far as {waiver.baseline} demands" if waiver.baseline else ""
    until = f" until {waiver.expires}" if waiver.expires else ""
    by = f"approved by {waiver.approved_by}" if waiver.approved_by else "waived"
    below = (Entry(waiver.reason), Entry((by, *_in(waiver.place, locate))))
    return Entry((Span(format_path(waiver.path), "path"), f": {observed}{until}{whose}"), below)


def _plain(raw: Value) -> Value:
    return raw.text if isinstance(raw, Plain) else value(raw)


def _in(where: Where | None, locate: Locate) -> tuple[str | Span, ...]:
    if where is None:
        return ()
    location = locate(where)
    return " in ", Span(f"{location.path}:{location.line}", "path")


def _baseline_data(one: Applied, locate: Locate) -> dict[str, Value]:
    baseline = one.baseline
    return {
        "name": baseline.name,
        "selects": one.selects,
        "extended_by": list(one.heirs),
        "applies_to": baseline.applies_to,
        "approved_by": baseline.approved_by,
        "effective": baseline.effective,
        "expires": baseline.expires,
        "dormant": bool(one.dormant),
        "location": _location(baseline.place, locate),
    }


def _effective_data(one: Effective, locate: Locate) -> dict[str, Value]:
    return {
        "path": format_path(one.path),
        "expected": one.word.operators,
        "severity": None if one.severity is None else one.severity.label,
        "optional": one.optional,
        "baseline": one.demanded_by,
        "written_in": one.word.baseline,
        "location": _location(one.word.place, locate),
        "replaced": [_word_data(word, locate) for word in one.replaced],
    }


def _word_data(word: Word, locate: Locate) -> Mapping[str, Value]:
    return {"baseline": word.baseline, "expected": word.operators, "location": _location(word.place, locate)}


def _waiver_data(waiver: Waiver, locate: Locate) -> dict[str, Value]:
    return {
        "path": format_path(waiver.path),
        "observed": _plain(waiver.observed),
        "baseline": waiver.baseline,
        "reason": waiver.reason,
        "approved_by": waiver.approved_by,
        "expires": waiver.expires,
        "location": _location(waiver.place, locate),
    }


def _location(where: Where | None, locate: Locate) -> Value:
    return None if where is None else location_data(locate(where))
