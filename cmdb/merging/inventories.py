"""Three-way merge of inventories, by CI and key path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from cmdb.compare.references import References
from cmdb.merging.ci_trees import ci_of, tree
from cmdb.merging.conflicts import PRESENCE, Conflict
from cmdb.merging.entries import merged_entry
from cmdb.merging.lists import MISSING, Shape
from cmdb.merging.trees import Disagreement, differences, disagreements, settled
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import Item, KeyPath, format_path
from cmdb.model.kind import Attribute, Kind, Schema
from cmdb.model.types import text
from cmdb.model.value import Value, freeze

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Merge:
    """An inventory with the changes of both sides. What they changed differently is a conflict, and is in the inventory
    as it was before; a CI that both added differently is not there."""

    inventory: Inventory
    conflicts: tuple[Conflict, ...]


def merge(base: Inventory, ours: Inventory, theirs: Inventory) -> Merge:
    """What both sides made of an inventory, in one, by CI and key path.

    Effective values merge, defaults included, by the rules of `cmdb merge-driver`. A CI that one side renamed is the
    same CI. A conflict leaves in the inventory what was before. What a file that did not load may have said is no
    change.
    """
    merging = _Merging(base, ours, theirs)
    schema = merging.schema()
    cis = tuple(merging.cis())
    unread = tuple(sorted({*base.unread, *ours.unread, *theirs.unread}))
    ids = [side.unread_ids for side in (base, ours, theirs)]
    known = [one for one in ids if one is not None]
    merged = replace(
        base,
        declared=tuple(sorted(cis, key=lambda ci: ci.id)),
        schema=schema,
        problems=(),
        unread=unread,
        unread_ids=frozenset().union(*known) if len(known) == len(ids) else None,
        index=None,
    )
    return Merge(merged, tuple(sorted(merging.conflicts, key=lambda one: (one.ci, one.path))))


@dataclass(frozen=True)
class _Side:
    """A side, and which of its CIs is which of before."""

    inventory: Inventory
    former: Mapping[str, str]

    def trees(self) -> dict[str, tuple[CI, Value]]:
        """The CIs by the names that they had before."""
        return {self.former.get(name, name): (ci, tree(ci, self.meant)) for name, ci in self.inventory.cis.items()}

    def meant(self, reference: str) -> str:
        """The CI that a reference means, by the name that it had before."""
        living = self.inventory.resolve(reference) or reference
        return self.former.get(living, living)


class _Merging:
    def __init__(self, base: Inventory, ours: Inventory, theirs: Inventory) -> None:
        self.base = _Side(base, {})
        self.sides = [_Side(side, _former(base, side)) for side in (ours, theirs)]
        self.conflicts: list[Conflict] = []

    def cis(self) -> Iterator[CI]:
        """The CIs of the merge."""
        before, ours, theirs = (side.trees() for side in (self.base, *self.sides))
        found: dict[str, tuple[CI, Value]] = {}
        for name in sorted(before.keys() | ours.keys() | theirs.keys()):
            known = [
                self._tree(side, name, before, mine) for side, mine in zip(self.sides, (ours, theirs), strict=True)
            ]
            like = (ours.get(name) or theirs.get(name) or before[name])[0]
            one = before[name][1] if name in before else MISSING
            kinds = {str(side["kind"]) for side in (one, *known) if side is not MISSING}
            merged = self._merged(name, kinds.pop() if len(kinds) == 1 else "", one, *known)
            if merged is not MISSING:
                found[name] = like, merged
        names = self._names({name: str(merged["id"]) for name, (_, merged) in found.items()})
        for name, (like, merged) in found.items():
            yield ci_of({**merged, "id": names[name]}, like, lambda one: names.get(one, one))

    def schema(self) -> Schema:
        """The kinds and relation types with the changes of both sides."""
        sides = [side.inventory.schema for side in (self.base, *self.sides)]
        return Schema(
            self._by_name("kinds", [side.kinds for side in sides], self._kind),
            self._by_name("relation_types", [side.relation_types for side in sides], None),
        )

    def _tree(self, side: _Side, name: str, before: Mapping[str, tuple[CI, Value]], known: Mapping[str, Any]) -> Value:
        """What a side has; what an unread file of it may have said is as it was."""
        if name in known:
            return known[name][1]
        return before[name][1] if name in before and side.inventory.may_declare(name) else MISSING

    def _merged(self, name: str, kind: str, base: Value, ours: Value, theirs: Value) -> Value:
        schemas = tuple(side.inventory.schema for side in self.sides) if kind else ()
        shape = Shape("ci", kind, schemas=lambda: schemas)
        merged = merged_entry(shape, base, ours, theirs)
        for path, found in disagreements(shape, merged):
            differing = () if path else _differing(shape, found)
            self.conflicts.append(_conflict(name, path, found, differing, _attribute(schemas, kind, path)))
        return settled(merged, "before")

    def _names(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """What each CI is called. Where two would have one name, those that had another keep it."""
        claims = Counter(name.casefold() for name in wanted.values())
        found = dict(wanted)
        for name, new in wanted.items():
            if new != name and claims[new.casefold()] > 1:
                found[name] = name
                self.conflicts.append(Conflict(name, "id", name, new, new, words=(name, new, new)))
        return found

    def _by_name(
        self, field: str, sides: Sequence[Mapping[str, T]], both: Callable[[str, T, T, T], T | None] | None
    ) -> dict[str, T]:
        base, ours, theirs = sides
        found: dict[str, T] = {}
        for name in sorted(base.keys() | ours.keys() | theirs.keys()):
            before, mine, others = base.get(name), ours.get(name), theirs.get(name)
            chosen = others if mine == before else mine
            if others not in (before, mine) and mine != before:
                chosen = both(name, before, mine, others) if both and before and mine and others else None
                if chosen is None:
                    self.conflicts.append(_of_schema(f"{field}.{name}", before, mine, others))
                    chosen = before
            if chosen is not None:
                found[name] = chosen
        return found

    def _kind(self, _name: str, base: Kind, ours: Kind, theirs: Kind) -> Kind | None:
        """A kind that both sides changed, in different attributes, relations or flags."""
        values: dict[str, Any] = {}
        for field in fields(Kind):
            before, mine, others = (getattr(side, field.name) for side in (base, ours, theirs))
            if field.name in ("attributes", "relations"):
                known = len(self.conflicts)
                values[field.name] = self._by_name(f"kinds.{base.name}.{field.name}", (before, mine, others), None)
                if len(self.conflicts) > known:
                    continue
            elif field.compare and others not in (before, mine) and mine != before:
                return None
            else:
                values[field.name] = others if mine == before else mine
        return replace(base, **values)


def _former(base: Inventory, side: Inventory) -> dict[str, str]:
    return {new: former for former, new in References(base, side).renamed.items()}


def _differing(shape: Shape, found: Disagreement) -> tuple[KeyPath, ...]:
    there = [side for side in (found.before, found.ours, found.theirs) if side is not MISSING]
    return tuple(differences(shape, there[0], there[1]))


def _conflict(
    name: str, path: KeyPath, found: Disagreement, differing: Sequence[KeyPath], attribute: Attribute | None
) -> Conflict:
    sides = (found.before, found.ours, found.theirs)
    before, ours, theirs = (None if side is MISSING else freeze(side) for side in sides)
    one, two, three = (None if side is None else text(attribute, side) for side in (before, ours, theirs))
    whole = format_path(path) if path else PRESENCE
    paths = tuple(sorted(map(format_path, differing)))
    return Conflict(name, whole, before, ours, theirs, differing=paths, words=(one, two, three))


def _of_schema(path: str, before: object, ours: object, theirs: object) -> Conflict:
    words = tuple(None if side is None else "declared" for side in (before, ours, theirs))
    return Conflict("", path, words[0], words[1], words[2], words=(words[0], words[1], words[2]))


def _attribute(schemas: Sequence[Schema], kind: str, path: KeyPath) -> Attribute | None:
    """The declaration of a value, where there is one."""
    if len(path) < 2 or path[0] != "attributes":
        return None
    found = next((one for schema in schemas if (one := schema.attribute(kind, str(path[1])))), None)
    for segment in path[2:]:
        found = found.of if found is not None and (found.type == "map" or isinstance(segment, Item)) else None
    return found
