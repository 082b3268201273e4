"""The change between two sides of a workspace, assessed by the rules of the side that is approved already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cmdb.changes.assess import assess
from cmdb.changes.circumstances import Circumstances, Trouble
from cmdb.changes.sides import Side, Sides
from cmdb.compare.inventories import diff
from cmdb.model.change_record import ChangeRecord
from cmdb.model.problem import CmdbError
from cmdb.proposals.authors import authors
from cmdb.proposals.places import places
from cmdb.sources.commits import day_of
from cmdb.sources.git_tree import GitTree
from cmdb.workspace import Workspace


def change(
    before: Workspace,
    after: Workspace,
    *,
    as_of: date | None = None,
    labels: Iterable[str] = (),
    freezes: Iterable[str] = (),
    troubles: Iterable[Trouble] = (),
) -> ChangeRecord:
    """The record of the change from one side of a workspace to another, such as `ws.at("main")` and `ws.at("HEAD")`.

    It is judged by the rules in the `cmdb.yaml` of the side before, so that no change can loosen the rules for itself.
    `as_of` is the day for checks that depend on one; by default that of the commit after, so that the record of two
    commits never changes. What is known besides: `labels` of the change, the names of the `freezes` that it falls into,
    and the `troubles` that its CIs had lately. Raises `CmdbError`.
    """
    day = as_of or _day(after)
    sides = Sides(_side(before, day), _side(after, day), diff(before.inventory, after.inventory))
    written = authors(before, after, sides.changes)
    return assess(
        sides,
        before.config.change,
        Circumstances(frozenset(labels), tuple(freezes), tuple(troubles)),
        origins=places(before, after, sides.changes, written.of),
        commits=written.commits,
        notes=(*_unread(before, after), *written.notes),
    )


def name_of(workspace: Workspace) -> str:
    """The full id of a commit, or what stands for a side that is none."""
    source = workspace.source
    return source.commit if isinstance(source, GitTree) else source.label


def _day(workspace: Workspace) -> date:
    source = workspace.source
    if not isinstance(source, GitTree):
        raise CmdbError("a change to what is no commit is judged as of a day", hint="say as_of")
    return day_of(source.repository, source.commit)


def _side(workspace: Workspace, as_of: date) -> Side:
    return Side(name_of(workspace), workspace.inventory, workspace.topology, workspace.problems(as_of))


def _unread(before: Workspace, after: Workspace) -> Iterator[str]:
    for path in sorted({*before.unread, *after.unread}):
        yield f"{path} did not load; what stands in it is not part of this record"
