"""The precise reader: libyaml's events with the source text of every plain scalar, and lines and columns on demand.

It is what the fast reader is held against, the only one that explains errors, and the only one that knows lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from cmdb.formats.yaml.scalars import resolve
from cmdb.model import limits
from cmdb.model.location import Location
from cmdb.model.plain import Plain
from cmdb.model.problem import Problem, Related
from cmdb.model.value import Value

DEPTH_LIMIT = limits.DEPTH
ALIAS_LIMIT = limits.ALIASED

Pointer = tuple[str | int, ...]
Position = tuple[int, int]
"""Line and column, counted from 1."""

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Marks:
    """Positions by pointer (document number, then keys and list positions): of each value, and of each key."""

    values: dict[Pointer, Position] = field(default_factory=dict)
    keys: dict[Pointer, Position] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of a file, or the problems for which it has none. Plain numbers and booleans are `Plain`."""

    documents: tuple[Value, ...] = ()
    problems: tuple[Problem, ...] = ()


class _Refused(Exception):
    def __init__(self, message: str, position: Position, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.position, self.hint = message, position, hint


@dataclass(slots=True)
class _State:
    path: str
    next: Callable[[], Any]
    marks: Marks | None
    tabbed: list[str] | None = None
    anchors: dict[str, tuple[Value, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0
    repeated: int = 0


def parse(path: str, data: bytes, marks: Marks | None = None) -> Parsed:
    """Reads every document of a file. A syntax error ends the reading; duplicate keys are all found."""
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Parsed(problems=(_undecodable(path, data, error),))
    loader = _LOADER(source)
    state = _State(path, loader.get_event, marks, source.splitlines() if "\t" in source else None)
    try:
        documents = _documents(state)
    except _Refused as refused:
        state.problems.append(_syntax(path, refused.message, refused.position, refused.hint))
    except yaml.YAMLError as error:
        state.problems.append(_syntax(path, *_explained(error)))
    finally:
        loader.dispose()
    return Parsed(problems=tuple(state.problems)) if state.problems else Parsed(tuple(documents))


def _documents(state: _State) -> list[Value]:
    documents: list[Value] = []
    while not isinstance(event := state.next(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent):
            state.anchors.clear()
            documents.append(_node(state, state.next(), (len(documents),), 0))
    return documents


def _node(state: _State, event: Any, pointer: Pointer, depth: int) -> Value:
    state.nodes += 1
    if state.marks is not None:
        state.marks.values[pointer] = _position(event)
    if state.tabbed:
        _refuse_tab(state.tabbed, event)
    if isinstance(event, yaml.AliasEvent):
        return _alias(state, event)
    before = state.nodes
    if isinstance(event, yaml.ScalarEvent):
        value = _scalar(event)
    elif depth >= DEPTH_LIMIT:
        raise _Refused(f"nested more than {DEPTH_LIMIT} levels deep", _position(event))
    elif isinstance(event, yaml.SequenceStartEvent):
        _allow(event, "seq")
        value = _sequence(state, pointer, depth)
    else:
        _allow(event, "map")
        value = _mapping(state, pointer, depth)
    if event.anchor is not None:
        state.anchors[event.anchor] = (value, state.nodes - before + 1)
    return value


def _alias(state: _State, event: Any) -> Value:
    if event.anchor not in state.anchors:
        raise _Refused(f"alias '*{event.anchor}' has no anchor before it", _position(event))
    value, nodes = state.anchors[event.anchor]
    state.nodes += nodes
    state.repeated += nodes
    if state.repeated > ALIAS_LIMIT:
        raise _Refused(f"aliases repeat more than {ALIAS_LIMIT:,} values", _position(event), "write the values out")
    return value


def _sequence(state: _State, pointer: Pointer, depth: int) -> list[Value]:
    items: list[Value] = []
    while not isinstance(event := state.next(), yaml.SequenceEndEvent):
        inner = (*pointer, len(items)) if state.marks is not None else pointer
        items.append(_node(state, event, inner, depth + 1))
    return items


def _mapping(state: _State, pointer: Pointer, depth: int) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    keys: dict[str, Any] = {}
    while not isinstance(event := state.next(), yaml.MappingEndEvent):
        key = _key(state, event)
        inner = pointer
        if key in keys:
            state.problems.append(_duplicate(state.path, key, event, keys[key]))
        elif state.marks is not None:
            inner = (*pointer, key)
            state.marks.keys[inner] = _position(event)
        value = _node(state, state.next(), inner, depth + 1)
        if key not in keys:
            keys[key], pairs[key] = event, value
    return pairs


def _key(state: _State, event: Any) -> str:
    if state.tabbed:
        _refuse_tab(state.tabbed, event)
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.AliasEvent):
        known, _ = state.anchors.get(str(event.anchor), (None, 0))
        if isinstance(known, str):
            return known
    raise _Refused("a key has to be text", _position(event))


def _scalar(event: Any) -> Value:
    tag = event.tag
    if tag is None:
        return resolve(event.value) if event.implicit[0] else event.value
    if tag in ("!", _TAG + "str"):
        return event.value
    value = resolve(event.value)
    kind = type(value.value).__name__ if isinstance(value, Plain) else "null" if value is None else "str"
    if tag == _TAG + kind:
        return value
    if tag == _TAG + "float" and kind == "int":
        return Plain(event.value, float(event.value))
    raise _Refused(f"the tag {_shown(tag)} is not allowed here", _position(event), "leave the tag out")


def _refuse_tab(lines: list[str], event: Any) -> None:
    line, column = event.start_mark.line, event.start_mark.column
    before = lines[line][:column] if line < len(lines) else ""
    if "\t" in before[len(before.rstrip()) :]:
        raise _Refused("a tab separates here", (line + 1, len(before.rstrip()) + 1), "use spaces")


def _allow(event: Any, kind: str) -> None:
    if event.tag not in (None, "!", _TAG + kind):
        raise _Refused(f"the tag {_shown(event.tag)} is not allowed here", _position(event), "leave the tag out")


def _shown(tag: str) -> str:
    return "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag


def _position(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _duplicate(path: str, key: str, event: Any, first: Any) -> Problem:
    return Problem(
        "duplicate-key",
        f"the key '{key}' stands here for the second time",
        where=Location(path, *_position(event)),
        related=(Related("first here", Location(path, *_position(first))),),
        hint="keep one of them",
        subject=key,
    )


def _syntax(path: str, message: str, position: Position, hint: str = "") -> Problem:
    return Problem("syntax", message, where=Location(path, *position), hint=hint)


def _explained(error: yaml.YAMLError) -> tuple[str, Position, str]:
    mark = getattr(error, "problem_mark", None)
    message = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = getattr(error, "context", None)
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    tab = "'\\t'" in message or " tab " in message
    hint = "indent with spaces, and separate with spaces; a tab is not allowed here" if tab else ""
    return (f"{message} ({context})" if context else message), position, hint


def _undecodable(path: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
    return Problem("unreadable", "is not UTF-8 text", where=Location(path, line, column), hint="save the file as UTF-8")
