"""From a place to a line: the file is read again, precisely, and only when someone asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cmdb.model.keypath import Item, KeyPath
from cmdb.model.location import Location, Place, Where
from cmdb.model.plain import Plain
from cmdb.model.problem import Problem, Related
from cmdb.model.value import Value

if TYPE_CHECKING:
    from cmdb.formats.yaml.precise import Marks, Pointer, Position


class Places:
    """Resolves the places of one tree of files; each file is read at most once."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._known: dict[str, tuple[Marks, tuple[Value, ...]]] = {}

    def location(self, where: Where) -> Location:
        """The line and column of a place: of the key if it is a mapping's, else of the nearest node around it."""
        if isinstance(where, Location):
            return where
        marks, documents = self._file(where.path)
        line, column = _position(marks, _pointer(where, documents))
        return Location(where.path, line, column)

    def written(self, place: Place) -> bool:
        """Whether the file has a key of just that path."""
        marks, _ = self._file(place.path)
        item = () if place.item is None else (place.item,)
        return (place.document, *item, *place.key_path) in marks.keys

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with lines, each once, in the order of output."""
        found = {self._located(problem): None for problem in problems}
        return tuple(sorted(found, key=lambda problem: problem.sort_key))

    def _located(self, problem: Problem) -> Problem:
        where = None if problem.where is None else self.location(problem.where)
        related = tuple(Related(item.message, self.location(item.where)) for item in problem.related)
        return replace(problem, where=where, related=related)

    def _file(self, path: str) -> tuple[Marks, tuple[Value, ...]]:
        if path not in self._known:
            from cmdb.formats.yaml.precise import Marks, parse

            marks = Marks()
            data = self._read(path)
            parsed = parse(path, data, marks) if data is not None else None
            self._known[path] = (marks, parsed.documents if parsed else ())
        return self._known[path]


def _position(marks: Marks, pointer: Pointer) -> Position:
    while pointer:
        found = marks.keys.get(pointer) or marks.values.get(pointer)
        if found:
            return found
        pointer = pointer[:-1]
    return (1, 1)


def _pointer(place: Place, documents: tuple[Value, ...]) -> Pointer:
    pointer: Pointer = (place.document,) if place.item is None else (place.document, place.item)
    node: Value = documents[place.document] if place.document < len(documents) else None
    if place.item is not None and isinstance(node, list) and place.item < len(node):
        node = node[place.item]
    path = _steps(place.key_path)
    for position, segment in enumerate(path):
        steps, node = _step(node, segment, in_relation=position == 2 and path[0] == "relations")
        pointer = (*pointer, *steps)
        if not steps:
            break
    return pointer


def _steps(path: KeyPath) -> KeyPath:
    return () if path == ("presence",) else path


def _step(node: Value, segment: Value, *, in_relation: bool) -> tuple[Pointer, Value]:
    """The raw steps of one segment, and the node they lead to; no steps where there is no such node."""
    if isinstance(node, dict) and segment in node and not (in_relation and "of" in node and segment != "of"):
        return (segment,), node[segment]
    if in_relation and isinstance(segment, str):
        return _entry(node, segment)
    if isinstance(node, list):
        for index, item in enumerate(node):
            if index == segment or _known_by(item, segment):
                return (index,), item
    return (), None


def _entry(node: Value, name: str) -> tuple[Pointer, Value]:
    """A relation's entry by its target or group, through groups where it is a member."""
    for index, item in enumerate(node if isinstance(node, list) else [node]):
        here: Pointer = (index,) if isinstance(node, list) else ()
        if _text(item) == name:
            return here, item
        if isinstance(item, dict):
            if name in (_text(item.get("to")), _text(item.get("name"))):
                return (here or ("to",)), item
            inner, found = _entry(item.get("of"), name)
            if inner:
                return (*here, "of", *inner), found
    return (), None


def _known_by(item: Value, segment: Value) -> bool:
    if isinstance(segment, Item):
        return isinstance(item, dict) and _text(item.get(segment.by)) == segment.value
    return not isinstance(segment, int) and _text(item) == str(segment)


def _text(raw: Value) -> str | None:
    return raw if isinstance(raw, str) else raw.text if isinstance(raw, Plain) else None
