"""A redundancy group has fewer members in service than it needs.

Members that are planned, ordered, being built or retired do not serve; `at_least` stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import Group, Member
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem

CODE = "group-out-of-service"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each such group of a serving CI, nested ones included."""
    for ci in facts.leaning:
        for relation, entries in ci.relations.items() if ci.serves else ():
            for group in entries:
                for short, serving in _short(facts.inventory, group):
                    yield Problem(
                        CODE,
                        f"group '{short.label}' needs {short.at_least}, but of its members only {serving} in service",
                        where=ci.place.at("relations", relation, *((short.name,) if short.name else ())),
                        ci=ci.id,
                        key_path=f"relations.{relation}",
                        hint="bring members into service, or lower at_least",
                        subject=short.label,
                    )


def _short(inventory: Inventory, member: Member) -> Iterator[tuple[Group, int]]:
    if isinstance(member, Group):
        members = {_known(inventory, m) for m in member.of}
        serving = len({_known(inventory, m) for m in member.of if _serves(inventory, m)})
        if serving < member.at_least <= len(members):
            yield member, serving
        for inner in member.of:
            yield from _short(inventory, inner)


def _known(inventory: Inventory, member: Member) -> object:
    return id(member) if isinstance(member, Group) else inventory.resolve(member.id) or member.id


def _serves(inventory: Inventory, member: Member) -> bool:
    """A member that nobody declares is another check's problem, so it counts as serving here."""
    if isinstance(member, Group):
        return any(_serves(inventory, inner) for inner in member.of)
    target = inventory.resolve(member.id)
    return target is None or inventory[target].serves
