"""`cmdb impact`: what breaks if something fails, why, and what a CI itself relies on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from cmdb.cli.asking import about, answering
from cmdb.cli.drawing import DRAWINGS, Picture, pictured
from cmdb.cli.including import including
from cmdb.cli.options import DOCUMENTS, Call, at, exit_code, option, shared
from cmdb.cli.progress import working
from cmdb.cli.seeding import BAD, Failing, changed, failing
from cmdb.cli.weak_points import searching, weakly
from cmdb.graph.explain import Explanation, explain
from cmdb.graph.impact import Impact, impact
from cmdb.graph.reliance import only
from cmdb.graph.upstream import Upstream, upstream
from cmdb.model.answer import Answer, Verdict
from cmdb.model.status import STATUSES, Status
from cmdb.views import impact as view

if TYPE_CHECKING:
    from cmdb.workspace import Workspace

RELATION = "Only harm by this relation type counts; may be repeated."
DEPTH = "List only what is at most so many steps away, and count the rest."


@click.command(epilog="\b\nExamples:\n  cmdb impact hv-1\n  cmdb impact 'relations.located_in=rack-a' --explain shop")
@about("selectors", nargs=-1, metavar="[ID|SELECTOR]...")
@failing
@option("--explain", "explain_id", metavar="ID", help="Tell why this CI is affected, or why it is not.")
@option("--up", is_flag=True, help="Tell what they rely on instead.")
@searching
@option("--relation", multiple=True, metavar="TYPE", help=RELATION)
@option("--depth", type=click.IntRange(min=1), metavar="STEPS", help=DEPTH)
@including
@option("--min-status", type=click.Choice(BAD), default="degraded", show_default=True, help="The least to be listed.")
@pictured
@exit_code
@at
@shared(*DOCUMENTS, *DRAWINGS)
@weakly
def command(
    call: Call,
    fails: Failing,
    explain_id: str | None,
    up: bool,
    relation: tuple[str, ...],
    depth: int | None,
    include: tuple[str, ...],
    min_status: str,
    picture: Picture,
    exit_code: bool,
    at: str | None,
) -> None:
    """Tell what suffers when CIs fail.

    Text and Markdown list CIs that are degraded or worse, and fold those that are merely at risk to one line for each
    cause; JSON always has all.
    """
    _check(explain_id, up, depth, fails)
    workspace = call.open(at)
    shown = Shown(STATUSES[min_status], fails.maintenance, depth, workspace, picture)
    if fails.changes is not None:
        if explain_id or up or at:
            raise click.UsageError("--changes goes without --explain, --up and --at.")
        with working("reading both sides", gauge=call.gauge):
            hit, unread = changed(call, fails, include, relation)
        found, answer = shown.impact(hit, answering(unread))
    else:
        with working("reading the inventory", gauge=call.gauge):
            topology, seeds = only(workspace.topology, relation), fails.seeds(workspace)
        verdict = answering(workspace.unread_inventory)
        with working("walking the graph"):
            if explain_id:
                found, answer = shown.explanation(explain(topology, seeds, explain_id, include=include), verdict)
            elif up:
                found, answer = shown.upstream(upstream(topology, seeds, include=include), verdict)
            else:
                found, answer = shown.impact(impact(topology, seeds, include=include), verdict)
    call.finish(replace(answer, status="findings") if found and exit_code else answer)


@dataclass(frozen=True, slots=True)
class Shown:
    """How answers are shown: CIs at least that badly off, at most so many steps away. Each tells whether there is
    anything at all, for the exit code."""

    least: Status
    maintenance: bool
    depth: int | None
    workspace: Workspace
    picture: Picture

    def impact(self, whole: Impact, verdict: Verdict) -> tuple[bool, Answer]:
        """What suffers."""
        hit = whole if self.depth is None else whole.near(self.depth)
        return bool(whole.affected), Answer(
            "impact",
            verdict,
            lambda: view.document(hit, self.least, maintenance=self.maintenance, depth=self.depth),
            lambda: view.payload(hit, maintenance=self.maintenance),
            self.picture.of(self.workspace, lambda: view.drawing(hit, maintenance=self.maintenance)),
        )

    def explanation(self, why: Explanation, verdict: Verdict) -> tuple[bool, Answer]:
        """Why one CI is affected or is not."""
        return why.ci.status > Status.UP, Answer(
            "impact",
            verdict,
            lambda: view.explanation_document(why),
            lambda: view.explanation_payload(why),
            self.picture.of(self.workspace, lambda: view.explanation_drawing(why)),
        )

    def upstream(self, found: Upstream, verdict: Verdict) -> tuple[bool, Answer]:
        """What they rely on."""
        return bool(found.dependencies), Answer(
            "impact",
            verdict,
            lambda: view.upstream_document(found),
            lambda: view.upstream_payload(found),
            self.picture.of(self.workspace, lambda: view.upstream_drawing(found)),
        )


def _check(explain_id: str | None, up: bool, depth: int | None, fails: Failing) -> None:
    """Raises `UsageError` for options that do not go together."""
    if explain_id and up:
        raise click.UsageError("--explain and --up are different questions.")
    if (explain_id or up) and (depth is not None or fails.maintenance):
        said = "--maintenance" if fails.maintenance else "--depth"
        raise click.UsageError(f"{said} is about what is affected; it goes without --explain and --up.")
