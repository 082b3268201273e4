"""What changed in one CI's relations: plain entries pair by target, groups by name, and unnamed groups by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Literal

from cmdb.compare.references import Entries, content
from cmdb.model.change import RelationChange
from cmdb.model.ci import Group, Member, Target


def changes(relation: str, before: Entries, after: Entries) -> Iterator[RelationChange]:
    """The changes between two settled lists of entries."""
    stay = {content(member) for member in before} & {content(member) for member in after}
    old, new = (_by_name(member for member in side if content(member) not in stay) for side in (before, after))
    for name in sorted(old.keys() | new.keys()):
        for left, right in zip_longest(old.get(name, ()), new.get(name, ())):
            yield change(relation, left, right)


def change(relation: str, before: Member | None, after: Member | None) -> RelationChange:
    """The change from one entry to another; at least one of them is there."""
    action: Literal["added", "removed", "changed"] = "changed"
    if before is None or after is None:
        action = "added" if before is None else "removed"
    shown = after or before
    target = shown.id if isinstance(shown, Target) else None
    group = shown.name or shown.label if isinstance(shown, Group) else None
    return RelationChange(relation, action, target, group, before, after)


def _by_name(members: Iterable[Member]) -> dict[tuple[int, str], list[Member]]:
    found: dict[tuple[int, str], list[Member]] = {}
    for member in members:
        named = (1, member.name) if isinstance(member, Group) else (0, member.id)
        found.setdefault(named if named[1] else (2, ""), []).append(member)
    return found
