"""JSON as the standard means it: what Python's reader lets pass in silence (repeated names, NaN, infinite numbers,
half characters, endless nesting) is refused with a reason in plain words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import NoReturn

from cmdb.model.keypath import quote
from cmdb.model.value import Value

DEPTH_LIMIT = 100
SIZE_LIMIT = 16 * 1024 * 1024
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
        found = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
        )
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
    value = _frozen(found, 0)
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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"{json.dumps(twice)} stands twice in one object")
    return found


def _constant(word: str) -> NoReturn:
    raise NotJson(f"{word} is no JSON number")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NotJson(f"the number {text[:40]} is too large")
    return number


def _frozen(value: Value, depth: int) -> Value:
    if isinstance(value, dict | list) and depth >= DEPTH_LIMIT:
        raise _too_deep()
    if isinstance(value, dict):
        return {name: _frozen(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item, depth + 1) for item in value)
    return value


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
        items = sorted((_name(key, path), item) for key, item in value.items())
        return {name: _plain(item, (*path, name), depth + 1) for name, item in items}
    if isinstance(value, list | tuple):
        return [_plain(item, path, depth + 1) for item in value]
    raise NotJson(f"{_at(path)}{type(value).__name__} is no JSON type; give text, a number, a boolean, a list or a map")


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
    if not isinstance(key, str):
        raise NotJson(f"{_at(path)}the key {key!r} is no text")
    return _text(key, path)


def _at(path: tuple[str, ...]) -> str:
    return ".".join(quote(word) for word in path) + ": " if path else ""
