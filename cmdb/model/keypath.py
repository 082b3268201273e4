"""Key paths: the one address of every value of a CI.

A path is a tuple of segments: text for a mapping's key, a number for a list's position, `Item` for a list item known
by one of its fields. Its text form joins segments with dots: `attributes.packages."python3.11"`, `nics[name=eth0].mtu`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """The list item whose field `by` has the value `value`."""

    by: str
    value: str


Segment = str | int | Item
KeyPath = tuple[Segment, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BARE_PATTERN = re.compile(r"[A-Za-z0-9_*-]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class KeyPathError(ValueError):
    """A text that is no key path; `position` is the offset of the first wrong character."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def quote(word: str) -> str:
    """The word as one segment, quoted where it has to be."""
    return word if _BARE.fullmatch(word) else json.dumps(word, ensure_ascii=False)


def format_path(path: KeyPath) -> str:
    """The text of a key path; `parse_path` reads it back."""
    parts: list[str] = []
    for segment in path:
        if isinstance(segment, str):
            parts.append(("." if parts else "") + quote(segment))
        elif isinstance(segment, int):
            parts.append(f"[{segment}]")
        else:
            parts.append(f"[{quote(segment.by)}={quote(segment.value)}]")
    return "".join(parts)


def parse_path(text: str, *, pattern: bool = False) -> KeyPath:
    """The segments of a key path. With `pattern`, `*` and `**` are segments too. Raises `KeyPathError`."""
    path: list[Segment] = []
    position = 0
    while position < len(text):
        if text[position] == "[":
            segment, position = _item(text, position + 1)
            path.append(segment)
            continue
        if path:
            if text[position] != ".":
                raise KeyPathError("expected '.' or '['", position)
            position += 1
        word, position = _word(text, position, _BARE_PATTERN if pattern else _BARE)
        path.append(word)
    if not path:
        raise KeyPathError("a key path needs at least one segment", 0)
    return tuple(path)


def _word(text: str, position: int, bare: re.Pattern[str] = _BARE) -> tuple[str, int]:
    if quoted := _QUOTED.match(text, position):
        try:
            return json.loads(quoted[0]), quoted.end()
        except ValueError:
            raise KeyPathError("a quoted segment uses JSON's escapes", position) from None
    if found := bare.match(text, position):
        return found[0], found.end()
    raise KeyPathError("expected a name; other characters than A-Z a-z 0-9 _ - need double quotes", position)


def _item(text: str, position: int) -> tuple[int | Item | str, int]:
    if number := re.compile(r"(\d+)\]").match(text, position):
        return int(number[1]), number.end()
    if text.startswith("*]", position):
        return "*", position + 2
    by, position = _word(text, position)
    if text[position : position + 1] != "=":
        raise KeyPathError("expected a position, or NAME=VALUE", position)
    value, position = _word(text, position + 1)
    if text[position : position + 1] != "]":
        raise KeyPathError("expected ']'", position)
    return Item(by, value), position + 1


def matches(pattern: KeyPath, path: KeyPath) -> bool:
    """Whether a path fits a pattern: `*` is any one segment, `**` any number of them."""
    here = there = 0
    star, taken = -1, 0
    while there < len(path):
        if here < len(pattern) and pattern[here] == "**":
            star, taken, here = here, there, here + 1
        elif here < len(pattern) and pattern[here] in ("*", path[there]):
            here, there = here + 1, there + 1
        elif star >= 0:
            taken += 1
            here, there = star + 1, taken
        else:
            return False
    return all(segment == "**" for segment in pattern[here:])
