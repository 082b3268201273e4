"""What is affected while the change is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.model.change_record import AffectedCI, ChangeImpact, Tally
from cmdb.model.document import Block, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.status import Status
from cmdb.model.words import few, several, worded
from cmdb.views.change.words import FEW

_STEPS = 8
"""Steps of a chain that are shown; JSON has all."""


def effects(impact: ChangeImpact) -> Iterator[Block]:
    """Services first, then other CIs that are degraded or worse with the chain that proves it; what is at risk in one
    line; owners and environments."""
    yield Heading("If what changes fails meanwhile")
    if not impact.affected:
        yield Paragraph((Span("Nothing else is affected.", "good"),))
        return
    suffering = [hit for hit in impact.affected if hit.status >= Status.DEGRADED]
    ranked = sorted(suffering, key=lambda hit: not hit.service)
    entries = [*map(_entry, ranked), *_at_risk([hit for hit in impact.affected if hit.status < Status.DEGRADED])]
    yield Listing(tuple(entries))
    yield Paragraph(f"By owner: {_tallied(impact.owners, 'nobody')}. By environment: {_tallied(impact.environments)}.")


def _entry(hit: AffectedCI) -> Entry:
    rest = " · ".join(part for part in (hit.kind, hit.owner) if part)
    graph = " (once it is there)" if hit.side == "head" else ""
    steps = [f"{one.relation} {one.target}" for one in hit.via[:_STEPS]]
    if len(hit.via) > _STEPS:
        steps.append(several(len(hit.via) - _STEPS, "more step"))
    return Entry(
        (Span(hit.id, "id"), Span(f" · {rest}", "dim"), ": ", worded(hit.status), graph), (Entry(" → ".join(steps)),)
    )


def _at_risk(hits: list[AffectedCI]) -> Iterator[Entry]:
    if not hits:
        return
    bare = [hit.id for hit in hits if any(group.left <= group.at_least for group in hit.groups)]
    below = (Entry(f"no member to spare meanwhile: {few(bare, FEW)}"),) if bare else ()
    yield Entry((Span("at risk", "note"), f": {few([hit.id for hit in hits], FEW)}"), below)


def _tallied(tallies: Iterable[Tally], nobody: str = "none declared") -> str:
    ranked = sorted(tallies, key=lambda tally: -tally.count)
    return ", ".join(f"{tally.name or nobody} {tally.count}" for tally in ranked)
