"""Where each changed value stands, on either side."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cmdb.compare.fields import origin
from cmdb.model.change import Change, ChangeSet
from cmdb.model.change_record import Origin, ValuePlace
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.location import Location
from cmdb.workspace import Workspace

Authors = Callable[[Change], tuple[str, ...]]
"""The commits that changed a CI."""


def places(before: Workspace, after: Workspace, changes: ChangeSet, authors: Authors) -> tuple[Origin, ...]:
    """For every changed CI the lines of its changed values, and the commits that changed them."""
    return tuple(
        Origin(change.id, tuple(_places(before, after, change)), authors(change)) for change in changes.changes
    )


def _places(before: Workspace, after: Workspace, change: Change) -> Iterator[ValuePlace]:
    for path, was, now in _values(change):
        old = _location(before, change.before, path) if was else None
        new = _location(after, change.after, path) if now else None
        yield ValuePlace(format_path(path), old, new)


def _values(change: Change) -> Iterator[tuple[KeyPath, bool, bool]]:
    """The paths that change, and whether each side has them."""
    if change.action in ("added", "removed"):
        yield ("presence",), change.before is not None, change.after is not None
    if change.action == "renamed":
        yield ("id",), True, True
    for one in change.attributes:
        yield one.path, one.before is not None, one.after is not None
    for entry in change.relations:
        path = ("relations", entry.type, entry.group or entry.target or "")
        yield path, entry.before is not None, entry.after is not None


def _location(workspace: Workspace, ci: CI | None, path: KeyPath) -> Location | None:
    """The line of a value, or of what it is inherited from, or of what is around it."""
    if ci is None:
        return None
    inherited = origin(path, ci)
    if inherited is not None:
        return workspace.locate(inherited)
    return workspace.locate(ci.place if path == ("presence",) else ci.place.at(*path))
