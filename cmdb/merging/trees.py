"""Three-way merge of one tree: what only one side changed is taken from there, and what both changed otherwise is a
disagreement that stays in its place."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cmdb.merging.lists import MISSING, Part, Shape
from cmdb.merging.weaving import weave
from cmdb.model.keypath import KeyPath, Segment
from cmdb.model.value import Value

Side = Literal["before", "ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Both sides changed a value, each in its own way; `MISSING` where a side has none."""

    before: Value
    ours: Value
    theirs: Value


def merged(shape: Shape, base: Value, ours: Value, theirs: Value) -> Value:
    """The node with the changes of both sides, or a disagreement about all of it."""
    plain = whole(shape, base, ours, theirs)
    if not isinstance(plain, Disagreement):
        return plain
    sides = [() if side is MISSING else shape.parts(side) for side in (base, ours, theirs)]
    parts = [side for side in sides if side is not None]
    if len(parts) == len(sides) and shape.comparable((base, ours, theirs)):
        return _combined(shape, (base, ours, theirs), parts)
    if all(isinstance(side, list) for side in (base, ours, theirs)) and shape.rule(base) is None:
        return _woven(shape, base, ours, theirs)
    return ours if shape.means(ours, theirs) else plain


def whole(shape: Shape, base: Value, ours: Value, theirs: Value) -> Value:
    """The node as the one side has it that changed it, or a disagreement."""
    if shape.same(ours, theirs) or shape.same(base, theirs):
        return ours
    return theirs if shape.same(base, ours) else Disagreement(base, ours, theirs)


def settled(tree: Value, side: Side) -> Value:
    """The tree as one side would have it where both disagree; MISSING where that has nothing there."""
    if isinstance(tree, Disagreement):
        return getattr(tree, side)
    if isinstance(tree, dict):
        found = {name: settled(item, side) for name, item in tree.items()}
        return {name: item for name, item in found.items() if item is not MISSING}
    if isinstance(tree, list):
        return [item for item in (settled(one, side) for one in tree) if item is not MISSING]
    return tree


def disagreements(shape: Shape, tree: Value) -> Iterator[tuple[KeyPath, Disagreement]]:
    """Every disagreement of a tree with its key path."""
    if isinstance(tree, Disagreement):
        yield shape.path, tree
    elif isinstance(tree, dict | list):
        for segment, item in _segments(shape, tree):
            yield from disagreements(shape.at(segment), item)


def differences(shape: Shape, left: Value, right: Value) -> Iterator[KeyPath]:
    """The key paths at which two nodes say something else; of relations only which."""
    if shape.same(left, right):
        return
    sides = [() if side is MISSING else shape.parts(side) for side in (left, right)]
    one, other = ({part.key: part for part in side} if side is not None else None for side in sides)
    if not one or not other or shape.relation:
        yield shape.path
        return
    for known in dict.fromkeys((*one, *other)):
        part = one.get(known) or other[known]
        values = (side[known].value if known in side else MISSING for side in (one, other))
        yield from differences(shape.at(part.segment), *values)


def _segments(shape: Shape, tree: Value) -> Iterator[tuple[Segment, Value]]:
    if isinstance(tree, dict) and shape.rule(tree) != "members":
        yield from tree.items()
        return
    for number, item in enumerate(tree if isinstance(tree, list) else [tree]):
        shown = settled(item, "ours")
        shown = settled(item, "theirs") if shown is MISSING else shown
        known = shape.parts([shown])
        yield (known[0].segment if known and shape.rule([]) != "set" else number), item


def _combined(shape: Shape, sides: Sequence[Value], parts: Sequence[Sequence[Part]]) -> Value:
    """A mapping or a list that is merged part by part: ours in our order, then what only they have. An item of a list
    that both made, or that one changed and the other removed, is in doubt as a whole."""
    if _exchanged(shape, parts) or not _unnamed_pair(shape, parts):
        return Disagreement(*sides)
    base, ours, theirs = ({part.key: part for part in side} for side in parts)
    found: list[tuple[Part, Value]] = []
    for known in (*ours, *(known for known in theirs if known not in ours)):
        part = ours.get(known) or theirs[known]
        values = [side[known].value if known in side else MISSING for side in (base, ours, theirs)]
        merge = whole if isinstance(part.step, int) and MISSING in values else merged
        value = merge(shape.at(part.segment), *values)
        if value is not MISSING:
            found.append((part, value))
    if not found and MISSING in sides[1:]:
        return MISSING
    return _arranged(sides, found)


def _arranged(sides: Sequence[Value], found: Sequence[tuple[Part, Value]]) -> Value:
    """The parts as the sides have them: in a mapping, in a list, or one that stands alone."""
    if all(isinstance(part.step, str) for part, _ in found) and any(isinstance(side, dict) for side in sides):
        return {str(part.step): value for part, value in found}
    listed = any(isinstance(side, list) for side in sides[1:])
    return [value for _, value in found] if listed or len(found) != 1 else found[0][1]


def _exchanged(shape: Shape, parts: Sequence[Sequence[Part]]) -> bool:
    """Whether both sides put another target in the place of a relation's only one."""
    single = shape.relation and all(len(side) == 1 for side in parts)
    return single and len({side[0].key for side in parts}) == 3


def _unnamed_pair(shape: Shape, parts: Sequence[Sequence[Part]]) -> bool:
    """Whether it is plain which of the groups without a name are the same: there are as many on all sides, or at most
    one side touched them."""
    base, ours, theirs = (
        [shape.at(part.segment).identity(part.value) for part in side if part.unnamed] for side in parts
    )
    return len(base) == len(ours) == len(theirs) or base in (ours, theirs) or ours == theirs


def _woven(shape: Shape, base: list[Value], ours: list[Value], theirs: list[Value]) -> Value:
    """A list whose order counts: items come and go like lines."""
    items: dict[Hashable, Value] = {}

    def known(side: list[Value]) -> list[Hashable]:
        names = [shape.at(number).identity(item) for number, item in enumerate(side)]
        items.update(zip(names, side, strict=True))
        return names

    found = weave(known(base), known(ours), known(theirs))
    return Disagreement(base, ours, theirs) if found is None else [items[name] for name in found]
