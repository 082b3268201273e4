"""The values of a CI one by one, each with its key path: what a commit can be blamed for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cmdb.compare.leaves import leaves
from cmdb.history.sight import Comparison, Sight
from cmdb.model.change import Change
from cmdb.model.ci import LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS, Group, Member
from cmdb.model.keypath import Item, KeyPath, format_path, matches
from cmdb.model.kind import Attribute
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Standing:
    """A value at its path; of a relation, the entry. `attribute` is the declaration that it is read by."""

    path: KeyPath
    value: Value
    attribute: Attribute | None = None
    entry: Member | None = None

    def before(self, comparison: Comparison) -> Standing | None:
        """The same value on the side before; None where it is another, or was not there."""
        if self.entry is None:
            return None if comparison.changes(self.path) else self
        former = comparison.as_before(str(self.path[1]), self.entry)
        return None if former is None else replace(self, entry=former)


def standing(sight: Sight) -> tuple[Standing, ...]:
    """Every value that a CI has, sorted by path."""
    return tuple(sorted(_values(sight), key=lambda one: format_path(one.path)))


def concerns(patterns: tuple[KeyPath, ...], path: KeyPath) -> bool:
    """Whether a path fits one of the patterns, lies below what does, or above it; without patterns every path does."""
    return not patterns or any(
        matches((*pattern, "**"), path) or any(matches(pattern[:end], path) for end in range(1, len(pattern)))
        for pattern in patterns
    )


def narrowed(change: Change, patterns: tuple[KeyPath, ...]) -> Change | None:
    """The change as far as it concerns some paths; None where it does not."""
    attributes = tuple(one for one in change.attributes if concerns(patterns, one.path))
    relations = tuple(
        one for one in change.relations if concerns(patterns, ("relations", one.type, one.target or one.group or ""))
    )
    if not patterns:
        return change
    if not attributes and not relations and not (change.former_id and concerns(patterns, ("id",))):
        return None
    return replace(change, attributes=attributes, relations=relations)


def _values(sight: Sight) -> Iterator[Standing]:
    ci = sight.ci
    for name in TEXT_FIELDS:
        if (value := getattr(ci, name)) is not None:
            yield Standing((name,), value)
    for name in LIST_FIELDS:
        if values := getattr(ci, name):
            yield Standing((name,), tuple(sorted(set(values))))
    for name in MAP_FIELDS:
        for key, value in getattr(ci, name).items():
            yield Standing((name, key), value)
    for name, value in ci.attributes.items():
        if value is not None:
            yield from _leaves(("attributes", name), sight.schema.attribute(ci.kind, name), value)
    for name, members in ci.relations.items():
        for member in members:
            label = (member.name or member.label) if isinstance(member, Group) else member.id
            yield Standing(("relations", name, label), None, entry=member)


def _leaves(path: KeyPath, attribute: Attribute | None, value: Value) -> Iterator[Standing]:
    """The values below a path, those of the items of a list too where these are known by a field."""
    for inner, (declared, item) in leaves(path, attribute, value).items():
        if isinstance(inner[-1], Item) and isinstance(item, Mapping):
            yield from _leaves(inner, declared if declared and declared.type == "map" else None, item)
        else:
            yield Standing(inner, item, declared)
