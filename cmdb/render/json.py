"""An answer for programs: one JSON object, named and versioned, the same bytes on every run."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cmdb.model.answer import Answer, Screen
from cmdb.model.value import Value

NAME = "json"
_quoted: Callable[[Any], str] = json.encoder.encode_basestring
_TEXT: Mapping[type, Callable[[Any], str]] = {
    str: _quoted,
    int: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
"""How JSON writes what most values are."""


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's data with `format` and `status` in front."""
    head = {"format": f"cmdb.{answer.name}/1", "status": answer.status}
    body = {key: item for key, item in answer.payload().items() if key not in head}
    return dumps({**head, **body})


def dumps(value: Value) -> str:
    """The value as indented JSON with a line end; numbers that JSON cannot say are written as YAML spells them. It is
    what `json.dumps(plain(value), ensure_ascii=False, indent=2)` writes, which takes several times as long."""
    return _indented(value, "\n") + "\n"


def _indented(value: Value, line: str) -> str:
    """The value where lines begin with `line`."""
    if (text := _TEXT.get(type(value))) is not None:
        return text(value)
    deeper = line + "  "
    if isinstance(value, Mapping):
        by_name = {str(key): item for key, item in value.items()}
        items = [f"{_quoted(name)}: {_indented(item, deeper)}" for name, item in by_name.items()]
        return f"{{{deeper}{f',{deeper}'.join(items)}{line}}}" if items else "{}"
    if isinstance(value, list | tuple):
        items = [_indented(item, deeper) for item in value]
        return f"[{deeper}{f',{deeper}'.join(items)}{line}]" if items else "[]"
    return compact(value)


def compact(value: Value) -> str:
    """The same on one line, without a line end."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def plain(value: Value) -> Value:
    """The value as JSON knows it: text keys, lists, and texts for dates and for numbers that JSON cannot say."""
    if type(value) in _TEXT:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return value.isoformat() if isinstance(value, date) else value
