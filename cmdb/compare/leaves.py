"""Nested values as single ones with a key path each: the unit that changes, that is shown, and that can be put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cmdb.model.change import AttributeChange
from cmdb.model.keypath import Item, KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.types import equal
from cmdb.model.value import Value

_SCALARS = (str, int, float, type(None))
Leaves = dict[KeyPath, tuple[Attribute | None, Value]]


def leaves(path: KeyPath, attribute: Attribute | None, value: Value) -> Leaves:
    """The values below a path with their declarations. Maps are opened, lists with `by` come as items known by it;
    everything else is one value, an empty map or list too."""
    if isinstance(value, Mapping) and (attribute is None or attribute.type == "map"):
        return _inside(path, attribute, value) or {path: (attribute, {})}
    items = keyed(attribute, value)
    if attribute is None or not items:
        return {path: (attribute, value)}
    return {(*path, Item(attribute.by, label)): (attribute.of, item) for label, item in items.items()}


def keyed(attribute: Attribute | None, items: Value) -> dict[str, Mapping[str, Value]] | None:
    """The items of a list by what they are known by; None where the list is no such list."""
    if attribute is None or attribute.type != "list" or not attribute.by or not isinstance(items, tuple):
        return None
    found = {label: item for item in items if (label := _label(attribute.by, item))}
    return found if len(found) == len(items) else None


def differences(before: Leaves, after: Leaves) -> Iterator[AttributeChange]:
    """What differs between two sets of leaves, item by item where a list's items are known."""
    for path in {**before, **after}:
        if path not in after:
            yield AttributeChange(path, before[path][1], None, before[path][0])
        elif path not in before:
            yield AttributeChange(path, None, after[path][1], after[path][0])
        elif isinstance(path[-1], Item):
            yield from differences(_item(path, *before[path]), _item(path, *after[path]))
        else:
            (left, old), (right, new) = before[path], after[path]
            if not equal(right if comparable(left, right) else None, old, new):
                yield AttributeChange(path, old, new, right if comparable(left, right) else None)


def comparable(left: Attribute | None, right: Attribute | None) -> bool:
    """Whether two declarations read values alike."""
    if left is None or right is None:
        return left is right
    mine, other = ((a.type, a.scheme, a.by, a.unit) for a in (left, right))
    return mine == other and comparable(left.of, right.of)


def same_types(left: Value, right: Value) -> bool:
    """Whether two values that are equal for Python are so for us: 1, true and 1.0 differ. Text, the most of what there
    is, needs no second look."""
    if isinstance(left, _SCALARS):
        return type(left) is type(right)
    if isinstance(left, Mapping):
        doubtful = [key for key, item in left.items() if type(item) is not str]
        return all(same_types(left[key], right[key]) for key in doubtful)
    return all(map(same_types, left, right)) if isinstance(left, tuple) else True


def without(root: Value, path: KeyPath) -> Value:
    """The value without what stands at a path; maps and lists that have nothing left go too, up to None."""
    if not path or root is None:
        return None
    head, rest = path[0], path[1:]
    if isinstance(head, Item):
        kept = {label: item for label, item in _items(head.by, root).items() if label != head.value}
        if rest:
            kept[head.value] = without(_items(head.by, root).get(head.value), rest)
        return tuple(item for _, item in sorted(kept.items()) if item is not None) or None
    kept = dict(root) if isinstance(root, Mapping) else {}
    left = without(kept.pop(str(head), None), rest)
    return {**kept, head: left} if left is not None else kept or None


def with_value(root: Value, path: KeyPath, value: Value) -> Value:
    """The value with another at a path; maps and lists on the way are made where they are missing."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(head, Item):
        items = _items(head.by, root)
        changed = {**items, head.value: with_value(items.get(head.value), rest, value)}
        return tuple(item for _, item in sorted(changed.items()))
    known = root if isinstance(root, Mapping) else {}
    return {**known, head: with_value(known.get(head), rest, value)}


def _inside(path: KeyPath, attribute: Attribute | None, value: Mapping[str, Value]) -> Leaves:
    of = attribute.of if attribute else None
    found: Leaves = {}
    for key, item in value.items():
        if item is not None:
            found |= leaves((*path, key), of, item)
    return found


def _item(path: KeyPath, of: Attribute | None, item: Value) -> Leaves:
    return _inside(path, of if of and of.type == "map" else None, item)


def _items(by: str, items: Value) -> dict[str, Any]:
    return {_label(by, item) or "": item for item in items} if isinstance(items, tuple) else {}


def _label(by: str, item: Value) -> str:
    """What an item is known by; empty where it lacks the field."""
    label = item.get(by) if isinstance(item, Mapping) else None
    return str(label) if isinstance(label, str | int) and not isinstance(label, bool) else ""
