"""Values as the YAML that a person would write: blocks for what is long, one line for what is short, and quotes only
where a plain scalar would mean something else."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.formats.yaml.scalars import resolve
from cmdb.model.kind import Attribute
from cmdb.model.types import text, wants_text
from cmdb.model.value import Value

WIDTH = 100
"""Columns up to which a list or a mapping of scalars stays on one line."""

_UNPRINTABLE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_START = r"(?![-?:,\[\]{}#&*!|>'\"%@`\s]|\.\.|<<)"
_PLAIN = re.compile(rf"{_START}(?:(?!:(?:\s|$)|\s#)[^{_UNPRINTABLE}])+(?<!\s)")
_FLOW = re.compile(rf"{_START}(?:(?!:(?:\s|$)|\s#)[^,\[\]{{}}{_UNPRINTABLE}])+(?<!\s)")
_ESCAPED = re.compile(rf"[{_UNPRINTABLE}]")


@dataclass(frozen=True, slots=True)
class Word:
    """Text in a place where the reader knows that it is text, so that `no`, `1.10` and `012` need no quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping that has a line for each key, however short it is."""

    fields: Mapping[str, Value]


def document(fields: Mapping[str, Value]) -> str:
    """A mapping as a YAML document. Scalars are None, booleans, numbers, text and `Word`."""
    return "".join(f"{line}\n" for line in _block(fields)) or "{}\n"


def as_written(attribute: Attribute | None, value: Value) -> Value:
    """A normalised value with its text as people write it (`32 GiB`), for the reader that knows its type."""
    if attribute is None or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: as_written(attribute.of, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(as_written(attribute.of, item) for item in value)
    return Word(text(attribute, value)) if wants_text(attribute) else value


def on_one_line(value: Value, width: int) -> str | None:
    """The value on one line; None where it is too long for that, or too deep."""
    return _short(value, width)


def flow(value: Value) -> str:
    """The value on one line, however long and deep, for a place within brackets."""
    if isinstance(value, Block):
        return flow(value.fields)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key, flow=True)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _scalar(value, flow=True)


def block_lines(value: Value, indent: int = 0) -> list[str]:
    """A collection with a line for each key or item, to be indented so far by the caller."""
    return list(_block(value, WIDTH - indent))


def item_lines(value: Value, indent: int = 0) -> list[str]:
    """The lines of one item of a list, dash included, to be indented so far by the caller."""
    return list(_item(value, WIDTH - indent))


def _entry(start: str, value: Value, width: int) -> Iterator[str]:
    """What stands after a key: on the same line where it fits, else indented below."""
    short = _short(value, width - len(start))
    if short is not None:
        yield f"{start} {short}"
    else:
        yield start
        yield from (f"  {line}" for line in _block(value, WIDTH))


def _block(value: Value, width: int = WIDTH) -> Iterator[str]:
    if isinstance(value, Block):
        yield from _block(value.fields, width)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(f"{_scalar(key)}:", item, width)
    else:
        for item in value:
            yield from _item(item, width)


def _item(value: Value, width: int = WIDTH) -> Iterator[str]:
    short = _short(value, width)
    lines = _block(value) if short is None else iter([short])
    yield f"- {next(lines)}"
    yield from (f"  {line}" for line in lines)


def _short(value: Value, width: int) -> str | None:
    """The value on one line; None for a collection that is too long for that, or that holds collections itself."""
    if not _nested(value):
        return _scalar(value)
    if isinstance(value, Block):
        return None if value.fields else "{}"
    if isinstance(value, Mapping):
        items = [] if any(map(_nested, value.values())) else [_pair(*pair) for pair in value.items()]
        line = "{" + ", ".join(items) + "}"
    else:
        items = [] if any(map(_nested, value)) else [_scalar(item, flow=True) for item in value]
        line = "[" + ", ".join(items) + "]"
    return None if len(items) < len(value) or len(line) > width else line


def _pair(key: str, value: Value) -> str:
    return f"{_scalar(key, flow=True)}: {_scalar(value, flow=True)}"


def _nested(value: Value) -> bool:
    return isinstance(value, Mapping | Block | list | tuple)


def _scalar(value: Value, *, flow: bool = False) -> str:
    if isinstance(value, Word):
        return _quoted(value.text) if resolve(value.text) is None else _text(value.text, flow=flow)
    if isinstance(value, str):
        return _text(value, flow=flow) if isinstance(resolve(value), str) else _quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return repr(value)


def _text(text: str, *, flow: bool = False) -> str:
    return text if (_FLOW if flow else _PLAIN).fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
