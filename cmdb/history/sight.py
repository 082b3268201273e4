"""One CI as a commit has it, and how it differs from what another commit has."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from cmdb.compare.inventories import diff
from cmdb.compare.references import References, content, settled
from cmdb.model.change import Change
from cmdb.model.ci import CI, Member
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema

Others = Callable[[frozenset[str]], Collection[CI]]
"""The CIs that go, or went, by any of some names."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A CI with the kinds of its time. `others` finds those that its relations name, by their names at that time."""

    ci: CI
    schema: Schema
    others: Others

    def inventory(self, names: frozenset[str]) -> Inventory:
        """The CI together with those of some names."""
        others = [ci for ci in self.others(names) if ci.id != self.ci.id] if names else []
        return Inventory((self.ci, *others), self.schema)


@dataclass(frozen=True)
class Comparison:
    """What became of a CI from one commit to another."""

    before: Sight
    after: Sight

    @cached_property
    def change(self) -> Change | None:
        """What `cmdb diff` says of it; None where it says the same."""
        found = diff(*self._sides).changes
        return next((change for change in found if change.id == self.after.ci.id), None)

    def as_before(self, relation: str, entry: Member) -> Member | None:
        """The entry that says before what another says after; None where none does."""
        references = References(*self._sides)
        (meant,) = settled((entry,), references.meant_after)
        for former in self.before.ci.relations.get(relation, ()):
            if content(settled((former,), references.meant_before)[0]) == content(meant):
                return former
        return None

    def changes(self, path: KeyPath) -> bool:
        """Whether a value outside of relations is another, or is new."""
        if path == ("id",):
            return self.before.ci.id != self.after.ci.id
        if path == ("aliases",):
            return set(self.before.ci.aliases) != set(self.after.ci.aliases)
        found = self.change.attributes if self.change else ()
        return any(one.path[: len(path)] == path or path[: len(one.path)] == one.path for one in found)

    @cached_property
    def _sides(self) -> tuple[Inventory, Inventory]:
        names = self._differing
        return self.before.inventory(names), self.after.inventory(names)

    @cached_property
    def _differing(self) -> frozenset[str]:
        """The targets that only one side names."""
        old, new = ({target.id for _, target in side.ci.targets()} for side in (self.before, self.after))
        return frozenset(old ^ new)


def added(sight: Sight) -> Change:
    """The change that a CI came with."""
    found = diff(Inventory((), sight.schema), _whole(sight)).changes
    return next(change for change in found if change.id == sight.ci.id)


def removed(sight: Sight) -> Change:
    """The change that a CI went with."""
    found = diff(_whole(sight), Inventory((), sight.schema)).changes
    return next(change for change in found if change.id == sight.ci.id)


def _whole(sight: Sight) -> Inventory:
    return sight.inventory(frozenset(target.id for _, target in sight.ci.targets()))
