"""The nodes of a YAML text with the offsets where they begin and end, which is all that cutting needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

Kind = Literal["scalar", "alias", "map", "list"]
_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_ENDS: Any = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


@dataclass(slots=True)
class Node:
    """One node. `start` is where its anchor or tag begins, if it has one; `end` is behind its last character, comments
    not counted. `style` tells scalars apart: `|` and `>` are blocks, None is plain. Of an alias, `anchor` is what it
    names. `key` is the node of the key, where it stands in a mapping."""

    kind: Kind
    start: int
    end: int
    flow: bool = False
    style: str | None = None
    anchor: str | None = None
    key: Node | None = None
    name: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing is written there."""
        return self.kind == "scalar" and self.start == self.end

    @property
    def block(self) -> bool:
        """Whether it takes lines of its own."""
        return self.style in ("|", ">") or (self.kind in ("map", "list") and not self.flow)

    def child(self, step: str | int) -> Node | None:
        """The value at a key, or the item at a position."""
        if isinstance(step, int):
            return self.children[step] if self.kind == "list" and step < len(self.children) else None
        return next((child for child in self.children if self.kind == "map" and child.name == step), None)

    def walk(self) -> Iterator[Node]:
        """Itself and everything below."""
        yield self
        for child in self.children:
            if child.key is not None:
                yield child.key
            yield from child.walk()


def compose(text: str) -> list[Node]:
    """The documents of a text that the precise reader has read without a problem."""
    loader = _LOADER(text)
    try:
        return list(_documents(loader.get_event, text))
    finally:
        loader.dispose()


def _documents(take: Callable[[], Any], text: str) -> Iterator[Node]:
    while not isinstance(event := take(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent):
            yield _node(take(), take, text)


def _node(event: Any, take: Callable[[], Any], text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", start, end, anchor=event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        if event.style in ("|", ">"):
            end = _end_of_block(text, start, end)
        return Node("scalar", start, end, style=event.style, anchor=event.anchor, name=str(event.value))
    kind: Kind = "list" if isinstance(event, yaml.SequenceStartEvent) else "map"
    node = Node(kind, start, end, flow=bool(event.flow_style), anchor=event.anchor)
    while not isinstance(event := take(), _ENDS):
        key = _node(event, take, text) if kind == "map" else None
        child = _node(take() if key else event, take, text)
        child.key = key
        if key is not None:
            child.name = key.name
        node.children.append(child)
    node.end = event.end_mark.index if node.flow else max([end, *(child.end for child in node.children)])
    return node


def _end_of_block(text: str, start: int, end: int) -> int:
    """The end of a block scalar: lines left empty below it belong to it only where it keeps them."""
    header = text[start:end].partition("\n")[0].partition("#")[0]
    if "+" in header:
        return end
    return start + len(text[start:end].rstrip())
