"""Orders of starting and stopping, and maintenance batches, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.graph.ordering import (
    Batch,
    Broken,
    BrokenGroup,
    Choice,
    Harmful,
    MaintenanceBatches,
    Placed,
    StartOrder,
    StopOrder,
    Stopped,
    StopWave,
    Suffering,
)
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.status import Status
from cmdb.model.words import few, notes, several, title, worded

FEW = 6
"""Ids that a line names."""


def start_document(order: StartOrder, title: str) -> Document:
    """A section for each wave, then what groups leave open, broken circles, and when services are back."""
    numbers = order.summary
    told = f"{several(numbers.cis, 'CI')} in {several(numbers.waves, 'wave')}"
    spare = f"; {numbers.spare} may follow at leisure" if numbers.spare else ""
    blocks: list[Block] = [
        Heading(title, 1),
        *notes(order.notes),
        Paragraph(f"{told}{spare}." if numbers.cis else "There is none."),
    ]
    for wave in order.waves:
        blocks += [Heading(f"Wave {wave.number}"), Listing(tuple(map(_placed, wave.cis)))]
    blocks += _section("Redundancy", _choices(order.choices))
    blocks += _section("Circles", map(_starts_without, order.broken))
    services = (Entry((Span(service.id, "id"), f" after wave {service.wave}")) for service in order.services)
    blocks += _section("Services work again", services)
    return Document(tuple(blocks))


def start_drawing(order: StartOrder, title: str) -> Drawing:
    """A frame for each wave; arrows lead from a CI to the one that it waited for."""
    nodes = [_node(ci, f"wave {wave.number}") for wave in order.waves for ci in wave.cis]
    waits = [Edge(ci.id, ci.after, "after") for wave in order.waves for ci in wave.cis if ci.after]
    return _drawing(nodes, waits, title)


def stop_drawing(order: StopOrder) -> Drawing:
    """A frame for each wave, and one for those outside the set that suffer."""
    nodes = [_node(ci, f"wave {wave.number}") for wave in order.waves for ci in wave.cis]
    suffering = {ci.id: ci for wave in order.waves for ci in wave.affected}
    nodes += [_node(ci, "suffers", ci.status) for ci in suffering.values()]
    return _drawing(nodes, [], "Stop order")


def batches_drawing(found: MaintenanceBatches) -> Drawing:
    """A frame for each batch, and one for those that cannot be taken down without harm."""
    nodes = [_node(ci, f"batch {batch.number}") for batch in found.batches for ci in batch.cis]
    nodes += [_node(ci, "not without harm", Status.DOWN) for ci in found.harmful]
    return _drawing(nodes, [], "Maintenance batches")


def _node(ci: Placed | Stopped | Suffering | Harmful, frame: str, status: Status | None = None) -> Node:
    return Node(ci.id, ci.name or ci.id, ci.kind, status, group=frame)


def _drawing(nodes: Iterable[Node], edges: Iterable[Edge], title: str) -> Drawing:
    found = {node.id: node for node in nodes}
    ordered = tuple(found[name] for name in sorted(found))
    return Drawing(ordered, tuple(sorted(edges, key=lambda edge: (edge.source, edge.target))), title)


def stop_document(order: StopOrder) -> Document:
    """A section for each wave with those outside the set that suffer from it, then broken circles."""
    numbers = order.summary
    told = f"{several(numbers.cis, 'CI')} in {several(numbers.waves, 'wave')}"
    outside = f"; {several(numbers.affected, 'CI')} outside the set {'suffers' if numbers.affected == 1 else 'suffer'}"
    affected = outside if numbers.affected else "; nothing outside the set is degraded or down"
    blocks: list[Block] = [Heading("Stop order", 1), *notes(order.notes)]
    blocks.append(Paragraph(f"{told}{affected}." if numbers.cis else "There is none."))
    for wave in order.waves:
        blocks += [Heading(f"Wave {wave.number}"), Listing((*map(_stopped, wave.cis), *_suffering(wave)))]
    blocks += _section("Circles", map(_stops_after, order.broken))
    return Document(tuple(blocks))


def batches_document(found: MaintenanceBatches) -> Document:
    """A section for each batch with who works worse meanwhile, then the CIs that cannot be taken down without harm."""
    blocks: list[Block] = [Heading("Maintenance batches", 1), *notes(found.notes), Paragraph(_batched(found))]
    for batch in found.batches:
        blocks += [Heading(f"Batch {batch.number}"), Listing((*map(_stopped, batch.cis), *_meanwhile(batch)))]
    blocks += _section("Not without harm", map(_harmful, found.harmful))
    return Document(tuple(blocks))


def _section(title: str, entries: Iterable[Entry]) -> list[Block]:
    listed = tuple(entries)
    return [Heading(title), Listing(listed)] if listed else []


def _placed(ci: Placed) -> Entry:
    words = [*([f"after {ci.after}"] if ci.after else []), *(["may follow at leisure"] if ci.spare else [])]
    return Entry((*title(ci.id, ci.name, ci.kind, None), f": {', '.join(words)}" if words else ""))


def _stopped(ci: Stopped) -> Entry:
    return Entry(title(ci.id, ci.name, ci.kind, None))


def _choices(choices: Iterable[Choice]) -> Iterator[Entry]:
    """One entry for all CIs that have the same group."""
    alike: dict[tuple[object, ...], list[Choice]] = {}
    for each in choices:
        alike.setdefault((each.name, each.at_least, each.of, each.up, each.first, each.later), []).append(each)
    for same in alike.values():
        yield _choice(same[0], few(sorted({each.ci for each in same}), FEW))


def _choice(choice: Choice, cis: str) -> Entry:
    up = f" with {choice.up} up already" if choice.up else ""
    first = f"{few(choice.first, FEW)} first, " if choice.first else ""
    what = (Span(choice.name, "strong"), f", {choice.at_least} of {choice.of} needed{up}: ")
    return Entry((*what, f"{first}{few(choice.later, FEW)} may follow"), (Entry(f"for {cis}"),))


def _starts_without(broken: Broken) -> Entry:
    return Entry((*_broken(broken, "starts before"), ": ", worded(broken.harm), " until then"), _circle(broken))


def _stops_after(broken: Broken) -> Entry:
    return Entry((*_broken(broken, "stops after"), ": ", worded(broken.harm), " from then on"), _circle(broken))


def _broken(broken: Broken, verb: str) -> tuple[str | Span, ...]:
    return Span(broken.ci, "id"), f" {verb} ", Span(broken.target, "id"), f" ({broken.relation})"


def _circle(broken: Broken) -> tuple[Entry, ...]:
    long = len(broken.circle) > FEW + 1
    shown = (*broken.circle[:FEW], f"{len(broken.circle) - FEW - 1} more", broken.ci) if long else broken.circle
    return (Entry(f"they wait for each other: {' → '.join(shown)}"),)


def _suffering(wave: StopWave) -> Iterator[Entry]:
    for status in (Status.DOWN, Status.DEGRADED):
        hit = [ci.id for ci in wave.affected if ci.status is status]
        if hit:
            yield Entry((worded(status), f" outside the set: {few(hit, FEW)}"))


def _batched(found: MaintenanceBatches) -> str:
    numbers, bound = found.summary, found.bound
    if not numbers.batches:
        return "None of them can be taken down without harm." if numbers.harmful else "There is none."
    told = f"{several(numbers.cis, 'CI')} in {numbers.batches} {'batch' if numbers.batches == 1 else 'batches'}"
    if found.fewest and bound:
        return f"{told}. Fewer cannot do: {_proof(bound.members, bound.spare, bound.name, bound.ci)}."
    return f"{told}." if found.fewest else f"{told}. Fewer may be possible; at least {numbers.at_least} it must be."


def _proof(members: int, spare: int, name: str, ci: str) -> str:
    return f"of {members} members of {name} ({ci}) {spare} may be down at a time"


def _meanwhile(batch: Batch) -> Iterator[Entry]:
    if batch.degraded:
        yield Entry((worded(Status.DEGRADED), f" meanwhile: {few([ci.id for ci in _by_id(batch.degraded)], FEW)}"))
    if batch.at_risk:
        yield Entry((Span("at risk", "note"), f" meanwhile: {several(batch.at_risk, 'CI')}"))


def _by_id(cis: Iterable[Suffering]) -> list[Suffering]:
    return sorted(cis, key=lambda ci: ci.id)


def _harmful(ci: Harmful) -> Entry:
    return Entry(title(ci.id, ci.name, ci.kind, None), (*_takes_down(ci), *map(_broken_group, ci.groups)))


def _takes_down(ci: Harmful) -> Iterator[Entry]:
    if ci.nearest:
        chain = f"{ci.nearest.id} " + " → ".join(f"{step.relation} {step.target}" for step in ci.nearest.via)
        more = f", and {ci.takes_down - 1} more" if ci.takes_down > 1 else ""
        yield Entry((Span("takes down", "bad"), f" {ci.nearest.id}{more}"), (Entry(chain),))
    if ci.services:
        yield Entry(f"services among them: {few(ci.services, FEW)}")


def _broken_group(group: BrokenGroup) -> Entry:
    needed = f": {group.at_least} of {group.of} needed, {group.left} left"
    return Entry((Span("breaks", "warning"), f" {group.name} of {group.ci}{needed}"))
