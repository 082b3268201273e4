"""Where a declared value and an observed one differ: scalars whole, sets per element, maps per declared key, list items
by their key, else whole. Facts only; what they are worth is judged elsewhere.

An element of a set is addressed by its text as one more segment: `attributes.listening_ports.8080`,
`attributes.dns_servers."10.0.0.53"`. One side of it is nothing: an element that was declared and is not there, or one
that is there and was not declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from cmdb.model.keypath import KeyPath, Segment
from cmdb.model.kind import Attribute, Schema
from cmdb.model.types import WrongValue, key, within_tolerance
from cmdb.model.value import Value
from cmdb.reconciliation.sight import Reasons
from cmdb.reconciliation.typed import element, hides, known_by, redacted
from cmdb.reconciliation.walk import ABSENT

Alike = Callable[[Mapping[str, Value], Mapping[str, Value]], bool]
"""Whether the types of equal values are the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value in which two sides differ, at the path from the values compared; `ABSENT` where a side has none."""

    path: KeyPath
    expected: Value
    observed: Value
    reason: str = ""


def differences(
    attribute: Attribute | None, declared: Value, seen: Value, reasons: Reasons, path: KeyPath = ()
) -> Iterator[Difference]:
    """Every difference between a declared value and an observed one, both normalised. `reasons` says by path what in
    the observed value its type refused; `path` is where the values stand."""
    if redacted(seen):
        return
    if path in reasons:
        yield Difference(path, declared, seen, reasons[path])
        return
    shape = _shape(attribute, declared, seen)
    if shape == "map":
        yield from _maps(attribute, declared, {} if seen is ABSENT else seen, reasons, path)
    elif shape == "set":
        yield from _sets(attribute, declared, () if seen is ABSENT else seen, reasons, path)
    elif attribute is not None and shape == "items":
        yield from _items(attribute, declared, () if seen is ABSENT else seen, reasons, path)
    elif seen is ABSENT or not _agree(attribute, declared, seen):
        yield Difference(
            path, declared, seen, next((why for at, why in reasons.items() if at[: len(path)] == path), "")
        )


class Sameness:
    """Recognises, before anything is normalised, CIs whose every declared value was seen just so. Equal is enough for
    text; where 1, True and 1.0 may stand, their types are looked at too."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._alike: dict[str, dict[tuple[str, ...], Alike]] = {kind: {} for kind in schema.kinds}
        self._last: dict[str, tuple[list[str], Alike]] = {}

    def holds(self, kind: str, declared: Mapping[str, Value], seen: Mapping[str, Value]) -> bool:
        """Whether every declared value was seen, in the same types. False says nothing."""
        if declared != seen and not declared.items() <= seen.items():
            return False
        names, last = [*declared], self._last.get(kind)
        if last is None or last[0] != names:
            alike = self._alike[kind].get(tuple(names)) or self._learn(kind, declared)
            last = self._last[kind] = (names, alike)
        return last[1](declared, seen)

    def _learn(self, kind: str, declared: Mapping[str, Value]) -> Alike:
        """What looks at the types of values; remembered for as many shapes of CIs as a fleet has."""
        names = tuple(declared)
        groups: dict[str, list[str]] = {"number": [], "boolean": [], "numbers": [], "other": [], "text": []}
        for name in names:
            groups[_group(self._schema.attribute(kind, name))].append(name)
        alike = _alike(groups["number"], groups["boolean"], groups["numbers"], groups["other"], declared)
        if len(self._alike[kind]) < _SHAPES:
            self._alike[kind][names] = alike
        return alike


def _alike(
    number: Sequence[str],
    boolean: Sequence[str],
    numbers: Sequence[str],
    other: Sequence[str],
    sample: Mapping[str, Value],
) -> Alike:
    """Numbers that a type declares are equal or not, but true is none of them. Nearly all values of an attribute have
    the type that it has in the sample."""
    scalars = (*number, *boolean)
    pick = itemgetter(*scalars, *scalars[:1]) if scalars else tuple
    usual = [*map(type, pick(sample))] if scalars else []

    def alike(declared: Mapping[str, Value], seen: Mapping[str, Value]) -> bool:
        if scalars and [*map(type, pick(seen))] != usual and not _careful(number, boolean, seen):
            return False
        for name in numbers:
            if bool in map(type, seen[name]):
                return False
        return not other or all(identical(declared[name], seen[name]) for name in other)

    return alike


def _careful(number: Sequence[str], boolean: Sequence[str], seen: Mapping[str, Value]) -> bool:
    return not any(isinstance(seen[name], bool) for name in number) and all(
        seen[name].__class__ is bool for name in boolean
    )


