"""Tables as aligned columns. Cells wrap between words where the table is too wide. Ids and paths stay whole: where one
is wider than its column, the rest of its row goes on below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from cmdb.model.document import Span, Table, parts
from cmdb.render.text.words import Line, hard_lines, line_width, widest_word, wrapped

GAP = 2
INDENT = 4

Measured = tuple[Line, int]
"""A line, and the columns that it takes."""
Cell = list[Measured]

_EMPTY: Measured = ((), 0)


def table_lines(table: Table, width: int) -> Iterator[Line]:
    """The title line and the rows."""
    titles = [_measured([(Span(title, "strong"),)]) for title in table.columns]
    rows = [titles, *([_measured(hard_lines(parts(cell))) for cell in row] for row in table.rows)]
    natural = [max(size for cell in column for _, size in cell) for column in zip(*rows, strict=True)]
    room = width - GAP * (len(natural) - 1)
    widths = natural if sum(natural) <= room else _shrunk(rows, natural, room)
    for row in rows:
        cells = row if widths is natural else [_wrapped(*pair) for pair in zip(row, widths, strict=True)]
        for across in zip_longest(*cells, fillvalue=_EMPTY):
            yield from _joined(across, widths, width)


def _measured(lines: Sequence[Line]) -> Cell:
    return [(line, line_width(line)) for line in lines]


def _shrunk(rows: Sequence[Sequence[Cell]], natural: Sequence[int], room: int) -> list[int]:
    """Widths that fit. The widest columns give way first, down to their longest word; then the column in which the
    fewest rows have a word that is too long, but none below its title."""
    words = [
        Counter(max(widest_word(line) for line, _ in cell) for cell in column) for column in zip(*rows, strict=True)
    ]
    least = [max(sizes) for sizes in words]
    widths = list(natural)
    while sum(widths) > room and (able := [n for n, size in enumerate(least) if widths[n] > size]):
        widths[max(able, key=lambda n: (widths[n], n))] -= 1
    floors = [max(size for _, size in title) for title in rows[0]]
    while sum(widths) > room and (able := [n for n, floor in enumerate(floors) if widths[n] > floor]):
        lower = {n: max(floors[n], max((size for size in words[n] if size < widths[n]), default=0)) for n in able}
        cost = {n: sum(count for size, count in words[n].items() if size > lower[n]) for n in able}
        chosen = min(able, key=lambda n: (cost[n] / (widths[n] - lower[n]), -n))
        widths[chosen] = max(lower[chosen], widths[chosen] - (sum(widths) - room))
    return widths


def _wrapped(cell: Cell, width: int) -> Cell:
    if all(size <= width for _, size in cell):
        return cell
    return _measured([piece for line, _ in cell for piece in wrapped(line, width)])


def _joined(across: Sequence[Measured], widths: Sequence[int], width: int) -> Iterator[Line]:
    """The parts below their titles, on as many lines as it takes."""
    line: list[Span] = []
    end = start = 0
    for (part, size), column in zip(across, widths, strict=True):
        if part:
            place = start if start + size <= width else max(min(start, INDENT), width - size)
            if line and end > place - GAP:
                yield tuple(line)
                line, end = [], 0
            line += [Span(" " * (place - end)), *part] if place > end else part
            end = place + size
        start += column + GAP
    yield tuple(line)
