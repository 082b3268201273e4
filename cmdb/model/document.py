"""An answer as a document of blocks, so that every answer can be shown in every format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "strong", "dim", "good", "note", "warning", "bad", "id", "path"]


@dataclass(frozen=True, slots=True)
class Span:
    """Text with a meaning that a format may colour; the meaning is never in the colour alone."""

    text: str
    style: Style = "plain"


Inline = str | Span | tuple[str | Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of a section; level 1 is the document's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Listing:
    """Items, each with items of its own below it."""

    items: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a listing."""

    text: Inline
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column titles."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be shown as it is."""

    text: str
    language: str = ""


Block = Heading | Paragraph | Listing | Table | Code


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks from top to bottom."""

    blocks: tuple[Block, ...]


_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with every control character but the line end shown as an escape, so that no file can drive a
    terminal or turn a line around."""
    if text.isprintable():
        return text
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """The visible text with its line ends as escapes too."""
    return visible(text).replace("\n", "\\n")


def parts(inline: Inline) -> tuple[Span, ...]:
    """The text as spans, visible and none of them empty."""
    whole = inline if isinstance(inline, tuple) else (inline,)
    return tuple(_visible(part) for part in whole if (part.text if isinstance(part, Span) else part))


def _visible(part: str | Span) -> Span:
    if isinstance(part, str):
        return Span(visible(part))
    return part if part.text.isprintable() else Span(visible(part.text), part.style)
