"""Did you mean…: the nearest known word to a misspelt one, in bounded time however many words there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

LONGEST = 200
MANY = 5000
"""Above this many words only those that begin alike and are about as long are compared."""


def nearest(word: str, words: Collection[str]) -> str | None:
    """The known word that a misspelt one is most like, or None."""
    from difflib import get_close_matches

    word = word[:LONGEST]
    candidates: Iterable[str] = words
    if len(words) > MANY:
        alike = (known for known in words if known[:2].casefold() == word[:2].casefold())
        candidates = [known for known in alike if abs(len(known) - len(word)) <= 2][:MANY]
    folded: dict[str, str] = {}
    for known in candidates:
        folded.setdefault(known.casefold(), known)
    near = get_close_matches(word.casefold(), folded, n=1)
    return folded[near[0]] if near else None


def did_you_mean(word: str, words: Collection[str]) -> str:
    """The end of a sentence about an unknown word: empty, or `; did you mean 'x'?`."""
    near = nearest(word, words)
    return f"; did you mean '{near}'?" if near else ""
