"""The same text of the same attribute means the same in every file, so it is read once and held once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cmdb.formats.matching import all_match, lines
from cmdb.model.value import Value

MOST = 1000
"""Values that are remembered of one attribute; where there are more, they hardly repeat."""


class AsIs(dict[str, str]):
    """Text -> the same text."""

    __slots__ = ()
    __missing__ = staticmethod(str)


class Asked(dict[Any, Value]):
    """What is known, and for everything else what a reader makes of it, which is not remembered. Texts that `usual`
    fits mean themselves."""

    __slots__ = ()
    usual: re.Pattern[str] | None = None


def asked(known: Mapping[Any, Value], read: Callable[[Any], Value], usual: str = "") -> Asked:
    """What is known, and `read` for everything else; texts that fit the pattern `usual` mean themselves."""
    more = {"__slots__": (), "__missing__": staticmethod(read), "usual": lines(usual) if usual else None}
    made: Asked = type("Asked", (Asked,), more)(known)
    return made


def all_stay(meanings: Mapping[Any, Value], texts: Sequence[str]) -> bool:
    """Whether it is plain that each of several texts means itself."""
    if type(meanings) is AsIs:
        return True
    return isinstance(meanings, Asked) and meanings.usual is not None and all_match(meanings.usual, texts)


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
