"""A YAML text as pieces that can be exchanged: each entry, key and item with the comment above it, in whole lines."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cmdb.formats.edits.nodes import Node, compose
from cmdb.formats.edits.operations import Impossible
from cmdb.formats.edits.page import Page, Splice
from cmdb.merging.entries import Entry
from cmdb.merging.lists import Part, Shape
from cmdb.model.value import Value

Style = Literal["key", "item", "document"]
_MARKERS = re.compile(r"^(?:\.\.\.|%)", re.MULTILINE)
_SEPARATOR = re.compile(r"^---[ \t]*(?:#.*)?\n", re.MULTILINE)
_DASH = re.compile(r"-[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a text. From `start` to `begin` they are blank or comments above, and from there to `end` the piece
    itself, which begins in a `column`, and whose value begins in the column `inner`. `top` is `start`, or where the
    separator of a document is. `inline` says that it begins behind a dash, on that line. `step` leads to it."""

    node: Node
    value: Value
    shape: Shape
    style: Style
    top: int
    start: int
    begin: int
    end: int
    column: int
    inner: int
    step: str | int | None = None
    inline: bool = False


Pieces = dict[Hashable, Piece]


@dataclass(frozen=True)
class Sheet:
    """A text that ends with a line end, and its entries with their shapes."""

    text: str
    entries: Mapping[Hashable, Entry]
    shapes: Mapping[Hashable, Shape]

    @cached_property
    def page(self) -> Page:
        """The text by lines."""
        return Page(self.text)

    @cached_property
    def pieces(self) -> Pieces:
        """The entries in order. Raises `Impossible` where they do not stand on lines of their own, or where something
        that stands in one place shows in another."""
        documents = compose(self.text)
        if _MARKERS.search(self.text) or any(node.anchor for root in documents for node in root.walk()):
            raise Impossible("it has anchors, directives or ends of documents")
        found: Pieces = {}
        at = 0
        for key, entry in self.entries.items():
            found[key] = self._entry(documents[entry.document], entry, self.shapes[key], at)
            at = found[key].end
        return found

    def inside(self, piece: Piece) -> Pieces | None:
        """The parts of a piece; None where they do not stand on lines of their own."""
        parts = piece.shape.parts(piece.value)
        if not parts or not piece.node.block or len(piece.node.children) != len(parts):
            return None
        found: Pieces = {}
        at = piece.begin if piece.style == "document" else self.page.next_line(piece.begin)
        try:
            for part in parts:
                found[part.key] = self._part(piece, part, at)
                at = found[part.key].end
        except Impossible:
            return None
        return found

    @property
    def tail(self) -> int:
        """Where the lines below the last entry begin."""
        return max((piece.end for piece in self.pieces.values()), default=0)

    def lead(self, piece: Piece) -> list[str]:
        """The lines above a piece, as if it stood at the left edge."""
        return shifted(self.text[piece.start : piece.begin], -piece.column).splitlines(keepends=True)

    def body(self, piece: Piece) -> str:
        """The lines of a piece as if it stood at the left edge."""
        indent = " " * piece.column if piece.inline else ""
        return shifted(indent + self.text[piece.begin : piece.end], -piece.column)

    def mapping(self, piece: Piece) -> str:
        """The mapping of an entry as if it stood at the left edge, without the dash of an item."""
        return shifted(" " * piece.inner + self.text[piece.node.start : piece.end], -piece.inner)

    def spliced(self, splices: Iterable[Splice]) -> str:
        """The text with the cuts made. Raises `Impossible` where they overlap."""
        parts: list[str] = []
        at = 0
        for splice in sorted(splices, key=lambda one: (one.start, one.end)):
            if splice.start < at:
                raise Impossible("two changes are in each other's way")
            parts += (self.text[at : splice.start], splice.text)
            at = splice.end
        return "".join((*parts, self.text[at:]))

    def _entry(self, root: Node, entry: Entry, shape: Shape, at: int) -> Piece:
        page, listed = self.page, entry.item is not None
        node = root.child(entry.item) if entry.item is not None else root
        if node is None or (listed and root.flow):
            raise Impossible("its entries do not stand on lines of their own")
        first = self._dash(node) if listed else node.start
        begin = self._line(first)
        separators = list(_SEPARATOR.finditer(self.text, at, begin))
        start = separators[-1].end() if separators else at
        top = separators[0].start() if separators and not listed else start
        style: Style = "item" if listed else "document"
        column, inner = page.column(first), page.column(node.start)
        return Piece(node, entry.raw, shape, style, top, start, begin, page.below(node.end), column, inner)

    def _part(self, piece: Piece, part: Part, at: int) -> Piece:
        child = piece.node.child(part.step)
        if child is None:
            raise Impossible("it is written in a way that only people can edit")
        page, shape = self.page, piece.shape.at(part.segment)
        if child.key is None:
            first, style = self._dash(child), "item"
        else:
            first, style = child.key.start, "key"
        inline = at > first
        begin = first if inline else self._line(first)
        if inline and (piece.style != "item" or style != "key" or first != piece.node.start):
            raise Impossible("it is written in a way that only people can edit")
        start = begin if inline else at
        known: Style = "item" if style == "item" else "key"
        shape = _lone(shape, part.value)
        return Piece(
            child, part.value, shape, known, start, start, begin, page.below(child.end),
            page.column(first), page.column(child.start), part.step, inline,
        )  # fmt: skip

    def _line(self, offset: int) -> int:
        """Where the line begins of which an offset is the first that is not blank."""
        begin = self.page.start_of_line(offset)
        if self.text[begin:offset].strip():
            raise Impossible("it shares a line with something else")
        return begin

    def _dash(self, item: Node) -> int:
        begin = self.page.start_of_line(item.start)
        found = _DASH.search(self.text[begin : item.start])
        if found is None:
            raise Impossible("it is written in a way that only people can edit")
        return begin + found.start()


def shifted(text: str, columns: int) -> str:
    """The lines that are not blank moved to the right, or as far as they can to the left."""
    return "".join(_moved(line, columns) if line.strip() else line for line in text.splitlines(keepends=True))


def _moved(line: str, columns: int) -> str:
    if columns >= 0:
        return " " * columns + line
    return line[min(-columns, len(line) - len(line.lstrip(" "))) :]


def _lone(shape: Shape, value: Value) -> Shape:
    """The shape of a relation that is a single group, without a list around it."""
    if isinstance(value, dict) and shape.rule(value) == "members":
        parts = shape.parts(value)
        return shape.at(parts[0].segment) if parts else shape
    return shape
