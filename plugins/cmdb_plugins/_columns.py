"""What the columns of a table mean: the settings that say so, and a row's value by them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cmdb.model.kind import Attribute
from cmdb.model.types import TYPES, WrongValue, normalise, wants_text
from cmdb.model.value import Value
from cmdb_plugins._machine import NotSeen
from cmdb_plugins._rows import Row, cell, numbers, texts

Declared = Callable[[str, str], Attribute | None]
"""The declaration of a kind's attribute, by both names."""
_FIELDS = ("column", "value", "values", "split", "unit", "empty", "type")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a value stands: in a column, or here as a constant. `values` translates what stands there, `split` makes
    several of it, `unit` stands behind a bare number, `type` is for an attribute that the kind does not declare, and
    `absent` says that an empty cell means that the thing has none."""

    name: str = ""
    constant: Value = None
    values: Mapping[str, Value] = field(default_factory=dict)
    split: str = ""
    unit: str = ""
    absent: bool = False
    type: str = ""

    def raw(self, row: Row) -> Value:
        """The value as it stands there, translated; None where the cell is empty."""
        if not self.name:
            return self.constant
        found = cell(row.cells, self.name)
        if found is None or found == "":
            return None
        key = str(found).lower() if isinstance(found, bool) else found
        if self.values and isinstance(key, str) and key in self.values:
            return self.values[key]
        if isinstance(found, str) and self.split:
            return [part.strip() for part in found.split(self.split) if part.strip()]
        if isinstance(found, str) and self.unit and re.fullmatch(r"[0-9.,]+", found):
            return f"{found} {self.unit}"
        return found

    def text(self, row: Row) -> str:
        """The value where only a text will do; empty where there is none. Raises `ValueError`."""
        found = self.raw(row)
        if found is None:
            return ""
        if isinstance(found, str):
            return str(found)
        raise ValueError(f"{row.place}: {self.name} holds no text")

    def seen(self, row: Row, kind: str, name: str, declared: Declared) -> Value | NotSeen:
        """The attribute's value by its type: None where it is seen not to be there, `NotSeen` where nothing is known
        of it, or it is not what the type wants."""
        found = self.raw(row)
        if found is None:
            return None if self.absent else _UNKNOWN
        attribute = Attribute(name, self.type) if self.type else declared(kind, name)
        if attribute is None:
            return numbers(found)
        try:
            return normalise(attribute, texts(found) if wants_text(attribute) else numbers(found))
        except WrongValue as error:
            return NotSeen(f"{row.place}: {name}: {error}", "failed")


_UNKNOWN = NotSeen("the cell is empty")


def is_unknown(value: Value | NotSeen) -> bool:
    """Whether a cell was empty."""
    return value is _UNKNOWN


@dataclass(frozen=True, slots=True)
class Relation:
    """Relations in a column: their targets are CIs of a kind, by the source's key or by an attribute."""

    column: Column
    kind: str
    by: str = ""


def column(name: str, value: Value) -> Column:
    """A setting that says where a value stands. Raises `ValueError`."""
    if isinstance(value, str) and value:
        return Column(value)
    if not isinstance(value, Mapping):
        raise ValueError(f"{name}: name a column, or write {{value: …}} for a constant, not {value!r}")
    _known(name, value, _FIELDS)
    if ("column" in value) == ("value" in value):
        raise ValueError(f"{name}: either 'column' or 'value' is wanted")
    if value.get("empty", "unknown") not in ("unknown", "absent"):
        raise ValueError(f"{name}: empty means 'unknown' or 'absent', not {value['empty']!r}")
    if value.get("type") and value["type"] not in TYPES:
        raise ValueError(f"{name}: there is no type {value['type']!r}")
    values = value.get("values") or {}
    if not isinstance(values, Mapping):
        raise ValueError(f"{name}: 'values' maps what stands in the column to what it means")
    texts = {each: _word(name, value, each) for each in ("column", "split", "unit", "type")}
    translated = {str(key).lower() if isinstance(key, bool) else str(key): each for key, each in values.items()}
    return Column(
        texts["column"], value.get("value"), translated, texts["split"], texts["unit"],
        value.get("empty") == "absent", texts["type"],
    )  # fmt: skip


def relation(name: str, value: Value) -> Relation:
    """A setting that says where a relation's targets stand. Raises `ValueError`."""
    if not isinstance(value, Mapping) or not value.get("kind") or not isinstance(value["kind"], str):
        raise ValueError(f"{name}: write {{kind: KIND, column: COLUMN}}")
    rest = {key: each for key, each in value.items() if key not in ("kind", "by")}
    return Relation(column(name, rest), value["kind"], _word(name, value, "by"))


def _word(name: str, value: Mapping[str, Value], key: str) -> str:
    found = value.get(key) or ""
    if not isinstance(found, str):
        raise ValueError(f"{name}: {key}: a word is wanted, not {found!r}")
    return found


def _known(name: str, value: Mapping[str, Value], fields: tuple[str, ...]) -> None:
    if unknown := sorted(set(map(str, value)) - set(fields)):
        raise ValueError(f"{name}: there is no setting {unknown[0]!r}; these are: {', '.join(fields)}")
