"""Availability for people: percentages with the digits that matter, and downtime in the units that people think in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from itertools import pairwise

from cmdb.graph.availability import Availabilities, Availability, Contribution
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span, Style, Table
from cmdb.model.words import few, notes, several

MOST = 5
"""Contributions that text shows; JSON has all."""
FEW = 8
DIGITS = 3
"""Digits of a share of unavailability that are shown."""
VERDICTS: Mapping[str, tuple[str, Style]] = {
    "met": ("met", "good"),
    "missed": ("missed", "bad"),
    "unknown": ("unknown", "warning"),
}
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def document(result: Availabilities) -> Document:
    """A section for each CI, and one for what has no figure."""
    blocks: list[Block] = [Heading("Availability", 1), *notes(result.notes), Paragraph(_summary(result))]
    for found in result.cis:
        blocks += _section(found)
    if result.missing:
        blocks += [Heading("Without figures"), Paragraph(f"{few(result.missing, FEW)}.")]
        blocks.append(Paragraph("--assume PERCENT gives them one; availability, or mtbf and mttr, declare it."))
    return Document(tuple(blocks))


def drawing(result: Availabilities) -> Drawing:
    """What was asked about, with arrows to the CIs that cost it most of the downtime, and how much."""
    nodes = {
        one.id: Node(one.id, one.name or one.id, one.kind) for found in result.cis for one in found.contributions[:MOST]
    }
    for found in result.cis:
        share = "unknown" if found.unavailability is None else percent(found.low, found.unavailability)
        nodes[found.id] = Node(found.id, f"{found.name or found.id} ({share})", found.kind)
    edges = [
        Edge(found.id, one.id, f"{span(one.downtime)} a year")
        for found in result.cis
        for one in found.contributions[:MOST]
        if one.downtime and one.id != found.id
    ]
    return Drawing(tuple(nodes[name] for name in sorted(nodes)), tuple(edges), "Availability")


def percent(low: float, unavailability: float) -> str:
    """A share as a percentage with three digits of what is missing from the whole: 99.9873 %. `low` is the share where
    the rest of it has no digits left."""
    if not unavailability:
        return "100 %" if low == 1 else f"{low * 100:g} %"
    missing = Decimal(unavailability) * 100
    places = max(DIGITS - 1 - missing.adjusted(), 0)
    text = f"{100 - round(missing, places):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def span(seconds: float) -> str:
    """A length of time in its two largest units, rounded: 8 h 46 min."""
    if 0 < seconds < 1:
        return "less than 1 s"
    for (size, unit), (fine, below) in pairwise(UNITS):
        parts = round(seconds / fine)
        if parts * fine >= size:
            count, rest = divmod(parts, size // fine)
            return f"{count} {unit} {rest} {below}" if rest else f"{count} {unit}"
    return f"{round(seconds)} s"


def _summary(result: Availabilities) -> str:
    numbers = result.summary
    if not numbers.cis:
        return "None of them serves." if result.notes else "There is none."
    counts = {"met": numbers.met, "missed": numbers.missed, "unknown": numbers.unknown, "none": numbers.without_target}
    told = ", ".join(f"{word} {count}" for word, count in counts.items() if count)
    return f"{several(numbers.cis, 'CI')}; target {told}."


def _section(found: Availability) -> Iterator[Block]:
    name = f" · {found.name}" if found.name and found.name != found.id else ""
    yield Heading(f"{found.id}{name}")
    yield Listing(tuple(Entry(line) for line in _lines(found)))
    table = _table(found.contributions[:MOST])
    if table.rows:
        yield table
    more = len(found.contributions) - MOST
    if more > 0:
        yield Paragraph(f"{several(more, 'more CI')} {'contributes' if more == 1 else 'contribute'} less.")


def _lines(found: Availability) -> Iterator[str | tuple[str | Span, ...]]:
    yield _value(found)
    if found.target is not None and found.verdict:
        word, style = VERDICTS[found.verdict]
        of = f" of {found.target_of}" if found.target_of != found.id else ""
        yield f"target{of} {_bound(found.target)}: ", Span(word, style)
    rests = f"relies on {several(found.relies_on, 'CI')}, {found.alone} of which would take it down alone"
    yield rests if found.relies_on else "relies on nothing else"


def _value(found: Availability) -> tuple[str | Span, ...]:
    if found.availability is None or found.unavailability is None or found.downtime is None:
        without = f"{several(len(found.missing), 'CI')} without figures"
        return Span("unknown", "warning"), f": at most {_bound(found.high)}, for {without}"
    value = Span(percent(found.availability, found.unavailability), "strong")
    if found.method == "exact":
        return value, f", down {span(found.downtime)} a year, exact"
    between = f"{_bound(found.low)} to {_bound(found.high, up=True)}"
    return value, f", down {span(found.downtime)} a year, simulated: {between} with 99 % confidence"


def _bound(share: float, *, up: bool = False) -> str:
    """A bound as a percentage, rounded away from what it bounds."""
    digits = Decimal(str(share)) * 100
    rounded = digits.quantize(Decimal("0.00001"), ROUND_UP if up else ROUND_DOWN)
    text = f"{rounded:f}"
    return f"{text.rstrip('0').rstrip('.')} %"


def _table(contributions: Sequence[Contribution]) -> Table:
    rows = tuple(
        (
            Span(each.id, "id"),
            percent(1 - each.unavailability, each.unavailability),
            "alone" if each.alone else "",
            span(each.downtime),
            span(each.second_saves),
        )
        for each in contributions
        if each.downtime
    )
    return Table(("contributes", "own", "", "causes a year", "a second one saves"), rows)
