"""A value with one observed part, and the edits that make a file say it: only where it says something else."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from cmdb.formats.edits.operations import Append, Edit, Put, Remove, Steps
from cmdb.formats.writing import Word, as_written
from cmdb.model.keypath import Item, KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.plain import NeedsText, NotText, typed
from cmdb.model.types import WrongValue, equal, key, normalise
from cmdb.model.value import Value
from cmdb.reconciliation.typed import element, known_by
from cmdb.reconciliation.walk import ABSENT


def with_part(value: Value, path: KeyPath, part: Value) -> Value:
    """The value with another part at a path below it, `ABSENT` to take it away. Elements of sets are addressed by their
    text, as deviations do. Raises `KeyError` where the value has no such place."""
    if not path:
        return part
    head, rest = path[0], path[1:]
    if isinstance(value, tuple):
        return _with_member(value, head, rest, part)
    if value is not ABSENT and not isinstance(value, Mapping):
        raise KeyError(head)
    known = {} if value is ABSENT else dict(value)
    inner = with_part(known.get(head, ABSENT), rest, part)
    if inner is ABSENT:
        known.pop(head, None)
        return known
    return {**known, head: inner}


def edits(attribute: Attribute | None, raw: Value, wanted: Value, path: Steps) -> Iterator[Edit]:
    """The edits that turn what a file says at a path into a normalised value, in the order they have to be made. Maps
    change by key, sets by element and lists by item, as far as the type knows them apart."""
    if raw is not None and _means(attribute, raw, wanted):
        return
    kind = attribute.type if attribute is not None else "map"
    if isinstance(raw, dict) and isinstance(wanted, Mapping) and kind == "map":
        yield from _map(attribute, raw, wanted, path)
    elif isinstance(raw, list) and isinstance(wanted, tuple) and attribute is not None and _keyed(attribute, wanted):
        yield from _members(attribute, raw, wanted, path)
    else:
        yield Put(path, as_written(attribute, wanted))


def refusal(attribute: Attribute | None, value: Value) -> str:
    """Why a value cannot be declared: its type would refuse it. Empty where it can."""
    if attribute is None:
        return ""
    try:
        normalise(attribute, _spelt(as_written(attribute, value)))
    except WrongValue as wrong:
        return str(wrong)
    return ""


def _with_member(value: tuple[Value, ...], head: Value, rest: KeyPath, part: Value) -> Value:
    position = next((number for number, item in enumerate(value) if _known(item, head)), None)
    if position is None:
        if rest or part is ABSENT:
            raise KeyError(head)
        return (*value, part)
    inner = with_part(value[position], rest, part)
    return (*value[:position], *(() if inner is ABSENT else (inner,)), *value[position + 1 :])


def _known(item: Value, segment: Value) -> bool:
    if isinstance(segment, Item):
        return isinstance(item, Mapping) and segment.by in item and element(item[segment.by]) == segment.value
    return bool(element(item) == segment)


def _map(
    attribute: Attribute | None, raw: dict[str, Value], wanted: Mapping[str, Value], path: Steps
) -> Iterator[Edit]:
    of = attribute.of if attribute else None
    for name, item in raw.items():
        if item is not None and wanted.get(name) is None:
            yield Remove((*path, name))
    for name, item in wanted.items():
        if item is not None:
            yield from edits(of, raw.get(name), item, (*path, name))


def _keyed(attribute: Attribute, wanted: tuple[Value, ...]) -> bool:
    if attribute.type == "set":
        return True
    return bool(attribute.by) and all(known_by(attribute, item) is not None for item in wanted)


def _members(attribute: Attribute, raw: list[Value], wanted: tuple[Value, ...], path: Steps) -> Iterator[Edit]:
    """First what changes where it stands, then what goes, from the end, then what is new."""
    left = {_name(attribute, item): item for item in wanted}
    gone: list[int] = []
    for number, item in enumerate(raw):
        known = left.pop(_raw_name(attribute, item), ABSENT)
        if known is ABSENT:
            gone.append(number)
        elif attribute.type != "set":
            yield from edits(attribute.of, item, known, (*path, number))
    for number in reversed(gone):
        yield Remove((*path, number))
    for item in left.values():
        yield Append(path, as_written(attribute.of, item))


def _name(attribute: Attribute, item: Value) -> Hashable:
    return key(attribute.of, item) if attribute.type == "set" else known_by(attribute, item)


def _raw_name(attribute: Attribute, raw: Value) -> Hashable:
    """What tells an item of the file from others; None, which no item is, where it cannot be read."""
    try:
        return _name(attribute, _read(attribute.of, raw))
    except WrongValue:
        return None


def _means(attribute: Attribute | None, raw: Value, wanted: Value) -> bool:
    try:
        return equal(attribute, _read(attribute, raw), wanted)
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return False


def _read(attribute: Attribute | None, raw: Value) -> Value:
    try:
        value = typed(attribute, raw)
    except (NotText, NeedsText) as wrong:
        raise WrongValue("a single value is expected") from wrong
    return value if attribute is None else normalise(replace(attribute, minimum=None, maximum=None, pattern=""), value)


def _spelt(written: Value) -> Value:
    """What is written, as its type gets to read it."""
    if isinstance(written, Word):
        return written.text
    if isinstance(written, Mapping):
        return {name: _spelt(item) for name, item in written.items()}
    return tuple(map(_spelt, written)) if isinstance(written, list | tuple) else written
