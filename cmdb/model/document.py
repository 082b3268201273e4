"""An answer as a document of blocks, so that every answer can be shown in every format."""

from __future__ import annotations

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
