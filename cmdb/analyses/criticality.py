"""What goes down with each CI: how many services, of which criticality and tier, the most first.

For every CI it is told which business services are *down* if it alone is, by the rules of impact: redundancy that holds
keeps a service out of the list. Where no business service is in service, it is about all services. A service's
criticality is the field of that name, its tier the attribute or the label `tier`. A CI does not count itself.

*Rated too low* is a CI that says of itself to be less critical than a service that goes down with it. Selectors limit
the CIs that are listed, not the services. CIs that take no service down are counted only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.facts import Facts
from cmdb.graph.weak.criticality import Critical, criticality
from cmdb.graph.weak.services import business_services, grades
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.asked import INCLUDE, Asked, Option, Options
from cmdb.model.ci import CRITICALITIES
from cmdb.model.document import Block, Document, Heading, Inline, Paragraph, Span, Table
from cmdb.model.words import several

NAME = "criticality"
LIMIT = Option("limit", 50, "The most CIs that text lists; data has all.", metavar="COUNT", least=1)
OPTIONS: Options = (INCLUDE, LIMIT)


@dataclass(frozen=True, slots=True)
class Row:
    """A CI and the ids of the services that go down with it. `criticality` is what it says of itself, `highest` the
    highest among those services; None where nobody says."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    services: tuple[str, ...]
    by_criticality: Mapping[str, int]
    by_tier: Mapping[str, int]
    criticality: str | None
    highest: str | None
    rated_too_low: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """`critical` of `cis` CIs take one of `services` services down alone; `rated_too_low` of them do not look it."""

    cis: int
    services: int
    critical: int
    rated_too_low: int


@dataclass(frozen=True, slots=True)
class Criticalities:
    """Every CI that takes a service down alone, most services first, then by id."""

    summary: Summary
    cis: tuple[Row, ...]
    _limit: int = LIMIT.default


def analyse(facts: Facts, asked: Asked) -> Criticalities:
    """The criticality of the CIs asked about."""
    topology = facts.topology.including(frozenset(asked.value(INCLUDE)))
    services = business_services(topology, facts.inventory.schema)
    meant = None if asked.ids is None else frozenset(asked.ids)
    found = criticality(topology, services, grades=grades(facts.inventory))
    rows = tuple(_row(facts, each) for each in found if meant is None or each.id in meant)
    count = len(topology) if meant is None else len(meant)
    low = sum(row.rated_too_low for row in rows)
    return Criticalities(Summary(count, len(services), len(rows), low), rows, asked.value(LIMIT))


def present(result: Criticalities) -> Document:
    """A table of the CIs, and those that are rated too low."""
    summary = result.summary
    told = f"{several(summary.critical, 'CI')} of {summary.cis:,} can take one or more"
    told += f" of {several(summary.services, 'service')} down alone."
    blocks: list[Block] = [Heading("What goes down with each CI", 1), Paragraph(told)]
    if result.cis:
        blocks.append(Table(_COLUMNS, tuple(_cells(row) for row in result.cis[: result._limit])))
    if (more := len(result.cis) - result._limit) > 0:
        blocks.append(Paragraph(f"{several(more, 'more CI')} {'is' if more == 1 else 'are'} not listed."))
    low = [row for row in result.cis if row.rated_too_low]
    if low:
        blocks += [Heading("Rated too low"), Table(("CI", "says", "needed by"), tuple(_low(low, result._limit)))]
    return Document(tuple(blocks))


def drawing(result: Criticalities) -> Drawing:
    """Arrows from the services to the CIs that take them down alone, the most critical of them."""
    shown = result.cis[: result._limit]
    nodes = {row.id: Node(row.id, row.name or row.id, row.kind) for row in shown}
    for name in (service for row in shown for service in row.services):
        nodes.setdefault(name, Node(name, name))
    edges = sorted((service, row.id) for row in shown for service in row.services)
    arrows = tuple(Edge(service, ci, "down with") for service, ci in edges)
    return Drawing(tuple(nodes[name] for name in sorted(nodes)), arrows, "What goes down with each CI")


_COLUMNS = ("CI", "kind", "services", "criticality", "tier")


def _row(facts: Facts, found: Critical) -> Row:
    declared = facts.inventory[found.id].criticality
    highest = max(found.by_criticality, key=_rank, default=None)
    low = declared is not None and highest is not None and _rank(declared) < _rank(highest)
    who = found.id, found.kind, found.name, found.owner
    return Row(*who, found.services, found.by_criticality, found.by_tier, declared, highest, low)


def _rank(word: str) -> int:
    return CRITICALITIES.index(word) if word in CRITICALITIES else -1


def _cells(row: Row) -> tuple[Inline, ...]:
    worst_first = sorted(row.by_criticality, key=_rank, reverse=True)
    graded = ", ".join(f"{row.by_criticality[word]} {word}" for word in worst_first)
    tiers = ", ".join(f"{count} {tier}" for tier, count in row.by_tier.items())
    return Span(row.id, "id"), row.kind, str(len(row.services)), graded, tiers


def _low(rows: list[Row], limit: int) -> Iterator[tuple[Inline, ...]]:
    return ((Span(row.id, "id"), row.criticality or "", row.highest or "") for row in rows[:limit])
