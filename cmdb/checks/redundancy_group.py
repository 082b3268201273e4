"""A redundancy group that cannot be meant.

It needs at least one and at most all of its members; its members are distinct once aliases are resolved; its name is
unique within the CI.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI, Group, Member, Target
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem

CODE = "redundancy-group"
LOOKS = Reach.TARGETS


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each fault of each group, nested ones included."""
    cis = len(facts.topology)
    for ci in facts.leading_to(range(cis, cis + len(facts.topology.at_least))):
        names: set[str] = set()
        for relation, entries in ci.relations.items():
            for group in _groups(entries):
                if group.name in names or not _sound(facts.inventory, group):
                    yield from _faults(facts.inventory, ci, relation, group, names)
                names |= {group.name} if group.name else set()


def _groups(members: tuple[Member, ...]) -> Iterator[Group]:
    for member in members:
        if isinstance(member, Group):
            yield member
            yield from _groups(member.of)


def _sound(inventory: Inventory, group: Group) -> bool:
    """Whether nothing is wrong with a group by itself, as is plain where its members are CIs under their own names."""
    members = {member.id for member in group.of if isinstance(member, Target)}
    return len(members) == len(group.of) and 1 <= group.at_least <= len(members) and not inventory.aliases


def _faults(inventory: Inventory, ci: CI, relation: str, group: Group, names: set[str]) -> Iterator[Problem]:
    def wrong(message: str, hint: str, subject: str) -> Problem:
        place = ci.place.at("relations", relation, group.name) if group.name else ci.place.at("relations", relation)
        path = f"relations.{relation}"
        return Problem(
            CODE, message, where=place, ci=ci.id, key_path=path, hint=hint, subject=f"{group.label} {subject}"
        )

    targets = [inventory.resolve(member.id) or member.id for member in group.of if isinstance(member, Target)]
    for twice in sorted({target for target in targets if targets.count(target) > 1}):
        yield wrong(f"group '{group.label}' counts '{twice}' twice", "members are distinct; keep one", twice)
    members = len(set(targets)) + sum(isinstance(member, Group) for member in group.of)
    if not 1 <= group.at_least <= members:
        message = f"group '{group.label}' needs {group.at_least} of {members} members"
        yield wrong(message, f"at_least is between 1 and {members}" if members else "list its members", "at_least")
    if group.name and group.name in names:
        yield wrong(f"the CI has another group named '{group.name}'", "give each group a name of its own", "name")
