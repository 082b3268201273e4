"""How deviations are called in a ledger: as in reports, but never with a secret, and in text that a file can hold."""

from __future__ import annotations

from dataclasses import replace

from cmdb.model.drift import DeviationId
from cmdb.model.keypath import Item, KeyPath, KeyPathError, Segment, format_path, parse_path
from cmdb.model.secrets import HIDDEN, looks_secret, mask


def called(known: DeviationId) -> DeviationId:
    """The name of a deviation in a ledger. An element of a set is part of its path, and may be a secret."""
    path, source, key = _path(known.path), mask(known.source), mask(known.key)
    return replace(
        known, path=_storable(path), source=_storable(source), key=_storable(key), kind=_storable(known.kind)
    )


def _path(path: str) -> str:
    try:
        segments = parse_path(path)
    except KeyPathError:
        return mask(path)
    return format_path(tuple(_segment(segments, number) for number in range(len(segments))))


def _segment(path: KeyPath, number: int) -> Segment:
    segment, before = path[number], path[number - 1] if number else ""
    if isinstance(segment, Item):
        return replace(segment, value=_word(segment.value, segment.by))
    return _word(segment, before if isinstance(before, str) else "") if isinstance(segment, str) else segment


def _word(word: str, name: str) -> str:
    return HIDDEN if looks_secret(word, name) else word


def _storable(text: str) -> str:
    """JSON can spell halves of characters, and no file can hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
