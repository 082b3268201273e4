"""A text by lines, whatever ends them, and the cuts that are made in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINE_END = re.compile(r"\r?\n")
_COMMENT = re.compile(r"[ \t]#.*")


@dataclass(frozen=True, slots=True)
class Splice:
    """The text from `start` to `end` is to be another."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A text, and what ends its lines."""

    text: str

    @property
    def newline(self) -> str:
        """What ends the first line, and so every line that is added."""
        found = _LINE_END.search(self.text)
        return found[0] if found else "\n"

    def start_of_line(self, offset: int) -> int:
        """Where the line begins that an offset is in."""
        return self.text.rfind("\n", 0, offset) + 1

    def column(self, offset: int) -> int:
        """How many characters stand before an offset on its line."""
        return offset - self.start_of_line(offset)

    def end_of_line(self, offset: int) -> int:
        """Where the line ends, without what ends it."""
        found = _LINE_END.search(self.text, offset)
        return found.start() if found else len(self.text)

    def next_line(self, offset: int) -> int:
        """Where the next line begins; of the last line, its end."""
        found = _LINE_END.search(self.text, offset)
        return found.end() if found else len(self.text)

    def below(self, end: int) -> int:
        """Where the line begins that is below a node which ends at an offset: a block scalar may end with its line."""
        return end if end and self.text[end - 1] == "\n" else self.next_line(end)

    def comment(self, start: int) -> str:
        """The comment behind an offset on its line, with the space before it."""
        found = _COMMENT.search(self.text, start, self.end_of_line(start))
        return found[0].rstrip() if found else ""

    def added(self, offset: int, lines: Iterable[str]) -> Splice:
        """Whole lines, put where a line begins; at the end of a text that ends within a line, below that."""
        if offset and self.text[offset - 1] != "\n":
            return Splice(offset, offset, "".join(self.newline + line for line in lines))
        return Splice(offset, offset, "".join(line + self.newline for line in lines))

    def exchanged(self, start: int, end: int, lines: Sequence[str] = ()) -> Splice:
        """Whole lines taken away, with others in their place. Where the text ends within a line, it still does."""
        if end < len(self.text) or self.text.endswith("\n"):
            return Splice(start, end, "".join(line + self.newline for line in lines))
        above = self.text[:start].removesuffix("\n").removesuffix("\r")
        return Splice(len(above), end, "".join(self.newline + line for line in lines))

    def spliced(self, splices: Iterable[Splice]) -> str:
        """The text with the cuts made, which must not overlap."""
        text = self.text
        for splice in sorted(splices, key=lambda splice: (splice.start, splice.end), reverse=True):
            text = text[: splice.start] + splice.text + text[splice.end :]
        return text
