"""A document cut to a length, for places that refuse more: whole entries from the front, how many are left off, and the
last paragraph, which says what it all comes to."""

from __future__ import annotations

from collections.abc import Callable

from cmdb.model.document import Block, Document, Heading, Listing, Paragraph, Span, Table, parts

Length = Callable[[Document], int]
"""The characters that a document takes, the line end of its last block included."""


def fitted(document: Document, length: Length, limit: int, taken: int = 0) -> Document:
    """The document, or as much of its front as takes at most `limit` characters together with its last paragraph and
    with what is `taken` already."""
    if length(document) <= limit - taken:
        return document
    *blocks, last = document.blocks
    end = _shortened(last, length, limit // 4)
    room = limit - taken - _cost(end, length) - _cost(_note(10**9, limit), length)
    kept: list[Block] = []
    for block in blocks:
        part = _front(block, length, room)
        kept += [part] if part else []
        if part is not block:
            break
        room -= _cost(part, length)
    while kept and isinstance(kept[-1], Heading):
        kept.pop()
    left = sum(map(_entries, blocks)) - sum(map(_entries, kept))
    return Document((*kept, _note(left, limit), end))


def _cost(block: Block, length: Length) -> int:
    """With the empty line between blocks."""
    return length(Document((block,))) + 1


def _front(block: Block, length: Length, room: int) -> Block | None:
    """The block itself where there is room, or as many of its entries as there is room for."""
    if _cost(block, length) <= room:
        return block
    match block:
        case Listing(items):
            count = _count([length(Document((Listing((item,)),))) for item in items], room - 1)
            return Listing(items[:count]) if count else None
        case Table(columns, rows):
            head = length(Document((Table(columns, ()),)))
            count = _count([length(Document((Table(columns, (row,)),))) - head for row in rows], room - 1 - head)
            return Table(columns, rows[:count]) if count else None
    return None


def _count(sizes: list[int], room: int) -> int:
    """How many from the front have room."""
    for count, size in enumerate(sizes):
        room -= size
        if room < 0:
            return count
    return len(sizes)


def _entries(block: Block) -> int:
    match block:
        case Listing(items):
            return len(items)
        case Table(_, rows):
            return len(rows)
        case Heading():
            return 0
    return 1


def _shortened(block: Block, length: Length, limit: int) -> Block:
    """The last block, cut where it alone would take the place of the entries."""
    if _cost(block, length) <= limit:
        return block
    text = "".join(span.text for span in parts(block.text)) if isinstance(block, Paragraph) else ""
    return Paragraph(f"{text[: limit // 4]}…")


def _note(left: int, limit: int) -> Paragraph:
    what = "1 more is" if left == 1 else f"{left:,} more are" if left else "Something is"
    return Paragraph((Span(f"{what} left off here", "strong"), f", since there is room for {limit:,} characters only."))
