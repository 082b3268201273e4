"""What a plain YAML scalar is: its text, and what the core schema of YAML 1.2 (section 10.3.2) makes of it."""

from __future__ import annotations

import math
import re

from cmdb.model.plain import Plain
from cmdb.model.value import Value

_INTEGER = re.compile(r"[-+]?[0-9]+")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_MAY_BE_MORE = frozenset("+-.0123456789~nNtTfF")


def resolve(text: str) -> Value:
    """A plain scalar by the core schema: None, text, or `Plain` with a boolean or number.

    A number that no float can hold (`1e400`) stays text, so that nothing is lost.
    """
    if text[:1] not in _MAY_BE_MORE and text:
        return text
    if text in _WORDS:
        word = _WORDS[text]
        return None if word is None else Plain(text, word)
    number = _number(text)
    return text if number is None else Plain(text, number)


def _number(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 4000 else None
    if _RADIX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return None if math.isinf(number) else number
    if infinite := _INFINITE.fullmatch(text):
        return -math.inf if infinite[1] == "-" else math.inf
    return math.nan if text in _NAN else None
