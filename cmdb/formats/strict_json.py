"""JSON as the standard means it: what Python's reader lets pass in silence (repeated names, NaN, infinite numbers,
half characters, endless nesting) is refused with a reason in plain words."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import NoReturn

from cmdb.model import limits
from cmdb.model.keypath import quote
from cmdb.model.value import Value

DEPTH_LIMIT = limits.JSON_DEPTH
SIZE_LIMIT = limits.FILE_SIZE
"""Bytes of one document."""

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_AROUND = 2
"""Levels that a line of a snapshot wraps around a value."""


class NotJson(ValueError):
    """A text that is no JSON, or a value that JSON does not have; says why in plain words."""


def loads(data: bytes) -> Value:
    """The value of one document, with tuples for lists. Raises `NotJson`."""
    if len(data) > SIZE_LIMIT:
        raise NotJson(f"longer than {SIZE_LIMIT // 2**20} MiB")
    try:
        value = _frozen(_DECODER.decode(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8: byte 0x{data[error.start]:02x} at column {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON: {error.msg.removesuffix(' at')} at column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    except NotJson:
        raise
    except ValueError:
        raise NotJson("a number has more digits than can be read") from None
    if data.count(b"{") + data.count(b"[") > DEPTH_LIMIT:
        _shallow(value, 0)
    if _HALF_CHARACTER.search(data):
        _whole_characters(value)
    return value


def plain(value: Value, *path: str) -> Value:
    """The value as JSON has it: dicts with sorted names, and lists. Raises `NotJson`, naming the key path."""
    return _plain(value, path, _AROUND)


def dumps(document: Value) -> str:
    """A document made of `plain` values, on one line, in ASCII: no terminal and no line splitter stumbles over it."""
    try:
        return json.dumps(document, allow_nan=False)
    except ValueError:
        raise NotJson("a number has more digits than can be written") from None


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise NotJson(f"{json.dumps(twice)} stands twice in one object")
    for name, value in pairs:
        if type(value) is list:
            found[name] = _frozen(value)
    return found


def _frozen(value: Value) -> Value:
    """Objects are seen by `_object`, innermost first; what is left are lists."""
    return tuple(map(_frozen, value)) if type(value) is list else value


def _constant(word: str) -> NoReturn:
    raise NotJson(f"{word} is no JSON number")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NotJson(f"the number {text[:40]} is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)


def _shallow(value: Value, depth: int) -> None:
    if isinstance(value, dict | tuple):
        if depth >= DEPTH_LIMIT:
            raise _too_deep()
        for item in value.values() if isinstance(value, dict) else value:
            _shallow(item, depth + 1)


def _too_deep() -> NotJson:
    return NotJson(f"nested more than {DEPTH_LIMIT} levels deep")


def _whole_characters(value: Value) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotJson("an escape such as \\ud800 stands for half a character") from None


def _plain(value: Value, path: tuple[str, ...], depth: int) -> Value:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, float):
        return _finite(value, path)
    if depth >= DEPTH_LIMIT:
        raise _too_deep()
    if isinstance(value, Mapping):
        names = sorted([_name(key, path) for key in value])
        return {name: _item(value[name], name, path, depth + 1) for name in names}
    if isinstance(value, list | tuple):
        return [_plain(item, path, depth + 1) for item in value]
    raise NotJson(f"{_at(path)}{type(value).__name__} is no JSON type; give text, a number, a boolean, a list or a map")


def _item(value: Value, name: str, path: tuple[str, ...], depth: int) -> Value:
    """Most values are short cuts."""
    kind = type(value)
    if kind is int or kind is bool or (kind is str and value.isascii()):
        return value
    return _plain(value, (*path, name), depth)


def _text(text: str, path: tuple[str, ...]) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NotJson(f"{_at(path)}text with bytes that are no UTF-8") from None
    return text


def _finite(number: float, path: tuple[str, ...]) -> float:
    if not math.isfinite(number):
        raise NotJson(f"{_at(path)}{number} is no JSON number")
    return number


def _name(key: object, path: tuple[str, ...]) -> str:
    if isinstance(key, str):
        return key if key.isascii() else _text(key, path)
    raise NotJson(f"{_at(path)}the key {key!r} is no text")


def _at(path: tuple[str, ...]) -> str:
    return ".".join(quote(word) for word in path) + ": " if path else ""
