"""What breaks: the affected CIs by status with the reason for each, what is merely at risk in a line per cause, and who
has to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.graph.impact import Impact
from cmdb.graph.spread import Affected, Failed
from cmdb.graph.weak.further import Further, smallest
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.proof import Step
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.model.words import few, notes, several, title, worded
from cmdb.views.impact.concerned import LISTED, beyond, concerned, concerned_data, reserves
from cmdb.views.impact.further import further_data
from cmdb.views.impact.words import chain, group_line


def document(
    impact: Impact, min_status: Status = Status.DEGRADED, *, maintenance: bool = False, depth: int | None = None
) -> Document:
    """One section for each status from `min_status` up, one line for each cause of what is at risk below that, what has
    no redundancy left during a maintenance, and whom all of it concerns. `depth` is how far away it was looked."""
    blocks: list[Block] = [Heading(_question(impact.failed, maintenance), 1)]
    blocks += notes(impact.notes)
    blocks.append(Paragraph(_summary(impact)))
    for status in LISTED:
        hits = [hit for hit in impact.affected if hit.status == status]
        if hits and status >= min_status:
            blocks += [Heading(status.words.capitalize()), Listing(tuple(map(_entry, hits)))]
        elif hits and status == Status.AT_RISK:
            blocks += [Heading("At risk"), Listing(tuple(_folded(impact, hits)))]
    blocks += beyond(impact, depth)
    blocks += reserves(impact) if maintenance else ()
    blocks += concerned(impact, min_status)
    return Document(tuple(blocks))


def payload(impact: Impact, *, maintenance: bool = False) -> dict[str, Value]:
    """`summary`, `maintenance`, `failed`, `affected`, `services`, whom it concerns, and `notes`."""
    told = concerned_data(impact)
    further = {found.id: found for found in smallest(impact)}
    counted = Counter(hit.status for hit in impact.affected)
    numbers = {status.label: counted[status] for status in LISTED}
    return {
        "summary": {
            "failed": len(impact.failed),
            "affected": len(impact.affected),
            **numbers,
            "services": len(impact.services),
            "owners": len(impact.owners),
            "environments": len(told["environments"]),
            "customers": len(told["customers"]),
            "exposed": len(told["exposed"]),
            "beyond": len(impact.beyond),
        },
        "maintenance": maintenance,
        "failed": [{**_who(ci), "status": ci.status.label} for ci in impact.failed],
        "affected": [affected(hit) for hit in impact.affected],
        "services": [_service(hit, further.get(hit.id)) for hit in impact.services],
        **told,
        "notes": list(impact.notes),
    }


def _service(hit: Affected, further: Further | None) -> dict[str, Value]:
    return {**_who(hit), "status": hit.status.label, "distance": hit.distance, "further": further_data(further)}


def drawing(impact: Impact, *, maintenance: bool = False) -> Drawing:
    """The failed and affected CIs, each with the first step of its chain; those beyond the depth are left out."""
    everything: list[Affected | Failed] = [*impact.failed, *impact.affected]
    cis = sorted(everything, key=lambda ci: ci.id)
    nodes = tuple(Node(ci.id, ci.name or ci.id, ci.kind, ci.status, isinstance(ci, Failed)) for ci in cis)
    found = ((hit, next(hit.steps(), None)) for hit in sorted(impact.affected, key=lambda hit: hit.id))
    edges = tuple(Edge(step.source, step.target, step.relation, _soft(hit, step)) for hit, step in found if step)
    return Drawing(nodes, edges, _question(impact.failed, maintenance))


def affected(hit: Affected) -> dict[str, Value]:
    """An affected CI as data."""
    return {
        **_who(hit),
        "status": hit.status.label,
        "distance": hit.distance,
        "via": [step.data for step in hit.via],
        "groups": [state.data for state in hit.groups],
    }


@dataclass(slots=True)
class _Cause:
    """What puts `count` CIs at risk: `redundancy` by losing some, `others` by the relation, the rest by those."""

    id: str
    relation: str
    redundancy: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    count: int = 0


def _folded(impact: Impact, hits: Iterable[Affected]) -> Iterator[Entry]:
    """A line per cause: the first CI on the way to a failure that is worse than at risk, else the failed one. Hits
    come by distance, so that those on the way have their cause already."""
    causes: dict[str, _Cause] = {}
    of: dict[str, _Cause] = {}
    for hit in hits:
        step = next(hit.steps())
        if step.target in of:
            of[hit.id] = of[step.target]
        else:
            cause = of[hit.id] = causes.setdefault(step.target, _Cause(step.target, step.relation))
            lost = any(state.lost and state.relation == step.relation for state in hit.groups)
            (cause.redundancy if lost else cause.others).append(hit.id)
        of[hit.id].count += 1
    return (_cause(impact, causes[name]) for name in sorted(causes))


def _cause(impact: Impact, cause: _Cause) -> Entry:
    reason = f" is {impact[cause.id].status.words}: "
    what = f"needed by {few(sorted(cause.others))} ({cause.relation})"
    if cause.redundancy:
        what = f"Redundancy lost for {few(sorted(cause.redundancy))}"
    return Entry((Span(cause.id, "id"), f"{reason}{what}; {several(cause.count, 'CI')} at risk"))


def _soft(hit: Affected, step: Step) -> bool:
    """Whether the step leads to a member of a group that has others left."""
    return any(state.relation == step.relation and state.left >= state.at_least for state in hit.groups)


def _question(failed: tuple[Failed, ...], maintenance: bool) -> str:
    if not failed:
        return "If nothing fails"
    if maintenance:
        names = few([seed.id for seed in failed])
        return f"If {names} {'is' if len(failed) == 1 else 'are'} down for maintenance"
    by_status = {status: [seed.id for seed in failed if seed.seed is status] for status in sorted(Status, reverse=True)}
    said = (
        f"{few(names)} {'is' if len(names) == 1 else 'are'} {status.words}"
        for status, names in by_status.items()
        if names
    )
    return f"If {' and '.join(said)}"


def _summary(impact: Impact) -> tuple[str | Span, ...]:
    if not impact.affected:
        return (Span("Nothing else is affected.", "good"),)
    counted = Counter(hit.status for hit in impact.affected)
    found = [Span(f"{counted[status]} {status.words}", worded(status).style) for status in LISTED if counted[status]]
    words = [part for span in found for part in (", ", span)][1:]
    services = f", {several(len(impact.services), 'service')} among them" if impact.services else ""
    return (*words, services)


def _entry(hit: Affected) -> Entry:
    groups = tuple(group_line(state) for state in hit.groups)
    return Entry(title(hit.id, hit.name, hit.kind, hit.owner), (*chain(hit.steps(), hit.distance), *groups))


def _who(ci: Affected | Failed) -> dict[str, Value]:
    return {"id": ci.id, "kind": ci.kind, "name": ci.name, "owner": ci.owner}
