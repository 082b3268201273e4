"""Problems as MessagePack holds them, and back."""

from __future__ import annotations

from typing import Any

from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.location import Location, Place, Where
from cmdb.model.problem import Problem, Related, Severity


def packed(problem: Problem) -> list[Any]:
    """A problem as a list."""
    return [
        problem.code, problem.message, int(problem.severity), _where(problem.where), problem.ci, problem.key_path,
        [[other.message, _where(other.where)] for other in problem.related], problem.hint, problem.subject,
    ]  # fmt: skip


def unpacked(fields: Any) -> Problem:
    """The problem that was packed."""
    code, message, severity, where, ci, key_path, related, hint, subject = fields
    others = tuple(Related(said, _there(place)) for said, place in related)
    place = None if where is None else _there(where)
    return Problem(code, message, Severity(severity), place, ci, key_path, others, hint, subject)


def _where(where: Where | None) -> list[Any] | None:
    if where is None:
        return None
    if isinstance(where, Location):
        return [where.path, where.line, where.column]
    return [where.path, where.document, where.item, [*map(_segment, where.key_path)]]


def _there(fields: Any) -> Where:
    if len(fields) == 3:
        return Location(*fields)
    path, document, item, steps = fields
    return Place(path, document, item, _steps(steps))


def _segment(segment: Segment) -> Any:
    return [segment.by, segment.value] if isinstance(segment, Item) else segment


def _steps(steps: Any) -> KeyPath:
    return tuple(Item(*step) if isinstance(step, tuple) else step for step in steps)
