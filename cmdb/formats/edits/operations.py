"""What can be done to the mapping of an entry, and what each operation makes of the tree that a file is read as."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cmdb.formats.writing import Block, Word, flow
from cmdb.formats.yaml.scalars import resolve
from cmdb.model.location import Place
from cmdb.model.plain import Plain
from cmdb.model.value import Value

Steps = tuple[str | int, ...]
"""The way from an entry's mapping to a node: keys, and positions in lists."""


@dataclass(frozen=True, slots=True)
class Put:
    """A value, as `formats.writing` writes it, at a key. Mappings on the way are made where they are missing; a
    position in a list has to be there."""

    path: Steps
    value: Value


@dataclass(frozen=True, slots=True)
class Append:
    """One more item for a list that is there."""

    path: Steps
    value: Value


@dataclass(frozen=True, slots=True)
class Remove:
    """A key with its value, or an item of a list, taken away. A collection that has nothing left stays, empty."""

    path: Steps


Edit = Put | Append | Remove


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one entry that belong together, in order; all of them are made, or none."""

    place: Place
    edits: tuple[Edit, ...]


class Impossible(ValueError):
    """An edit that cannot be made here, and why, in plain words."""


def applied(root: Value, edit: Edit) -> Value:
    """The tree of an entry as it will be read once the edit is made; the one given stays as it is. Raises
    `Impossible`."""
    tree = deepcopy(root)
    try:
        _apply(tree, edit)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Impossible("the file has something else there") from None
    return tree


def reads_as(wanted: Value, raw: Value) -> bool:
    """Whether two trees that were read are the same, down to the text of each plain scalar."""
    if isinstance(wanted, Plain):
        return isinstance(raw, Plain) and raw.text == wanted.text
    if isinstance(wanted, dict):
        return (
            isinstance(raw, dict)
            and wanted.keys() == raw.keys()
            and all(reads_as(item, raw[name]) for name, item in wanted.items())
        )
    if isinstance(wanted, list):
        return isinstance(raw, list) and len(wanted) == len(raw) and all(map(reads_as, wanted, raw))
    return type(wanted) is type(raw) and bool(wanted == raw)


def as_read(written: Value) -> Value:
    """What the precise reader makes of a value that is written."""
    if isinstance(written, Word):
        resolved = resolve(written.text)
        return written.text if resolved is None else resolved
    if isinstance(written, Block):
        return as_read(written.fields)
    if isinstance(written, Mapping):
        return {name: as_read(item) for name, item in written.items()}
    if isinstance(written, list | tuple):
        return [as_read(item) for item in written]
    return written if isinstance(written, str) else resolve(flow(written))


def as_it_was(raw: Value) -> Value:
    """A tree that was read as something that is written just so again."""
    if isinstance(raw, Plain):
        return Word(raw.text)
    if isinstance(raw, Mapping):
        return {name: as_it_was(item) for name, item in raw.items()}
    return [as_it_was(item) for item in raw] if isinstance(raw, list | tuple) else raw


def _apply(root: Any, edit: Edit) -> None:
    *way, last = edit.path
    node = root
    for step in way:
        if isinstance(step, str) and isinstance(edit, Put) and node.get(step) is None:
            node[step] = {}
        node = node[step]
    if isinstance(edit, Remove):
        del node[last]
    elif isinstance(edit, Append):
        _list(node[last]).append(as_read(edit.value))
    elif isinstance(last, str):
        _mapping(node)[last] = as_read(edit.value)
    else:
        _list(node)[last] = as_read(edit.value)


def _list(node: Any) -> list[Any]:
    if not isinstance(node, list):
        raise TypeError
    return node


def _mapping(node: Any) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise TypeError
    return node
