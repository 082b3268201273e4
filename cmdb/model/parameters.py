"""Parameters of baselines: `${name}` stands for a value, alone for the value itself, inside a text for its text.

`$${` is a plain `${`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.plain import Plain
from cmdb.model.value import Value

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_USE = re.compile(r"\$(?:(?P<escaped>\$)(?=\{)|\{(?P<name>[^{}]*)\})")


def used(raw: Value) -> Iterator[str]:
    """The names of the parameters in a tree, in a key path or in a text."""
    if isinstance(raw, str):
        yield from (found["name"] for found in _USE.finditer(raw) if found["name"] is not None)
    elif isinstance(raw, Item):
        yield from used(raw.value)
    elif isinstance(raw, Mapping):
        for item in raw.values():
            yield from used(item)
    elif isinstance(raw, list | tuple):
        for item in raw:
            yield from used(item)


def spelt_out(raw: Value) -> Iterator[str]:
    """The names of the parameters that stand inside a text or in a key path, where only a scalar may."""
    if isinstance(raw, str):
        if not _whole(raw):
            yield from used(raw)
    elif isinstance(raw, Mapping):
        for item in raw.values():
            yield from spelt_out(item)
    elif isinstance(raw, list | tuple):
        for item in raw:
            yield from spelt_out(item)


def _whole(raw: str) -> str | None:
    """The name of the parameter that a text is, if it is nothing else."""
    found = _USE.fullmatch(raw)
    return found["name"] if found else None


def filled(raw: Value, given: Mapping[str, Value]) -> Value:
    """The tree with the values of its parameters. Raises `KeyError` for one that has none, `TypeError` for a list that
    stands inside a text."""
    if isinstance(raw, str):
        return _text(raw, given)
    if isinstance(raw, Mapping):
        return {key: filled(item, given) for key, item in raw.items()}
    if isinstance(raw, list | tuple):
        return [filled(item, given) for item in raw]
    return raw


def filled_path(path: KeyPath, given: Mapping[str, Value]) -> KeyPath:
    """The key path with the texts of its parameters; each stays one segment. Raises like `filled`."""
    return tuple(_segment(segment, given) for segment in path)


def literal(raw: Value) -> Value:
    """A value as it has to be written, so that nothing in it is taken for a parameter."""
    if isinstance(raw, str):
        return raw.replace("${", "$${")
    if isinstance(raw, Mapping):
        return {key: literal(item) for key, item in raw.items()}
    return tuple(map(literal, raw)) if isinstance(raw, list | tuple) else raw


def _text(raw: str, given: Mapping[str, Value]) -> Value:
    if "${" not in raw:
        return raw
    whole = _whole(raw)
    if whole is not None:
        return given[whole]
    return _USE.sub(lambda use: "$" if use["escaped"] else _spelt(given[use["name"]]), raw)


def _segment(segment: Segment, given: Mapping[str, Value]) -> Segment:
    if isinstance(segment, Item):
        return replace(segment, value=_spelt(_text(segment.value, given)))
    return _spelt(_text(segment, given)) if isinstance(segment, str) else segment


def _spelt(raw: Value) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Plain):
        return raw.text
    raise TypeError
