"""The fields of a CI that hold text, whatever its kind: alone, in a list, or by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from sys import intern
from typing import Any

from cmdb.formats.meanings import MOST, AsIs, Meanings
from cmdb.formats.reading import nearest
from cmdb.formats.subject import Subject
from cmdb.model import plain
from cmdb.model.ci import CRITICALITIES, ID, LIFECYCLES
from cmdb.model.plain import NotText, text
from cmdb.model.value import Value

Readers = tuple[Mapping[str, Any], Callable[[Any], Any]]
"""What texts mean, and the reader of everything else. Both raise `Unusable`, `NotText` and `NeedsText`."""


class Unusable(Exception):
    """What was read is no value of the field, and that was reported."""


def text_readers(subject: Subject) -> dict[str, Readers]:
    """Field -> its readers."""
    lifecycle, criticality = partial(_chosen, subject, "lifecycle"), partial(_chosen, subject, "criticality")
    return {
        "name": (AsIs(), text),
        "description": (AsIs(), text),
        "owner": (Meanings(text), text),
        "environment": (Meanings(text), text),
        "lifecycle": (Meanings(lifecycle), lifecycle),
        "criticality": (Meanings(criticality), criticality),
        "labels": alone(partial(_labels, subject)),
        "links": alone(partial(_texts_by_key, subject, "links")),
        "keys": alone(partial(_texts_by_key, subject, "keys")),
        "tags": alone(partial(_texts, subject, "tags")),
        "aliases": alone(partial(_texts, subject, "aliases")),
    }


def alone(read: Callable[[Any], Any]) -> Readers:
    """The readers of a field that one function reads, text or not."""
    return Meanings(read, most=0), read


def _chosen(subject: Subject, name: str, raw: Value) -> str:
    word = text(raw)
    choices = _CHOICES[name]
    if word in choices:
        return word
    hint = nearest(word, choices) or f"one of {', '.join(choices)}"
    subject.report("invalid-field", f"'{word}' is no {name}", (name,), hint=hint)
    raise Unusable


def _labels(subject: Subject, raw: Value) -> Mapping[str, str]:
    """Labels with those that are inherited. CIs that have the same ones share them."""
    taking = subject.taking
    try:
        own = tuple(raw.items())
        if (known := taking.known.get(own)) is not None:
            return known
    except (AttributeError, TypeError):  # no mapping, or one with more than scalars in it
        own = None
    found = _texts_by_key(subject, "labels", raw)
    found.update(taking.labels)
    if own is not None and len(taking.known) < MOST:
        taking.known[own] = found
    return found


def _texts_by_key(subject: Subject, name: str, raw: Value) -> dict[str, str]:
    if not isinstance(raw, dict):
        subject.report("invalid-field", f"'{name}' is a mapping from text to text", (name,))
        raise Unusable
    found: dict[str, str] = {}
    for key, item in raw.items():
        word = intern(key if type(key) is str else plain.name(key))
        try:
            if item is not None:
                found[word] = item if type(item) is str else text(item)
        except NotText:
            subject.report("invalid-field", "text is expected here", (name, word))
    return found


def _texts(subject: Subject, name: str, raw: Value) -> tuple[str, ...]:
    items = raw if isinstance(raw, list) else [raw]
    found = []
    for position, item in enumerate(items):
        try:
            found.append("" if item is None else text(item))
        except NotText:
            subject.report("invalid-field", "text is expected here", (name, position))
            continue
        if name == "aliases" and not ID.fullmatch(found[-1]):
            subject.report("invalid-id", f"'{found.pop()}' is no id", (name, position))
    return tuple(sorted(set(filter(None, found))))


_CHOICES = {"lifecycle": LIFECYCLES, "criticality": CRITICALITIES}