def _group(attribute: Attribute | None) -> str:
    """What has to be looked at in equal values of an attribute: nothing where all is text, which equals only itself."""
    if attribute is None:
        return "other"
    if attribute.type not in _COLLECTIONS:
        return "number" if attribute.type in _NUMERIC else "boolean" if attribute.type == "boolean" else "text"
    inner = _group(attribute.of)
    if inner == "number" and attribute.type != "map":
        return "numbers"
    return "text" if inner == "text" else "other"


def identical(one: Value, other: Value) -> bool:
    """Whether two equal values have equal types throughout: 1, True and 1.0 are different values."""
    kind = one.__class__
    if kind is not other.__class__:
        return kind is str
    if kind is dict:
        return {*map(type, one.values())} <= _TEXT or all(identical(item, other[name]) for name, item in one.items())
    if kind is not tuple and kind is not list:
        return True
    types = [*map(type, one)]
    return types == [*map(type, other)] and (_NESTED.isdisjoint(types) or all(map(identical, one, other)))


_NUMERIC = frozenset({"integer", "number", "bytes", "duration", "quantity"})
_COLLECTIONS = frozenset({"list", "set", "map"})
_SHAPES = 10_000
_TEXT = frozenset({str})
_NESTED = frozenset({dict, tuple, list})


def _shape(attribute: Attribute | None, declared: Value, seen: Value) -> str:
    if attribute is None:
        return "map" if isinstance(declared, Mapping) and (isinstance(seen, Mapping) or seen is ABSENT) else "whole"
    if attribute.type == "list" and attribute.by:
        return "items"
    return attribute.type


def _maps(
    attribute: Attribute | None, declared: Value, seen: Value, reasons: Reasons, path: KeyPath
) -> Iterator[Difference]:
    of = attribute.of if attribute else None
    for name, expected in declared.items():
        found = seen.get(name)
        if expected is None or (found.__class__ is expected.__class__ is str and found == expected):
            continue
        if found is None:
            yield Difference((*path, name), expected, ABSENT)
        else:
            yield from differences(of, expected, found, reasons, (*path, name))
    if attribute is not None and attribute.closed:
        for name, found in seen.items():
            if found is not None and declared.get(name) is None:
                yield Difference((*path, name), ABSENT, found, "the map has no other keys")


def _sets(
    attribute: Attribute | None, declared: Value, seen: Value, reasons: Reasons, path: KeyPath
) -> Iterator[Difference]:
    of = attribute.of if attribute else None
    expected = {key(of, item): item for item in declared}
    wrong = {segments[len(path)]: why for segments, why in reasons.items() if segments[: len(path)] == path}
    hidden = False
    for item in seen:
        name = element(item)
        if redacted(item):
            hidden = True
        elif name in wrong:
            yield Difference((*path, name), ABSENT, item, wrong[name])
        elif expected.pop(key(of, item), ABSENT) is ABSENT:
            yield Difference((*path, name), ABSENT, item)
    if not hidden:
        for item in expected.values():
            yield Difference((*path, element(item)), item, ABSENT)


def _items(attribute: Attribute, declared: Value, seen: Value, reasons: Reasons, path: KeyPath) -> Iterator[Difference]:
    known = {known_by(attribute, item): item for item in seen}
    for item in declared:
        segment = known_by(attribute, item)
        found = known.pop(segment, ABSENT)
        if found is ABSENT:
            yield Difference(_below(path, segment), item, ABSENT)
        else:
            yield from differences(attribute.of, item, found, reasons, _below(path, segment))
    for segment, item in known.items():
        yield Difference(_below(path, segment), ABSENT, item)


def _below(path: KeyPath, segment: Segment | None) -> KeyPath:
    return path if segment is None else (*path, segment)


def _agree(attribute: Attribute | None, declared: Value, seen: Value) -> bool:
    if redacted(seen):
        return True
    try:
        if within_tolerance(attribute, declared, seen):
            return True
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return False
    return _veiled(attribute, declared, seen)


def _veiled(attribute: Attribute | None, declared: Value, seen: Value) -> bool:
    """Whether lists or maps agree in everything that is not hidden; False where nothing is."""
    of = attribute.of if attribute else None
    if isinstance(declared, tuple) and isinstance(seen, tuple) and len(declared) == len(seen) and hides(seen):
        return all(_agree(of, one, other) for one, other in zip(declared, seen, strict=True))
    if isinstance(declared, Mapping) and isinstance(seen, Mapping) and declared.keys() == seen.keys() and hides(seen):
        return all(_agree(of, one, seen[name]) for name, one in declared.items())
    return False
