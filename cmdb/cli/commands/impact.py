"""`cmdb impact`: what breaks if something fails, why, and what a CI itself relies on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from cmdb.graph.explain import explain
from cmdb.graph.impact import Impact, impact
from cmdb.graph.reliance import only
from cmdb.graph.topology import Topology
from cmdb.graph.upstream import upstream
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
    _check(call, explain_id, up, depth, fails)
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
            asked = Asked(topology, seeds, include)
            if explain_id:
                found, answer = asked.explain(explain_id, verdict)
            elif up:
                found, answer = asked.up(verdict)
            else:
                found, answer = shown.impact(asked.impact(), verdict)
    call.finish(replace(answer, status="findings") if found and exit_code else answer)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer lists: CIs at least that badly off, at most so many steps away."""

    least: Status
    maintenance: bool
    depth: int | None
    workspace: Workspace
    picture: Picture

    def impact(self, whole: Impact, verdict: Verdict) -> tuple[bool, Answer]:
        """Whether anything suffers, and what."""
        hit = whole if self.depth is None else whole.near(self.depth)
        return bool(whole.affected), Answer(
            "impact",
            verdict,
            lambda: view.document(hit, self.least, maintenance=self.maintenance, depth=self.depth),
            lambda: view.payload(hit, maintenance=self.maintenance),
            self.picture.of(self.workspace, lambda: view.drawing(hit, maintenance=self.maintenance)),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What fails, and how badly; questions about one CI tell whether there is anything, and what."""

    topology: Topology
    seeds: Mapping[str, Status]
    include: Iterable[str]

    def impact(self) -> Impact:
        """What suffers."""
        return impact(self.topology, self.seeds, include=self.include)

    def explain(self, ci: str, verdict: Verdict) -> tuple[bool, Answer]:
        """Why one CI does or does not."""
        why = explain(self.topology, self.seeds, ci, include=self.include)
        document, payload = lambda: view.explanation_document(why), lambda: view.explanation_payload(why)
        return why.ci.status > Status.UP, Answer("impact", verdict, document, payload)

    def up(self, verdict: Verdict) -> tuple[bool, Answer]:
        """What they rely on."""
        found = upstream(self.topology, self.seeds, include=self.include)
        document, payload = lambda: view.upstream_document(found), lambda: view.upstream_payload(found)
        return bool(found.dependencies), Answer("impact", verdict, document, payload)


def _check(call: Call, explain_id: str | None, up: bool, depth: int | None, fails: Failing) -> None:
    """Raises `UsageError` for options that do not go together."""
    if explain_id and up:
        raise click.UsageError("--explain and --up are different questions.")
    if explain_id or up:
        if drawn := [each.format for each in call.outputs if each.format in DRAWINGS]:
            raise click.UsageError(f"-f {drawn[0]} draws what is affected; it goes without --explain and --up.")
        if depth is not None or fails.maintenance:
            said = "--maintenance" if fails.maintenance else "--depth"
            raise click.UsageError(f"{said} is about what is affected; it goes without --explain and --up.")
