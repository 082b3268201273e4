"""Whom and what an impact concerns besides the CIs themselves: owners, environments, customers, what has nothing left
in reserve, and what lies further away than was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cmdb.graph.impact import Exposed, Impact
from cmdb.graph.spread import Affected
from cmdb.model.document import Block, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.model.words import few, several, title, worded
from cmdb.views.impact.words import counted

LISTED = (Status.DOWN, Status.DEGRADED, Status.AT_RISK)


def concerned(impact: Impact, least: Status) -> Iterator[Block]:
    """The services and customers at least that badly off, the environments and the owners of all that is affected."""
    services = [hit for hit in impact.services if hit.status >= least]
    if services:
        entries = (Entry((*title(hit.id, hit.name, hit.kind, hit.owner), ": ", worded(hit.status))) for hit in services)
        yield from (Heading("Services"), Listing(tuple(entries)))
    yield from _customers(impact, least)
    if any(one.environment for one in impact.environments):
        ranked = sorted(impact.environments, key=lambda one: -one.count)
        told = ", ".join(f"{one.environment or 'none'} {one.count}" for one in ranked)
        yield from (Heading("Environments of what is affected"), Paragraph(told))
    if impact.owners:
        owners = sorted(impact.owners, key=lambda owner: -owner.count)
        told = ", ".join(f"{owner.owner or 'nobody'} {owner.count}" for owner in owners)
        yield from (Heading("Owners of what is affected"), Paragraph(told))


def reserves(impact: Impact) -> Iterator[Block]:
    """What works during the maintenance and has no redundancy left: what has the groups, then the services that need
    it."""
    found = impact.exposed
    entries = [_exposed(one) for one in found if one.through == one.ci.id]
    entries += [_through(one) for one in found if one.through != one.ci.id and one.ci.is_service]
    if entries:
        yield from (Heading("No redundancy left during the maintenance"), Listing(tuple(entries)))


def beyond(impact: Impact, depth: int | None) -> Iterator[Block]:
    """How much more there is further away."""
    if impact.beyond and depth is not None:
        numbers = _by_status(impact.beyond)
        found = ", ".join(f"{numbers[status]} {status.words}" for status in LISTED if numbers[status])
        services = sum(hit.is_service for hit in impact.beyond)
        among = f", {several(services, 'service')} among them" if services else ""
        yield Paragraph((Span(f"Beyond {several(depth, 'step')}", "strong"), f": {found}{among}."))


def concerned_data(impact: Impact) -> dict[str, Value]:
    """`owners`, `environments`, `customers`, `exposed` and `beyond`."""
    numbers = _by_status(impact.beyond)
    return {
        "owners": [{"owner": owner.owner, "count": owner.count} for owner in impact.owners],
        "environments": [{"environment": one.environment, "count": one.count} for one in impact.environments],
        "customers": [
            {
                "id": one.id,
                "name": one.name,
                "owner": one.owner,
                "status": one.status.label,
                "services": list(one.services),
            }
            for one in impact.customers
        ],
        "exposed": [_exposed_data(one) for one in impact.exposed],
        "beyond": [{"status": status.label, "count": numbers[status]} for status in LISTED if numbers[status]],
    }


def _by_status(hits: Iterable[Affected]) -> Counter[Status]:
    return Counter(hit.status for hit in hits)


def _customers(impact: Impact, least: Status) -> Iterator[Block]:
    found = [customer for customer in impact.customers if customer.status >= least]
    if found:
        yield Heading("Customers")
        yield Listing(
            tuple(
                Entry(
                    (
                        *title(one.id, one.name, "", one.owner),
                        ": ",
                        worded(one.status),
                        f" ({few(one.services)})" if one.services else "",
                    )
                )
                for one in found
            )
        )


def _exposed(one: Exposed) -> Entry:
    hit = one.ci
    groups = (Entry(f"{state.name}: {counted(state.at_least, state.of, state.left)}") for state in one.groups)
    return Entry(title(hit.id, hit.name, hit.kind, hit.owner), tuple(groups))


def _through(one: Exposed) -> Entry:
    hit = one.ci
    return Entry(title(hit.id, hit.name, hit.kind, hit.owner), (Entry(("needs ", Span(one.through, "id"))),))


def _exposed_data(one: Exposed) -> dict[str, Value]:
    hit = one.ci
    return {
        "id": hit.id,
        "kind": hit.kind,
        "name": hit.name,
        "owner": hit.owner,
        "service": hit.is_service,
        "through": one.through,
        "groups": [state.data for state in one.groups],
    }
