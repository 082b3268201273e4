"""Weak points: what takes CIs down, alone with proof or together, which redundancy is none, and which CIs matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from cmdb.graph.weak.criticality import Critical
from cmdb.graph.weak.points import SinglePoint, Weakness, WeakPoints
from cmdb.graph.weak.shared_fate import SharedFate
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.ci import CRITICALITIES
from cmdb.model.document import Block, Document, Entry, Heading, Inline, Listing, Paragraph, Span, Table, parts
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.model.words import few, notes, several, title
from cmdb.views.impact.words import chain, cut_sets

DETAILED = 10
"""CIs that text tells everything about; of more it has a table."""
FATES = 10
"""CIs that text lists of those that one group goes down with."""
CRITICAL = 20
"""CIs in the table of criticality."""
NAMES = ("alone", "two together", "three together")


def weak_points_document(found: WeakPoints) -> Document:
    """A table where it is about several CIs, each with its sets and its proofs where there are not too many, and the
    CIs with which most of them go down."""
    blocks: list[Block] = [Heading(_question(found), 1), *notes(found.notes)]
    if len(found.services) == 1:
        blocks += _weakness(found.services[0], found.size)
    if not found.services:
        blocks.append(Paragraph("There is nothing to ask about."))
    if len(found.services) > 1:
        blocks.append(_table(found))
    if 1 < len(found.services) <= DETAILED:
        for weakness in found.services:
            blocks += (Heading(weakness.id), *_weakness(weakness, found.size))
    if len(found.services) > 1 and found.criticality:
        blocks += _criticality(found)
    return Document(tuple(blocks))


def weak_points_payload(found: WeakPoints) -> dict[str, Value]:
    """`summary`, `services`, `single_points`, `criticality` and `notes`."""
    services = found.services
    return {
        "summary": {
            "services": len(services),
            "single_points": len({point.id for each in services for point in each.single_points}),
            "cut_sets": sum(len(each.cut_sets) for each in services),
            "shared_fate": sum(len(each.shared_fate) for each in services),
            "size": found.size,
            "cut_off": sum(each.complete_to_size < found.size for each in services),
        },
        "services": [_data(each) for each in services],
        "single_points": [
            {"service": each.id, "ci": point.id, "via": [step.data for step in point.via]}
            for each in services
            for point in each.single_points
        ],
        "criticality": [_critical(each) for each in found.criticality],
        "notes": list(found.notes),
    }


def weak_points_drawing(found: WeakPoints) -> Drawing:
    """The CIs asked about and their single points of failure, with the chains that prove them."""
    points = {point.id for each in found.services for point in each.single_points}
    walked = [step for each in found.services for point in each.single_points for step in point.via]
    asked = {each.id for each in found.services}
    names = sorted({*asked, *(step.source for step in walked), *(step.target for step in walked)})
    edges = {(step.source, step.target): step.relation for step in walked}
    arrows = tuple(Edge(source, target, edges[source, target]) for source, target in sorted(edges))
    return Drawing(tuple(_node(found, name, name in points) for name in names), arrows, _question(found))


def _node(found: WeakPoints, ci: str, single: bool) -> Node:
    _, kind, name, _ = found.who(ci)
    if single:
        return Node(ci, f"{name or ci} (single point of failure)", kind, Status.DOWN)
    return Node(ci, name or ci, kind)


def _question(found: WeakPoints) -> str:
    if len(found.services) > DETAILED:
        return f"Weak points of {len(found.services):,} CIs"
    return f"Weak points of {few([each.id for each in found.services], DETAILED) or 'nothing'}"


def _table(found: WeakPoints) -> Table:
    columns = ("service", *NAMES[: found.size], "shared fate")
    return Table(columns, tuple(_row(each, found.size) for each in found.services))


def _row(weakness: Weakness, size: int) -> tuple[Inline, ...]:
    return Span(weakness.id, "id"), *_counts(weakness, size), str(len(weakness.shared_fate))


def _counts(weakness: Weakness, size: int) -> Iterator[str]:
    """How many sets there are of each size; of those that were not all looked for, at least how many."""
    for count in range(1, size + 1):
        known = sum(len(cut) == count for cut in weakness.cut_sets)
        yield str(known) if count <= weakness.complete_to_size else "not known"


def _weakness(weakness: Weakness, size: int) -> Iterator[Block]:
    known = (weakness.name if weakness.name != weakness.id else None, weakness.kind, weakness.owner)
    yield Paragraph(Span(" · ".join(filter(None, known)), "dim"))
    if weakness.single_points:
        yield Heading("Takes it down alone", 3)
        yield Listing(tuple(map(_point, weakness.single_points)))
    else:
        yield Paragraph((Span("Nothing takes it down alone.", "good"),))
    larger = [cut for cut in weakness.cut_sets if len(cut) > 1]
    if larger:
        yield Heading("Takes it down only together", 3)
        yield Listing(tuple(cut_sets(larger)))
    if weakness.complete_to_size < size:
        yield from notes([_cut_off(weakness)])
    fates = [fate for fate in weakness.shared_fate if fate.nearest]
    if fates:
        yield Heading("Shared fate", 3)
        yield Listing(tuple(_fates(fates)))


def _cut_off(weakness: Weakness) -> str:
    known, complete = len(weakness.cut_sets), weakness.complete_to_size
    return (
        f"the search was cut off: these are all sets of up to {several(complete, 'CI')}, and at least {known} in all; "
        "--max-steps lets it look further"
    )


def _point(point: SinglePoint) -> Entry:
    return Entry(title(point.id, point.name, point.kind, point.owner), chain(point.via, len(point.via)))


def _fates(fates: Iterable[SharedFate]) -> Iterator[Entry]:
    for (source, relation, group), found in groupby(fates, key=lambda fate: (fate.source, fate.relation, fate.group)):
        listed = list(found)
        counts = f"{listed[0].at_least} of {listed[0].of} needed"
        named = group if group.startswith(f"{relation}#") else f"{relation} {group}"
        below = [Entry(_fate(fate), tuple(_ways(fate))) for fate in listed[:FATES]]
        if len(listed) > FATES:
            below.append(Entry((Span(f"and {len(listed) - FATES:,} more", "dim"),)))
        yield Entry((Span(source, "id"), f" {named}, {counts}"), tuple(below))


def _fate(fate: SharedFate) -> tuple[str | Span, ...]:
    count = "all" if fate.all else f"{len(fate.members)} of {fate.of}"
    return Span(fate.ci, "id"), f" takes {count} of them down", "" if fate.fatal else ", which is not the end of it"


def _ways(fate: SharedFate) -> Iterator[Entry]:
    for member in fate.members:
        lines = chain(member.via, len(member.via))
        if lines:
            yield Entry((Span(member.name, "id"), " ", *parts(lines[0].text)), lines[1:])


def _criticality(found: WeakPoints) -> Iterator[Block]:
    shown = found.criticality[:CRITICAL]
    tiers = any(each.by_tier for each in shown)
    graded = any(each.by_criticality for each in shown)
    columns = ("CI", "kind", "services", *(["criticality"] if graded else []), *(["tier"] if tiers else []))
    yield Heading("What most of them go down with")
    yield Table(columns, tuple(_critical_row(each, graded, tiers) for each in shown))
    if len(found.criticality) > CRITICAL:
        yield Paragraph(f"{len(found.criticality) - CRITICAL:,} more CIs take a service down alone.")


def _critical_row(each: Critical, graded: bool, tiers: bool) -> tuple[Inline, ...]:
    words = (*([_worst_first(each.by_criticality)] if graded else []), *([_listed(each.by_tier)] if tiers else []))
    return Span(each.id, "id"), each.kind, str(len(each.services)), *words


def _worst_first(counts: Mapping[str, int]) -> str:
    return _listed({word: counts[word] for word in reversed(CRITICALITIES) if word in counts})


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _data(weakness: Weakness) -> dict[str, Value]:
    return {
        "id": weakness.id,
        "kind": weakness.kind,
        "name": weakness.name,
        "owner": weakness.owner,
        "cut_sets": [{"cis": list(cut), "size": len(cut)} for cut in weakness.cut_sets],
        "complete_to_size": weakness.complete_to_size,
        "shared_fate": [_fate_data(fate) for fate in weakness.shared_fate],
    }


def _fate_data(fate: SharedFate) -> dict[str, Value]:
    return {
        "ci": fate.ci,
        "source": fate.source,
        "relation": fate.relation,
        "group": fate.group,
        "at_least": fate.at_least,
        "of": fate.of,
        "members": [{"name": member.name, "via": [step.data for step in member.via]} for member in fate.members],
        "all": fate.all,
        "fatal": fate.fatal,
        "nearest": fate.nearest,
    }


def _critical(each: Critical) -> dict[str, Value]:
    return {
        "id": each.id,
        "kind": each.kind,
        "name": each.name,
        "owner": each.owner,
        "count": len(each.services),
        "services": list(each.services),
        "by_criticality": dict(each.by_criticality),
        "by_tier": dict(each.by_tier),
    }
