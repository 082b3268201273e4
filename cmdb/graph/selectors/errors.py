"""A selector that cannot be answered, shown with a caret under what is wrong."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from cmdb.model.problem import CmdbError, Problem

CODE = "selector"
WIDEST = 60
"""Carets at most; longer ones say no more."""


class SelectorError(CmdbError):
    """A wrong selector. `text` is the selector, the mistake stands from `position` up to, not including, `end`;
    `reason` says in one line what is wrong, and the message shows all that."""

    def __init__(self, text: str, reason: str, position: int, end: int | None = None) -> None:
        self.text = text
        self.reason = reason
        self.position = position
        self.end = max(position + 1, position + 1 if end is None else end)
        super().__init__(Problem(CODE, f"wrong selector\n{self.rendering}", subject=text))

    @property
    def rendering(self) -> str:
        """The selector, and below it carets under the mistake with the reason."""
        line = "".join(character if character.isprintable() else " " for character in self.text)
        carets = min(_columns(line[self.position : self.end]), WIDEST)
        return f"{line}\n{' ' * _columns(line[: self.position])}{'^' * max(carets, 1)} {self.reason}"


def _columns(text: str) -> int:
    """Columns on a terminal."""
    return sum(0 if combining(character) else 1 + (east_asian_width(character) in "WF") for character in text)
