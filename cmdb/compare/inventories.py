"""What one inventory says and the other does not, by meaning: the order and the layout of files make no difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.compare import fields, relations
from cmdb.compare.leaves import same_types
from cmdb.compare.references import Entries, References, settled
from cmdb.model.change import Action, AttributeChange, Change, ChangeSet, RelationChange
from cmdb.model.ci import CI, Group, Member
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath


def diff(before: Inventory, after: Inventory) -> ChangeSet:
    """The changes that lead from one inventory to the other, sorted by id.

    Effective values are compared, by the types of their attributes, with aliases resolved on each side; the entries of
    relations are named as the side after names them. Where a file did not load, what it may have said is no change.
    """
    comparison = _Comparison(before, after, References(before, after))
    return ChangeSet(tuple(sorted(comparison.changes(), key=lambda change: change.id)))


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Inventory
    after: Inventory
    references: References

    def changes(self) -> Iterator[Change]:
        renamed = self.references.renamed
        for name, ci in self.before.cis.items():
            other = self.after.cis.get(renamed.get(name, name))
            if other is not None:
                yield from self._pair(ci, other)
            elif not self.after.may_declare(name):
                yield self._change("removed", ci, None)
        fresh = self.after.cis.keys() - self.before.cis.keys() - set(renamed.values())
        for name in fresh:
            if not self.before.may_declare(name):
                yield self._change("added", None, self.after.cis[name])

    def _pair(self, before: CI, after: CI) -> Iterator[Change]:
        if before.id != after.id:
            yield self._change("renamed", before, after)
        elif not self._untouched(before, after):
            change = self._change("changed", before, after)
            if change.attributes or change.relations:
                yield change

    def _change(self, action: Action, before: CI | None, after: CI | None) -> Change:
        found = fields.changes(before, after, self.before.schema, self.after.schema)
        related = self._related(before, after)
        cause = None
        if before and after:
            found = [change for change in found if self._known(change.path, before, after)]
            related = [change for change in related if self._known(("relations", change.type), before, after)]
            if action == "renamed":
                found = [change for change in found if not fields.implied(change, before.id)]
            else:
                cause = self._cause(found, related, before, after)
        ci = after or before
        assert ci is not None
        former = before.id if before and action == "renamed" else None
        return Change(ci.id, ci.kind, action, former, tuple(found), tuple(related), cause, before, after)

    def _related(self, before: CI | None, after: CI | None) -> list[RelationChange]:
        old: Mapping[str, Entries] = before.relations if before else {}
        new: Mapping[str, Entries] = after.relations if after else {}
        found: list[RelationChange] = []
        for name in sorted(old.keys() | new.keys()):
            left = settled(old.get(name, ()), self.references.meant_before)
            right = settled(new.get(name, ()), self.references.meant_after)
            found += relations.changes(name, left, right)
        return found

    def _cause(self, found: list[AttributeChange], related: list[RelationChange], before: CI, after: CI) -> str | None:
        """The files that all of the changes came through; None where one of them stands in the CI's own file."""
        schemas = (self.before.schema, self.after.schema)
        causes = {fields.through(change, before, after, *schemas) for change in found}
        causes |= {_through(change, before, after) for change in related}
        return None if None in causes else ", ".join(sorted(filter(None, causes)))

    def _known(self, path: KeyPath, before: CI, after: CI) -> bool:
        """Whether neither value comes from a file that did not load on the other side."""
        old, new = fields.origin(path, before), fields.origin(path, after)
        return not (old and old.path in self.after.unread) and not (new and new.path in self.before.unread)

    def _untouched(self, before: CI, after: CI) -> bool:
        """Whether two CIs plainly say the same; a quick answer for most of an inventory."""
        if before is not after and not (before == after and _typed_alike(before, after)):
            return False
        unsteady = self.references.unsteady
        return not unsteady or not any(target.id in unsteady for _, target in before.targets())


def _through(change: RelationChange, before: CI, after: CI) -> str | None:
    path = ("relations", change.type)
    old = fields.origin(path, before) if change.before else None
    new = fields.origin(path, after) if change.after else None
    if (change.before and not old) or (change.after and not new):
        return None
    place = new or old
    return place.path if place else None


def _typed_alike(left: CI, right: CI) -> bool:
    """Whether values that are equal for Python are so for us: 1, true and 1.0 differ."""
    if not same_types(left.attributes, right.attributes):
        return False
    return all(
        _same_notes(one, other)
        for name, members in left.relations.items()
        for one, other in zip(members, right.relations[name], strict=True)
    )


def _same_notes(left: Member, right: Member) -> bool:
    if left.notes and not same_types(left.notes, right.notes):
        return False
    if isinstance(left, Group) and isinstance(right, Group):
        return all(map(_same_notes, left.of, right.of))
    return True
