"""Which CIs are said to fail, and how badly: by selectors, by options for each status, or by what a change touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cmdb.cli.options import Call, Decorator, Function, option
from cmdb.graph.selectors import lone_ids
from cmdb.inventory import Inventory
from cmdb.model.status import STATUSES, Status
from cmdb.model.words import several

if TYPE_CHECKING:
    from cmdb.graph.impact import Impact
    from cmdb.workspace import Workspace

BAD = tuple(label for label, status in STATUSES.items() if status > Status.UP)
CHANGES = "What changed between two revisions fails: BASE..HEAD, BASE...HEAD, or BASE for the working tree."
MAINTENANCE = "They are taken down as planned: tell what has no redundancy left meanwhile."


@dataclass(frozen=True, slots=True)
class Failing:
    """What is said to fail: selectors by status, or what `changes` (a range of revisions) touches."""

    by_status: Mapping[Status, tuple[str, ...]]
    status: Status
    maintenance: bool = False
    changes: str | None = None

    def seeds(self, workspace: Workspace) -> dict[str, Status]:
        """Each CI that selectors pick with the worst that is said of it; a former id stays, so that it can be told."""
        found: dict[str, Status] = {}
        for status, selectors in self.by_status.items():
            for reference in references(workspace, selectors):
                found[reference] = max(status, found.get(reference, Status.UP))
        return found


def failing(function: Function) -> Function:
    """`--status`, an option for each status, `--maintenance` and `--changes`, which with the `selectors` come to one
    `Failing`, handed on as `fails`."""

    @wraps(function)
    def called(
        selectors: tuple[str, ...],
        status: str | None,
        down: tuple[str, ...],
        degraded: tuple[str, ...],
        at_risk: tuple[str, ...],
        maintenance: bool,
        changes: str | None,
        **others: Any,
    ) -> None:
        named = {Status.DOWN: down, Status.DEGRADED: degraded, Status.AT_RISK: at_risk}
        how = STATUSES[status or "down"]
        if changes is not None and (selectors or any(named.values())):
            raise click.UsageError("--changes says what fails; it goes without selectors.")
        if maintenance and (how is not Status.DOWN or degraded or at_risk):
            raise click.UsageError("--maintenance takes CIs down; it goes without any other status.")
        named[how] = (*selectors, *named[how])
        if changes is None and not any(named.values()) and not others.get("weak_points"):
            raise click.UsageError("Name what fails: IDs, selectors, or --changes.")
        function(fails=Failing(named, how, maintenance, changes), **others)

    decorated: Function = called
    for add in (
        option("--maintenance", is_flag=True, help=MAINTENANCE),
        option("--changes", metavar="BASE..HEAD", help=CHANGES),
        *(_of_status(status) for status in (Status.AT_RISK, Status.DEGRADED, Status.DOWN)),
        option("--status", type=click.Choice(BAD), show_default="down", help="How badly they fail."),
    ):
        decorated = add(decorated)
    return decorated


def _of_status(status: Status) -> Decorator:
    word = status.words
    said = f"These are {word}, whatever --status says; may be repeated."
    return option(f"--{word.replace(' ', '-')}", status.label, multiple=True, metavar="SELECTOR", help=said)


def references(workspace: Workspace, selectors: Sequence[str]) -> tuple[str, ...]:
    """The ids of what selectors pick; a former id stays, so that it can be told."""
    known = lone_ids(workspace.topology, selectors)
    return tuple(_picked(workspace.inventory, selectors)) if known is None else known


def _picked(inventory: Inventory, selectors: Iterable[str]) -> Iterator[str]:
    for selector in selectors:
        picked = [ci.id for ci in inventory.select(selector)]
        yield from [selector] if picked == [inventory.resolve(selector)] else picked


def changed(
    call: Call, fails: Failing, include: Sequence[str], relations: Sequence[str]
) -> tuple[Impact, tuple[str, ...]]:
    """The impact of what changed between two revisions, and the files that did not load: CIs that were changed or
    removed fail as they were before, those that were added as they are after."""
    from cmdb.compare.inventories import diff
    from cmdb.graph.impact import impact, united
    from cmdb.sources.revisions import parse_range
    from cmdb.sources.sides import open_sides

    workspace, revisions = call.open(), fails.changes or "HEAD"
    before, after = (workspace.side(side).inventory for side in open_sides(call.root(), parse_range(revisions)))
    changes = diff(before, after).changes
    old = [change.former_id or change.id for change in changes if change.action != "added"]
    new = [change.id for change in changes if change.action == "added"]
    found = [
        impact(side.topology, dict.fromkeys(ids, fails.status), include=include, relations=relations)
        for side, ids in ((before, old), (after, new))
    ]
    first = f"{several(len(old), 'CI')} changed or removed ({revisions}), failing as before"
    told = f"{first}; {several(len(new), 'CI')} added, failing as after"
    whole = united(*found)
    return replace(whole, notes=(told, *whole.notes)), tuple(sorted({*before.unread, *after.unread}))
