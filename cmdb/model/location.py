"""Where something stands: a place is cheap and made for everything, a location has a line and is made on demand."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.model.keypath import KeyPath, Segment
from cmdb.model.making import maker
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A position in a text file of the workspace; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A node of a YAML file, before anyone asked for its line.

    `document` counts the file's documents from 0. `item` is the position in a top-level list, or None where the
    document itself is the mapping. `key_path` leads on from there; empty means the mapping as a whole.
    """

    path: str
    document: int = 0
    item: int | None = None
    key_path: KeyPath = ()

    def at(self, *segments: Segment) -> Place:
        """The place of a node further down."""
        return Place(self.path, self.document, self.item, (*self.key_path, *segments))


make_place = maker(Place)
"""The same from the values of all fields, for readers of a great many."""

Where = Location | Place


def location_data(where: Where | None) -> dict[str, Value] | None:
    """A location for programs; a place has no line yet."""
    if where is None:
        return None
    line, column = (where.line, where.column) if isinstance(where, Location) else (None, None)
    return {"path": where.path, "line": line, "column": column}
