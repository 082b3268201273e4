"""An answer for programs: one JSON object, named and versioned, the same bytes on every run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date

from cmdb.model.answer import Answer, Screen
from cmdb.model.value import Value

NAME = "json"


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's data with `format` and `status` in front."""
    head = {"format": f"cmdb.{answer.name}/1", "status": answer.status}
    body = {key: item for key, item in answer.payload().items() if key not in head}
    return dumps({**head, **body})


def dumps(value: Value) -> str:
    """The value as indented JSON with a line end; numbers that JSON cannot say are written as YAML spells them."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def compact(value: Value) -> str:
    """The same on one line, without a line end."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def plain(value: Value) -> Value:
    """The value as JSON knows it: text keys, lists, and texts for dates and for numbers that JSON cannot say."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return value.isoformat() if isinstance(value, date) else value
