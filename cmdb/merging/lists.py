"""What the parts of a node are known by: the keys of a mapping, the elements of a set, the entries of a relation, the
items of a list with names. All else is one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.kind import Attribute, Schema
from cmdb.model.plain import NeedsText, NotText, Plain, typed
from cmdb.model.types import WrongValue, equal, key, normalise
from cmdb.model.value import Value

Sort = Literal["ci", "baseline", "waivers", "schema", "settings", "other"]
"""What an entry of a file declares; defaults are like a CI."""
Rule = Literal["set", "members"] | tuple[str, ...]
"""How a list is meant; names are the fields that its items are known by."""
Schemas = Callable[[], Sequence[Schema]]

_SETS: Mapping[Sort, frozenset[KeyPath]] = {
    "ci": frozenset({("tags",), ("aliases",)}),
    "baseline": frozenset({("extends",), ("unmanaged",)}),
    "settings": frozenset({("drift", "manage"), ("drift", "raise_for")}),
}
_OPERATORS = frozenset({"in", "not_in", "subset_of", "superset_of", "contains", "any_of", "one_of"})
_WAIVER = ("ci", "source", "key", "path", "baseline", "observed")
_UNNAMED = "unnamed"


class Missing:
    """What a side does not have."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a node: what it is known by, its segment in a key path, the step that leads to it in the tree, and its
    value."""

    key: Hashable
    segment: Segment
    step: str | int
    value: Value

    @property
    def unnamed(self) -> bool:
        """Whether it is a group that only its position tells from others."""
        return isinstance(self.key, tuple) and self.key[:1] == (_UNNAMED,)

    @property
    def known_by(self) -> Hashable:
        """The same wherever it stands."""
        return _UNNAMED if self.unnamed else self.key


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a node is: the sort of its entry, the kind of the CI, and the path; `schemas` tell what attributes are."""

    sort: Sort
    kind: str = ""
    path: KeyPath = ()
    schemas: Schemas = tuple

    def at(self, segment: Segment) -> Shape:
        """The shape of a part."""
        return Shape(self.sort, self.kind, (*self.path, segment), self.schemas)

    def parts(self, raw: Value) -> tuple[Part, ...] | None:
        """The parts of a node in the order of the file; None for what is one value."""
        if raw is None or raw is MISSING:
            return None
        rule = self.rule(raw)
        if self.member and not isinstance(raw, dict):
            raw = {"to": raw}
        if isinstance(raw, dict) and rule != "members":
            return tuple(Part(name, name, name, item) for name, item in raw.items())
        if rule is None:
            return None
        items = raw if isinstance(raw, list) else [raw]
        found = tuple(self._members(items) if rule == "members" else self._items(rule, items))
        return found if len({part.key for part in found}) == len(items) else None

    def comparable(self, sides: Sequence[Value]) -> bool:
        """Whether the parts of these nodes are of one kind; a relation may be written as one entry or as many."""
        there = [side for side in sides if side is not MISSING]
        mixed = len({isinstance(side, dict) for side in there}) > 1
        return not mixed or self.member or self.rule([]) == "members"

    def rule(self, raw: Value) -> Rule | None:
        """How a list is meant here; None where its order counts, or where none is to be expected."""
        path = self.path
        if path in _SETS.get(self.sort, ()):
            return "set"
        if self.sort == "ci":
            return self._of_ci(raw)
        if self.sort == "schema" and path[2:3] == ("relations",):
            return "set" if len(path) == 4 or path[4:] == ("to",) else None
        if self.sort == "waivers":
            return _WAIVER if path == ("waivers",) else None
        if self.sort == "baseline" and path == ("ignore",):
            return ("path",)
        demand = self.sort == "baseline" and path[:1] == ("expect",) and len(path) == 3
        return "set" if demand and path[2] in _OPERATORS else None

    def identity(self, raw: Value) -> Hashable:
        """Equal exactly where two nodes say the same: the order of keys and of elements of a set says nothing."""
        parts = self.parts(raw)
        if parts is not None:
            said = Counter((part.known_by, self.at(part.segment).identity(part.value)) for part in parts)
            return frozenset(said.items())
        if isinstance(raw, list):
            return tuple(self.at(number).identity(item) for number, item in enumerate(raw))
        return _scalar(raw)

    def same(self, left: Value, right: Value) -> bool:
        """Whether two nodes say the same."""
        return left is right or _spelt(left) == _spelt(right) or self.identity(left) == self.identity(right)

    def means(self, left: Value, right: Value) -> bool:
        """Whether two values of an attribute mean the same to its type, though they are spelt otherwise."""
        attribute = self._attribute() if MISSING not in (left, right) else None
        if attribute is None or None in (left, right):
            return False
        try:
            return equal(attribute, *(normalise(attribute, typed(attribute, side)) for side in (left, right)))
        except (WrongValue, NotText, NeedsText):
            return False

    @property
    def relation(self) -> bool:
        """Whether this is all that a relation of a CI has."""
        return self.sort == "ci" and self.path[:1] == ("relations",) and len(self.path) == 2

    @property
    def member(self) -> bool:
        """Whether this is an entry of a relation, or a member of a group."""
        return self.sort == "ci" and self.path[:1] == ("relations",) and len(self.path) % 2 == 1 and len(self.path) > 2

    def _of_ci(self, raw: Value) -> Rule | None:
        path = self.path
        if path[:1] == ("relations",):
            inside = len(path) > 2 and len(path) % 2 == 0 and path[-1] == "of"
            return "members" if len(path) == 2 or inside else None
        attribute = self._attribute() if isinstance(raw, list) else None
        if attribute is not None and attribute.type == "set":
            return "set"
        return (attribute.by,) if attribute is not None and attribute.type == "list" and attribute.by else None

    def _attribute(self) -> Attribute | None:
        """The declaration of the node, by the first schema that has one."""
        if self.sort != "ci" or self.path[:1] != ("attributes",) or len(self.path) < 2:
            return None
        for schema in self.schemas():
            found = self._declared(schema, str(self.path[1]))
            for segment in self.path[2:]:
                found = found.of if found is not None and (found.type == "map" or isinstance(segment, Item)) else None
            if found is not None:
                return found
        return None

    def _declared(self, schema: Schema, name: str) -> Attribute | None:
        """The attribute of the kind; where the file does not say the kind, what all kinds agree upon."""
        if self.kind:
            return schema.attribute(self.kind, name)
        known = list(schema.declarations(name))
        return known[0] if known and len({(one.type, one.by, one.of) for one in known}) == 1 else None

    def _items(self, rule: Rule, items: Sequence[Value]) -> Iterator[Part]:
        attribute = self._attribute()
        for number, item in enumerate(items):
            if rule == "set":
                yield Part(_element(attribute, item), number, number, item)
            elif isinstance(item, dict) and any(item.get(name) is not None for name in rule):
                named = next(name for name in rule if item.get(name) is not None)
                label = Item(named, text_of(item[named]))
                yield Part(tuple(_spelt(item.get(name)) for name in rule), label, number, item)

    def _members(self, items: Sequence[Value]) -> Iterator[Part]:
        """The entries of a relation: targets by their id, groups by their name; unnamed ones by their position among
        those."""
        count = 0
        for number, item in enumerate(items):
            if not isinstance(item, dict) or ("of" not in item and "at_least" not in item):
                name = text_of(item.get("to") if isinstance(item, dict) else item)
                yield Part(("to", name), name, number, item)
            elif item.get("name") is not None:
                yield Part(("group", text_of(item["name"])), text_of(item["name"]), number, item)
            else:
                count += 1
                yield Part((_UNNAMED, count), f"{self.path[1]}#{number + 1}", number, item)


def text_of(raw: Value) -> str:
    """A scalar as the file has it."""
    return raw.text if isinstance(raw, Plain) else raw if isinstance(raw, str) else ""


def _element(attribute: Attribute | None, item: Value) -> Hashable:
    """What an element of a set is, by the type of the set where that is known."""
    if attribute is not None and attribute.of is not None:
        try:
            return key(attribute.of, normalise(attribute.of, typed(attribute.of, item)))
        except (WrongValue, NotText, NeedsText):
            return _spelt(item)
    return _spelt(item)


def _spelt(raw: Value) -> Hashable:
    if isinstance(raw, dict):
        return frozenset((name, _spelt(item)) for name, item in raw.items())
    if isinstance(raw, list):
        return tuple(map(_spelt, raw))
    return _scalar(raw)


def _scalar(raw: Value) -> Hashable:
    """A single value: 1, true and 1.0 differ, and so do 1.1 and 1.10 as a file has them."""
    if isinstance(raw, Plain):
        return Plain, raw.text
    return raw if isinstance(raw, str) else (type(raw), raw)
