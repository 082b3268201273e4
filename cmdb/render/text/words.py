"""Spans as visible words and lines of a given width."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmdb.model.document import Span

Line = tuple[Span, ...]

UNBROKEN = frozenset({"id", "path"})
"""Styles of text that somebody will search for or copy: kept in one piece, spaces included."""

_WORDS = re.compile(r"\s+|\S+")


def width_of(text: str) -> int:
    """Columns that the text takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def line_width(line: Line) -> int:
    """Columns that the line takes."""
    if len(line) == 1:
        return width_of(line[0].text)
    return sum(width_of(span.text) for span in line)


def hard_lines(line: Line) -> list[Line]:
    """The line split where its text has line ends."""
    if not any("\n" in span.text for span in line):
        return [line]
    found: list[list[Span]] = [[]]
    for span in line:
        first, *rest = span.text.split("\n")
        found[-1].append(Span(first, span.style))
        found.extend([Span(text, span.style)] for text in rest)
    return [tuple(span for span in part if span.text) for part in found]


def widest_word(line: Line) -> int:
    """The least width into which the line wraps without breaking a word."""
    if len(line) == 1 and line[0].style not in UNBROKEN:
        return max(map(width_of, line[0].text.split()), default=0)
    return max((line_width(word) for part in hard_lines(line) for _, word in _words(part)), default=0)


def wrapped(line: Line, width: int) -> Iterator[Line]:
    """Lines of at most `width` columns, save where one word is longer; words are never broken."""
    for part in hard_lines(line):
        if line_width(part) <= width:
            yield part
        else:
            yield from _wrapped(part, width)


def _wrapped(line: Line, width: int) -> Iterator[Line]:
    current: list[Span] = []
    used = 0
    for gap, word in _words(line):
        size = line_width(word)
        if current and used + line_width(gap) + size > width:
            yield tuple(current)
            current, used = list(word), size
        else:
            current += [*gap, *word]
            used += line_width(gap) + size
    yield tuple(current)


def _words(line: Line) -> Iterator[tuple[Line, Line]]:
    """Each word, possibly of several spans, with the blank before it."""
    gap: list[Span] = []
    word: list[Span] = []
    for piece in _pieces(line):
        if not piece.text.isspace():
            word.append(piece)
            continue
        if word:
            yield tuple(gap), tuple(word)
            gap, word = [], []
        gap.append(piece)
    if word:
        yield tuple(gap), tuple(word)


def _pieces(line: Line) -> Iterator[Span]:
    for span in line:
        if span.style in UNBROKEN:
            yield span
        else:
            yield from (Span(text, span.style) for text in _WORDS.findall(span.text))
