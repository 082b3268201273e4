"""`cmdb impact --weak-points`: another question than what suffers from a failure, so it is answered before that one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cmdb.cli.asking import answering
from cmdb.cli.drawing import Picture
from cmdb.cli.options import Call, Function, option
from cmdb.cli.progress import Gauge, working
from cmdb.cli.seeding import Failing, references
from cmdb.model.answer import Answer
from cmdb.model.status import Status
from cmdb.views import impact as view

if TYPE_CHECKING:
    from cmdb.graph.weak.points import WeakPoints
    from cmdb.workspace import Workspace

WEAK = "Tell what takes them down, alone or together; without IDs, of all business services."
SIZE = "With --weak-points: how many CIs together to look for, 1 to 3."
STEPS = "With --weak-points: how many sets of CIs to look at for each, at most."
OTHERS = ("explain_id", "up", "depth")
"""Options of other questions."""


@dataclass(frozen=True, slots=True)
class Search:
    """What counts, and how far to look; None for as far as usual."""

    include: Sequence[str]
    relations: Sequence[str]
    size: int | None
    limit: int | None

    def found(self, workspace: Workspace, ids: Sequence[str] | None) -> WeakPoints:
        """The weak points of some CIs; of all business services for None."""
        from cmdb.graph.impact import graph_of
        from cmdb.graph.reliance import only
        from cmdb.graph.weak.cut_sets import LIMIT
        from cmdb.graph.weak.family import LARGEST
        from cmdb.graph.weak.points import weak_points
        from cmdb.graph.weak.services import business_services, grades

        inventory, gauge = workspace.inventory, Gauge()
        topology = only(graph_of(workspace.topology, self.include), self.relations)
        with working("looking for weak points", gauge=gauge):
            return weak_points(
                topology,
                business_services(topology, inventory.schema) if ids is None else ids,
                size=self.size or LARGEST,
                limit=self.limit or LIMIT,
                grades=grades(inventory),
                tell=gauge.tell,
            )


def searching(function: Function) -> Function:
    """`--weak-points`, `--max-size` and `--max-steps`."""
    for add in (
        option("--max-steps", type=click.IntRange(min=1), metavar="N", show_default="1000000", help=STEPS),
        option("--max-size", type=click.IntRange(1, 3), metavar="N", show_default="3", help=SIZE),
        option("--weak-points", is_flag=True, help=WEAK),
    ):
        function = add(function)
    return function


def weakly(function: Function) -> Function:
    """Answers the question of `--weak-points` here, and leaves any other to the command."""

    @wraps(function)
    def called(call: Call, fails: Failing, weak_points: bool, **others: Any) -> None:
        search = Search(others["include"], others["relation"], others.pop("max_size"), others.pop("max_steps"))
        if weak_points:
            _check(fails, others)
            call.finish(_answer(call, search, fails.by_status[Status.DOWN], **others))
        if search.size or search.limit:
            raise click.UsageError(f"--max-{'size' if search.size else 'steps'} goes with --weak-points only.")
        function(call, fails, **others)

    return called


def _check(fails: Failing, others: Mapping[str, object]) -> None:
    """Raises `UsageError` for an option of another question."""
    said = ["status"] if fails.status < Status.DOWN else []
    said += [name.removesuffix("_id") for name in OTHERS if others[name]]
    said += [name for name in ("changes", "maintenance") if getattr(fails, name)]
    said += [status.label for status, named in fails.by_status.items() if named and status < Status.DOWN]
    if said:
        raise click.UsageError(f"--weak-points and --{said[0].replace('_', '-')} are different questions.")


def _answer(
    call: Call,
    search: Search,
    selectors: tuple[str, ...],
    *,
    at: str | None,
    exit_code: bool,
    picture: Picture,
    **_others: object,
) -> Answer:
    workspace = call.open(at)
    with working("reading the inventory", gauge=call.gauge):
        ids = references(workspace, selectors) if selectors else None
    verdict = answering(workspace.unread_inventory)
    found = search.found(workspace, ids)
    weak = any(each.cut_sets for each in found.services)
    return Answer(
        "impact",
        "findings" if weak and exit_code else verdict,
        lambda: view.weak_points_document(found),
        lambda: view.weak_points_payload(found),
        picture.of(workspace, lambda: view.weak_points_drawing(found)),
    )
