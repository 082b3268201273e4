"""The ids of an inventory while it is read."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.formats.matching import all_match, lines
from cmdb.model.ci import ID

_IDS = lines(ID.pattern)


class Ids(dict[str, str]):
    """Ids that were met, each always the same object. Raises `KeyError` for text that is no id, and
    `TypeError` for what is no text."""

    __slots__ = ()

    def __missing__(self, word: str) -> str:
        if not ID.fullmatch(word):
            raise KeyError(word)
        self[word] = word
        return word

    def meet(self, words: Iterable[str]) -> None:
        """Looks at many texts together."""
        new = [word for word in words if word not in self]
        if new and not all_match(_IDS, new):
            raise KeyError
        self.update(zip(new, new, strict=True))
