"""Whom to call when a change goes wrong: the owners of what it changes and harms, and those who support that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from cmdb.changes.sides import Side, Sides
from cmdb.model.change_record import ChangeImpact, Contact, ContactRole
from cmdb.model.ci import CI
from cmdb.model.contact import ways
from cmdb.model.status import Status

SUPPORT = "supported_by"
LEADS = ("lead", "deputy")
"""The attributes that name who is called when they cannot help."""
_ROLES = get_args(ContactRole)


def contacts(sides: Sides, impact: ChangeImpact) -> tuple[Contact, ...]:
    """Owners first, then support, then those to whom both escalate, each by id. `ways` are what the CI of a team, a
    person or a supplier says of how to reach it; an owner for whom there is no CI has none."""
    called: dict[tuple[ContactRole, str], set[str]] = {}
    for side, ci in _cis(sides, impact):
        for role, who in _called(side, ci):
            called.setdefault((role, who), set()).add(ci.id)
    for (_, who), cis in list(called.items()):
        for lead in _leads(sides, who):
            called.setdefault(("escalation", lead), set()).update(cis)
    ordered = sorted(called, key=lambda one: (_ROLES.index(one[0]), one[1]))
    return tuple(_contact(role, who, called[role, who], sides) for role, who in ordered)


def _cis(sides: Sides, impact: ChangeImpact) -> Iterator[tuple[Side, CI]]:
    """What changes, and what is degraded or worse meanwhile."""
    graphs = {"base": sides.before, "head": sides.after}
    for side, names in ((sides.before, sides.old), (sides.after, sides.new)):
        yield from ((side, side.inventory.cis[name]) for name in names if name in side.inventory.cis)
    for hit in impact.affected:
        if hit.status >= Status.DEGRADED:
            yield graphs[hit.side], graphs[hit.side].inventory.cis[hit.id]


def _called(side: Side, ci: CI) -> Iterator[tuple[ContactRole, str]]:
    if ci.owner:
        yield "owner", ci.owner
    for relation, target in ci.targets():
        if relation == SUPPORT:
            yield "support", side.inventory.resolve(target.id) or target.id


def _leads(sides: Sides, who: str) -> Iterator[str]:
    """The CIs that somebody's CI names as its leads."""
    ci = _known(sides, who)
    for name in LEADS if ci else ():
        lead = ci.attributes.get(name) if ci else None
        if isinstance(lead, str) and (found := _known(sides, lead)) is not None:
            yield found.id


def _contact(role: ContactRole, who: str, cis: set[str], sides: Sides) -> Contact:
    ci = _known(sides, who)
    reached = {} if ci is None else ways(ci, sides.after.inventory.schema)
    return Contact(who, role, ci.name if ci else None, tuple(sorted(cis)), reached)


def _known(sides: Sides, who: str) -> CI | None:
    return sides.after.inventory.get(who) or sides.before.inventory.get(who)
