"""Tables as aligned columns. Cells wrap between words where the table is too wide; ids and paths stay whole, and the
table grows wider than the screen before anything is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from cmdb.model.document import Span, Table, parts
from cmdb.render.text.words import Line, hard_lines, line_width, widest_word, wrapped

GAP = 2

Measured = tuple[Line, int]
"""A line, and the columns that it takes."""
Cell = list[Measured]

_EMPTY: Measured = ((), 0)


def table_lines(table: Table, width: int) -> Iterator[Line]:
    """The title line and the rows."""
    titles = [_measured([(Span(title, "strong"),)]) for title in table.columns]
    rows = [titles, *([_measured(hard_lines(parts(cell))) for cell in row] for row in table.rows)]
    natural = [max(size for cell in column for _, size in cell) for column in zip(*rows, strict=True)]
    widths = _shrunk(rows, natural, sum(natural) + GAP * (len(natural) - 1) - width)
    for row in rows:
        cells = row if widths == natural else [_wrapped(*pair) for pair in zip(row, widths, strict=True)]
        for across in zip_longest(*cells, fillvalue=_EMPTY):
            yield _joined(across, widths)


def _measured(lines: Sequence[Line]) -> Cell:
    return [(line, line_width(line)) for line in lines]


def _shrunk(rows: Sequence[Sequence[Cell]], natural: list[int], excess: int) -> list[int]:
    """The widest columns give way first, down to their longest word."""
    if excess <= 0:
        return natural
    least = [max(widest_word(line) for cell in column for line, _ in cell) for column in zip(*rows, strict=True)]
    widths = list(natural)
    while excess > 0 and (able := [n for n in range(len(widths)) if widths[n] > least[n]]):
        widths[max(able, key=lambda n: (widths[n], n))] -= 1
        excess -= 1
    return widths


def _wrapped(cell: Cell, width: int) -> Cell:
    if all(size <= width for _, size in cell):
        return cell
    return _measured([piece for line, _ in cell for piece in wrapped(line, width)])


def _joined(across: Sequence[Measured], widths: Sequence[int]) -> Line:
    line: list[Span] = []
    blank = 0
    for (part, size), width in zip(across, widths, strict=True):
        if part:
            line += [Span(" " * blank), *part] if blank else part
            blank = 0
        blank += width - size + GAP
    return tuple(line)
