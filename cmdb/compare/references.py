"""Which CI of one side is which of the other, and whom a reference means, so that a new name is no new thing."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from cmdb.model.ci import Group, Member, Target
from cmdb.model.inventory import Inventory
from cmdb.model.types.containers import sort_key
from cmdb.model.value import Value, identity

Entries = tuple[Member, ...]


@dataclass(frozen=True)
class References:
    """Both sides' references, by the names of the side after."""

    before: Inventory
    after: Inventory

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Former id -> new id. Of several that claim one former id, one of the same kind goes first, then the first by
        id; a CI that claims several is the first of them."""
        claims: dict[str, list[str]] = {}
        for new in self.after:
            if new not in self.before.cis:
                for alias in self.after.cis[new].aliases:
                    claims.setdefault(alias, []).append(new)
        found: dict[str, str] = {}
        taken: set[str] = set()
        for former in sorted(claims.keys() & self.before.cis.keys() - self.after.cis.keys()):
            kind = self.before.cis[former].kind
            free = [new for new in claims[former] if new not in taken]
            if free:
                found[former] = min(free, key=lambda new: (self.after.cis[new].kind != kind, new))
                taken.add(found[former])
        return found

    @cached_property
    def unsteady(self) -> frozenset[str]:
        """The references that mean something else on one side than on the other, as they are written."""
        candidates = {*self.before.aliases, *self.after.aliases, *self.renamed}
        return frozenset(text for text in candidates if self.meant_before(text) != self.meant_after(text))

    def meant_before(self, reference: str) -> str:
        """The CI that a reference means before, by its name after; one that leads nowhere means itself."""
        living = self.before.resolve(reference) or reference
        return self.renamed.get(living, living)

    def meant_after(self, reference: str) -> str:
        """The CI that a reference means after."""
        return self.after.resolve(reference) or reference


def settled(members: Entries, meant: Callable[[str], str]) -> Entries:
    """The entries with every reference replaced by what it means, each once, in an order that only their content
    decides."""
    found: dict[Hashable, Member] = {}
    for member in members:
        one = _settled(member, meant)
        found.setdefault(content(one), one)
    return tuple(sorted(found.values(), key=_place))


def as_written(reference: str) -> str:
    """For entries that are settled already."""
    return reference


def content(member: Member) -> Hashable:
    """Equal exactly for settled entries that say the same; the position of an unnamed group says nothing."""
    notes = identity(member.notes)
    if isinstance(member, Target):
        return member.id, notes
    return member.at_least, member.name, tuple(map(content, member.of)), notes


def _settled(member: Member, meant: Callable[[str], str]) -> Member:
    if isinstance(member, Target):
        return Target(meant(member.id), member.notes)
    return Group(member.at_least, settled(member.of, meant), member.name, member.notes, member.label)


def _place(member: Member) -> tuple[Value, ...]:
    """Targets by id, named groups by name, then the others, each by content."""
    if isinstance(member, Target):
        return 0, member.id, sort_key(member.notes)
    inside = (member.at_least, tuple(map(_place, member.of)), sort_key(member.notes))
    return (1, member.name, *inside) if member.name else (2, "", *inside)
