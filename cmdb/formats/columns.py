"""The attributes of a kind, each with readers made once for all the CIs that have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sys import intern
from typing import Any, NamedTuple

from cmdb.formats.meanings import MOST, AsIs, Meanings, asked
from cmdb.model.kind import Attribute, Kind
from cmdb.model.plain import typed, value
from cmdb.model.types import reader, takes_any_text, usual
from cmdb.model.value import Value

Read = Callable[[Any], Value]


class Column(NamedTuple):
    """One attribute: its name, what texts and what other scalars mean to it, by their exact type, and the reader of
    whatever is neither. All raise `WrongValue`, `NotText` and `NeedsText`."""

    name: str
    texts: Mapping[str, Value]
    scalars: Mapping[type, Meanings]
    other: Read


class Columns:
    """The attributes of CIs of one kind. `known` has those that were met, save those whose very name is wrong."""

    __slots__ = ("_near", "kind", "known")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.known: dict[str, Column] = {}
        self._near: dict[str, str | None] = {}

    def column(self, name: str) -> Column:
        """The column of an attribute, declared or not."""
        attribute = self.kind.attributes.get(name)
        if attribute is not None:
            self.known[name] = column = self._typed(attribute)
            return column
        column = _untyped(name)
        if not self.kind.strict and self.near(name) is None and len(self.known) < MOST:
            self.known[name] = column
        return column

    def _typed(self, attribute: Attribute) -> Column:
        name, normalised = intern(attribute.name), reader(attribute)

        def read(raw: Value) -> Value:
            return normalised(typed(attribute, raw))

        def settled() -> None:
            known = self.known[name]
            if type(known.texts) is Meanings:
                plain = AsIs() if takes_any_text(attribute) else asked(known.texts, normalised, usual(attribute))
                self.known[name] = known._replace(texts=plain)

        texts = Meanings(normalised, full=settled)
        scalars = {int: Meanings(read), bool: Meanings(read)}
        return Column(name, texts, scalars, _remembering(normalised, read))

    def near(self, name: str) -> str | None:
        """A declared attribute one or two letters away; short names have too many neighbours for two."""
        if name not in self._near:
            allowed = 1 if len(name) < 4 else 2
            near = (known for known in self.kind.attributes if _distance(name, known, allowed) <= allowed)
            self._near[name] = next(near, None)
        return self._near[name]


def _untyped(name: str) -> Column:
    return Column(intern(name), Meanings(value), {}, value)


def _remembering(normalised: Read, read: Read) -> Read:
    """Reads lists, mappings and whatever else. What lists of nothing but texts or integers mean is remembered."""
    lists = {str: Meanings(normalised), int: Meanings(lambda items: read(list(items)))}

    def other(raw: Any) -> Value:
        if type(raw) is list and raw:
            known = lists.get(type(raw[0]))
            if known is not None and (len(raw) == 1 or len(set(map(type, raw))) == 1):
                return known[tuple(raw)]
        return read(raw)

    return other


def _distance(left: str, right: str, limit: int) -> int:
    """Edit distance with swaps of neighbours (Damerau, restricted), or more than `limit`."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
