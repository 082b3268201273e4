"""The CI that is being read, as the readers of its fields know it: what is told of it, and where that stands."""

from __future__ import annotations

from typing import Any

from cmdb.formats.columns import Columns
from cmdb.formats.taking import Taken, Taking
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Kind
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import Value


class Subject:
    """One CI after the other. `problems` grows with each, and so does `taken`: the defaults that were taken."""

    __slots__ = ("columns", "id", "place", "problems", "raw", "taken", "taking")

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.taken: list[Taken] = []
        self.raw: dict[str, Value] = {}
        self.place = Place("")
        self.id = ""
        self.columns = Columns(Kind(""))
        self.taking = Taking(())

    def report(self, code: str, message: str, path: KeyPath, **more: Any) -> None:
        """Adds a problem at a key path; at the default's own place, without a CI, where the value is inherited."""
        inherited = self.taking.inherited
        origin = inherited.get(path[:1]) or inherited.get(path[:2])
        where = self.place.at(*path) if origin is None else Place(origin.path, origin.document, origin.item, path)
        ci = self.id if origin is None else None
        self.problems.append(Problem(code, message, where=where, ci=ci, key_path=format_path(path) or None, **more))
