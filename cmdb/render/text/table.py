"""Tables as aligned columns. Cells wrap between words where the table is too wide; ids and paths stay whole, and the
table grows wider than the screen before anything is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from cmdb.model.document import Span, Table, parts
from cmdb.render.text.words import Line, hard_lines, line_width, widest_word, wrapped

GAP = 2


def table_lines(table: Table, width: int) -> Iterator[Line]:
    """The title line and the rows."""
    titles = tuple((Span(title, "strong"),) for title in table.columns)
    rows: list[tuple[Line, ...]] = [titles, *(tuple(parts(cell) for cell in row) for row in table.rows)]
    widths = _widths(rows, width)
    for row in rows:
        cells = [list(wrapped(cell, size)) for cell, size in zip(row, widths, strict=True)]
        for across in zip_longest(*cells, fillvalue=()):
            yield _joined(across, widths)


def _widths(rows: Sequence[tuple[Line, ...]], width: int) -> list[int]:
    """Natural widths where they fit; otherwise the widest columns give way first, down to their longest word."""
    columns = list(zip(*rows, strict=True))
    widths = [max(line_width(part) for cell in column for part in hard_lines(cell)) for column in columns]
    excess = sum(widths) + GAP * (len(widths) - 1) - width
    if excess <= 0:
        return widths
    least = [max(widest_word(cell) for cell in column) for column in columns]
    while excess > 0 and (able := [n for n in range(len(widths)) if widths[n] > least[n]]):
        widest = max(able, key=lambda n: (widths[n], n))
        widths[widest] -= 1
        excess -= 1
    return widths


def _joined(across: Sequence[Line], widths: Sequence[int]) -> Line:
    line: list[Span] = []
    blank = 0
    for part, size in zip(across, widths, strict=True):
        if part:
            line += [Span(" " * blank), *part] if blank else part
            blank = 0
        blank += size - line_width(part) + GAP
    return tuple(line)
