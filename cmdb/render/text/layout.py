"""Blocks as lines of spans. Running text wraps between words; the entries of a listing stay on one line each, so that
a search finds whole facts."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.document import Block, Code, Document, Entry, Heading, Listing, Paragraph, Span, Table, parts
from cmdb.render.text.table import table_lines
from cmdb.render.text.words import Line, hard_lines, wrapped

INDENT = 4


def lines(document: Document, width: int) -> Iterator[Line]:
    """The document's lines: an empty one between blocks, but none between a heading and what it is the title of."""
    above: Block | None = None
    for block in document.blocks:
        if above is not None and (isinstance(block, Heading) or not isinstance(above, Heading)):
            yield ()
        yield from _block(block, width)
        above = block


def _block(block: Block, width: int) -> Iterator[Line]:
    match block:
        case Heading(text):
            yield from hard_lines(parts(Span(text, "strong")))
        case Paragraph(text):
            yield from wrapped(parts(text), width)
        case Listing(items):
            for item in items:
                yield from _entry(item, 0)
        case Table():
            yield from table_lines(block, width)
        case Code(text):
            yield from hard_lines(parts(text.removesuffix("\n")))


def _entry(entry: Entry, depth: int) -> Iterator[Line]:
    first, *rest = hard_lines(parts(entry.text))
    yield _indented(first, depth)
    for line in rest:
        yield _indented(line, depth + 1)
    for below in entry.below:
        yield from _entry(below, depth + 1)


def _indented(line: Line, depth: int) -> Line:
    return (Span(" " * (INDENT * depth)), *line) if depth and line else line
