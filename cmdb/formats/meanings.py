"""The same text of the same attribute means the same in every file, so it is read once and held once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cmdb.model.value import Value

MOST = 1000
"""Values that are remembered of one attribute; where there are more, they hardly repeat."""


class AsIs(dict[str, str]):
    """Text -> the same text."""

    __slots__ = ()
    __missing__ = staticmethod(str)


def asked(known: Mapping[Any, Value], read: Callable[[Any], Value]) -> Mapping[Any, Value]:
    """What is known, and for everything else what `read` makes of it, which is not remembered."""
    made: Mapping[Any, Value] = type("Asked", (dict,), {"__slots__": (), "__missing__": staticmethod(read)})(known)
    return made


class Meanings(dict[Any, Any]):
    """Raw value -> what `read` makes of it, for raw values of one exact type (1, 1.0 and true are one key). What `read`
    refuses is asked again each time, and so is what is met when `most` are remembered; `full` is told then."""

    __slots__ = ("_full", "_most", "_read")

    def __init__(
        self, read: Callable[[Any], Value], most: int = MOST, *, full: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._read = read
        self._most = most
        self._full = full

    def __missing__(self, raw: Any) -> Value:
        value = self._read(raw)
        if len(self) < self._most:
            self[raw] = value
        elif self._full is not None:
            self._full()
        return value
