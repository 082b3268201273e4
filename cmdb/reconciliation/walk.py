"""Going down a key path through a value, and down a pattern through everything that fits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.value import Value
from cmdb.reconciliation.typed import element, redacted


class Nothing(Enum):
    """`ABSENT` stands for a value that is not there, apart from every value that is."""

    ABSENT = "absent"


ABSENT = Nothing.ABSENT


def walk(value: Value, path: KeyPath) -> Value:
    """The value a path leads to; `ABSENT` where there is none, null included. Below a secret everything is secret."""
    for segment in path:
        if redacted(value):
            return value
        value = _step(value, segment)
        if value is ABSENT:
            return ABSENT
    return ABSENT if value is None else value


def expand(value: Value, pattern: KeyPath) -> Iterator[KeyPath]:
    """The paths that fit a pattern. `*` and `**` take what is there; segments without a star need not be there."""
    yield from _expanded(value, pattern, 0, (), set())


def starred(path: KeyPath) -> bool:
    """Whether a path is a pattern."""
    return "*" in path or "**" in path


def _expanded(
    value: Value, pattern: KeyPath, at: int, path: KeyPath, seen: set[tuple[int, KeyPath]]
) -> Iterator[KeyPath]:
    """From a place of the pattern and of the value on; never twice from the same one, lest stars multiply."""
    if (at, path) in seen:
        return
    seen.add((at, path))
    if at == len(pattern):
        yield path
        return
    head = pattern[at]
    if head == "**":
        yield from _expanded(value, pattern, at + 1, path, seen)
    for segment in _segments(value) if head in ("*", "**") else (head,):
        after = at if head == "**" else at + 1
        yield from _expanded(_step(value, segment), pattern, after, (*path, segment), seen)


def _segments(value: Value) -> tuple[Segment, ...]:
    if redacted(value):
        return ()
    if isinstance(value, Mapping):
        return tuple(value)
    return tuple(range(len(value))) if isinstance(value, tuple) else ()


def _step(value: Value, segment: Segment) -> Value:
    if isinstance(value, Mapping):
        return value.get(segment, ABSENT) if isinstance(segment, str) else ABSENT
    if not isinstance(value, tuple):
        return ABSENT
    if isinstance(segment, int):
        return value[segment] if segment < len(value) else ABSENT
    return next((item for item in value if _known(item, segment)), ABSENT)


def _known(item: Value, segment: str | Item) -> bool:
    if isinstance(segment, str):
        return element(item) == segment
    name = item.get(segment.by) if isinstance(item, Mapping) else None
    return name is not None and element(name) == segment.value
