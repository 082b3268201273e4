"""Writing the YAML of generated files: fast, and quoted only where it has to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9._:/@+()-]| (?! ))*")
_MEANS_MORE = re.compile(
    r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0[xob].*|true|false|yes|no|on|off|null|y|n|.*:(?: .*)?",
    re.IGNORECASE | re.DOTALL,
)


class Unquoted(str):
    """Text that is written without quotes though it reads as a number."""

    __slots__ = ()


def block(fields: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """The lines of a mapping: scalars and lists on a line each, mappings below their key."""
    for key, value in fields.items():
        if isinstance(value, Mapping) and key in ("attributes", "relations", "expect"):
            yield f"{indent}{key}:\n"
            yield from block(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"{indent}{key}:\n"
            yield from (f"{indent}  - {flow(item)}\n" for item in value)
        else:
            yield f"{indent}{key}: {flow(value)}\n"


def listed(entries: list[Mapping[str, Any]]) -> str:
    """Several mappings as the items of one list."""
    return "".join(line for entry in entries for line in _item(entry))


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


def scalar(text: str) -> str:
    """Text that every reader of YAML reads as that text."""
    if isinstance(text, Unquoted) or (_PLAIN.fullmatch(text) and not _MEANS_MORE.fullmatch(text)):
        return text
    return json.dumps(text, ensure_ascii=False)


def _item(entry: Mapping[str, Any]) -> Iterator[str]:
    lead = "- "
    for line in block(entry):
        yield lead + line
        lead = "  "
