"""Which failures explain what is alarming, what is silent and should not be, what comes first, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.graph.spread import Affected
from cmdb.incidents.escalation import Call
from cmdb.incidents.priority import AffectedService
from cmdb.incidents.recognition import Recognised
from cmdb.incidents.triage import Cause, RootCause, Triage
from cmdb.model.alert import Alert
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Inline, Listing, Paragraph, Span, Table
from cmdb.model.kind import Schema
from cmdb.model.status import Status
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.model.words import few, notes, several, title

LISTED = 5
"""Names that text shows of a list; JSON has all."""
TIERS = {1: "first line", 2: "second line", 3: "third line"}


@dataclass(frozen=True, slots=True)
class Triaged:
    """An answer with the alerts that it was asked about, and the schema that its values are read by."""

    found: Triage
    schema: Schema
    alerts: Recognised = field(default_factory=Recognised)


def document(triaged: Triaged) -> Document:
    """One section for each explanation, the likeliest first."""
    found, alerts = triaged.found, triaged.alerts
    blocks: list[Block] = [Heading(_question(found.alarming), 1)]
    blocks += notes((*found.notes, *_unused(alerts)))
    if not found.explanations:
        return Document((*blocks, Paragraph("Nothing that is in service is alarming, so there is nothing to explain.")))
    blocks.append(Paragraph(_summary(found)))
    for number, one in enumerate(found.explanations, 1):
        blocks += _section(number, one, found, triaged.schema)
    return Document(tuple(blocks))


def payload(triaged: Triaged) -> dict[str, Value]:
    """`summary`, `alarming`, `explanations`, `unknown`, `ambiguous` and `notes`."""
    found, alerts = triaged.found, triaged.alerts
    return {
        "summary": {
            "alarming": len(found.alarming),
            "explanations": len(found.explanations) + found.more,
            "shown": len(found.explanations),
            "causes": len(found.explanations[0].causes) if found.explanations else 0,
            "complete_to_size": found.complete_to_size,
            "whole": found.whole,
        },
        "least": found.least.label,
        "alarming": [
            {"id": ci, "alerts": [_alert(one) for one in alerts.alarming.get(ci, ())]} for ci in found.alarming
        ],
        "explanations": [_told(one, triaged.schema) for one in found.explanations],
        "unknown": [_alert(one) for one in alerts.unknown],
        "ambiguous": [{**_alert(one), "candidates": list(candidates)} for one, candidates in alerts.ambiguous],
        "notes": list(found.notes),
    }


def drawing(triaged: Triaged) -> Drawing:
    """The first explanation: its causes, what alarms, and the chains between them."""
    if not triaged.found.explanations:
        return Drawing()
    first = triaged.found.explanations[0]
    steps = sorted({(step.source, step.target, step.relation) for hit in first.explains for step in hit.via})
    nodes = {
        cause.id: Node(cause.id, f"{cause.name or cause.id} (cause)", cause.kind, Status.DOWN, failed=True)
        for cause in first.causes
    }
    for hit in first.explains:
        label = f"{hit.name or hit.id} (alarming, {hit.status.words})"
        nodes.setdefault(hit.id, Node(hit.id, label, hit.kind, hit.status))
    for name in sorted(name for source, target, _ in steps for name in (source, target)):
        nodes.setdefault(name, Node(name, name))
    title = f"What explains {several(len(triaged.found.alarming), 'alarm')}"
    return Drawing(tuple(nodes[name] for name in sorted(nodes)), tuple(Edge(*step) for step in steps), title)


def _question(alarming: Sequence[str]) -> str:
    return f"What explains {several(len(alarming), 'alarm')}: {few(alarming, LISTED)}"


def _summary(found: Triage) -> str:
    smallest = len(found.explanations[0].causes)
    if not found.whole:
        fewest = "which is the fewest" if smallest == found.complete_to_size + 1 else "fewer may"
        return (
            f"No {several(found.complete_to_size, 'failure')} or fewer explain everything, so these look like"
            f" several incidents. Put together step by step, {smallest} do; {fewest}."
        )
    total = len(found.explanations) + found.more
    shown = f", the likeliest {len(found.explanations)} below" if found.more else ""
    bound = "" if found.complete_to_size >= smallest else "; the search stopped there"
    failures = "One failure is" if smallest == 1 else f"{smallest} failures together are"
    return f"{failures} enough. {several(total, 'explanation')} of up to {found.complete_to_size} causes{shown}{bound}."


def _section(number: int, one: RootCause, found: Triage, schema: Schema) -> Iterator[Block]:
    names = " and ".join(cause.id for cause in one.causes)
    yield Heading(f"No. {number}: {names}")
    yield Listing(tuple(_entries(one, found)))
    if one.services:
        rows = tuple(_service_row(service, schema) for service in one.services)
        yield Table(("priority", "service", "is", "criticality", "agreed"), rows)
    if one.calls:
        yield Table(("tier", "call", "how", "for"), tuple(_call_row(call) for call in one.calls))


def _entries(one: RootCause, found: Triage) -> Iterator[Entry]:
    for cause in one.causes:
        below = tuple(Entry(Span(reason.text, "warning")) for reason in cause.evidence)
        yield Entry((*title(cause.id, cause.name, cause.kind, cause.owner), *_itself(cause)), below)
    others = [hit for hit in one.explains if hit.via]
    if others:
        yield Entry(
            f"explains {several(len(others), 'more alarm')}",
            tuple(_chain(hit) for hit in others[:LISTED]) + _more(others),
        )
    if one.silent:
        silent = [hit.id for hit in one.silent]
        what = f"should be alarming too and {'is' if len(silent) == 1 else 'are'} not: "
        yield Entry((Span(what, "note"), few(silent, LISTED)))
    elif found.whole:
        yield Entry(Span("nothing that should be alarming is silent", "good"))


def _more(hits: Sequence[Affected]) -> tuple[Entry, ...]:
    return (Entry(f"and {len(hits) - LISTED} more"),) if len(hits) > LISTED else ()


def _itself(cause: Cause) -> tuple[Span, ...]:
    return (Span(" (alarming itself)", "warning"),) if cause.alarming else ()


def _chain(hit: Affected) -> Entry:
    steps = " → ".join(f"{step.relation} {step.target}" for step in hit.steps())
    return Entry((Span(hit.id, "id"), f" {hit.status.words}: {steps}"))


def _service_row(service: AffectedService, schema: Schema) -> tuple[Inline, ...]:
    agreed = ", ".join(f"{name} {_worded(schema, name, value)}" for name, value in service.agreed.items())
    status = Span(service.status.words, "bad" if service.status == Status.DOWN else "warning")
    return (f"P{service.priority}", Span(service.id, "id"), status, service.criticality or "not said", agreed)


def _call_row(call: Call) -> tuple[Inline, ...]:
    how = ", ".join(f"{name} {value}" for name, value in call.ways.items())
    return TIERS[call.tier], Span(call.id, "id"), how or "nothing is known", "; ".join(call.reasons)


def _worded(schema: Schema, name: str, value: Value) -> str:
    return text(next(schema.declarations(name), None), value)


def _unused(alerts: Recognised) -> Iterator[str]:
    if alerts.unknown:
        names = sorted({one.name for one in alerts.unknown})
        yield f"{several(len(alerts.unknown), 'alert')} of no known CI: {few(names, LISTED)}"
    for one, candidates in alerts.ambiguous:
        yield f"the alert {one.name} fits several CIs and is not used: {few(candidates, LISTED)}"


def _told(one: RootCause, schema: Schema) -> dict[str, Value]:
    return {
        "causes": [_cause(cause) for cause in one.causes],
        "explains": [_hit(hit) for hit in one.explains],
        "silent": [_hit(hit) for hit in one.silent],
        "services": [_service(service, schema) for service in one.services],
        "calls": [_call(call) for call in one.calls],
        "fit": round(one.fit, 4),
        "score": round(one.score, 4),
    }


def _cause(cause: Cause) -> dict[str, Value]:
    evidence = [{"type": one.kind, "text": one.text} for one in cause.evidence]
    who = {"id": cause.id, "kind": cause.kind, "name": cause.name, "owner": cause.owner}
    return {**who, "alarming": cause.alarming, "evidence": evidence}


def _hit(hit: Affected) -> dict[str, Value]:
    who = {"id": hit.id, "kind": hit.kind, "name": hit.name}
    return {**who, "status": hit.status.label, "via": [step.data for step in hit.via]}


def _service(service: AffectedService, schema: Schema) -> dict[str, Value]:
    return {
        "id": service.id,
        "name": service.name,
        "owner": service.owner,
        "status": service.status.label,
        "criticality": service.criticality,
        "priority": service.priority,
        "agreed": {name: _worded(schema, name, value) for name, value in service.agreed.items()},
    }


def _call(call: Call) -> dict[str, Value]:
    return {
        "tier": call.tier,
        "id": call.id,
        "name": call.name,
        "reasons": list(call.reasons),
        "ways": dict(call.ways),
        "unlisted": call.unlisted,
    }


def _alert(one: Alert) -> Mapping[str, Value]:
    return {
        "name": one.name,
        "summary": one.summary,
        "labels": dict(sorted(one.labels.items())),
        "line": one.where.line,
    }
