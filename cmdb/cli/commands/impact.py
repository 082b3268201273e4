"""`cmdb impact`: what breaks if something fails, why, and what a CI itself relies on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from cmdb.cli.asking import about, answering
from cmdb.cli.including import including
from cmdb.cli.options import Call, at, exit_code, option, shared
from cmdb.cli.progress import working
from cmdb.graph.explain import explain
from cmdb.graph.impact import impact
from cmdb.graph.selectors import lone_ids
from cmdb.graph.topology import Topology
from cmdb.graph.upstream import upstream
from cmdb.inventory import Inventory
from cmdb.model.answer import Answer, Verdict
from cmdb.model.status import STATUSES, Status
from cmdb.views import impact as view

if TYPE_CHECKING:
    from cmdb.workspace import Workspace

BAD = tuple(label for label, status in STATUSES.items() if status > Status.UP)
DRAWINGS = ("dot", "mermaid")


@click.command(epilog="\b\nExamples:\n  cmdb impact hv-1\n  cmdb impact 'relations.located_in=rack-a' --explain shop")
@about("selectors", nargs=-1, required=True, metavar="ID|SELECTOR...")
@option("--status", type=click.Choice(BAD), default="down", show_default=True, help="How badly they fail.")
@option("--explain", "explain_id", metavar="ID", help="Tell why this CI is affected, or why it is not.")
@option("--up", is_flag=True, help="Tell what they rely on instead.")
@including
@option("--min-status", type=click.Choice(BAD), default="degraded", show_default=True, help="The least to be listed.")
@exit_code
@at
@shared("text", "json", "markdown", *DRAWINGS)
def command(
    call: Call,
    selectors: tuple[str, ...],
    status: str,
    explain_id: str | None,
    up: bool,
    include: tuple[str, ...],
    min_status: str,
    exit_code: bool,
    at: str | None,
) -> None:
    """Tell what suffers when CIs fail.

    Text and Markdown list CIs that are degraded or worse, and fold those that are merely at risk to one line for each
    cause; JSON always has all.
    """
    if explain_id and up:
        raise click.UsageError("--explain and --up are different questions.")
    if (explain_id or up) and (drawn := [each.format for each in call.outputs if each.format in DRAWINGS]):
        raise click.UsageError(f"-f {drawn[0]} draws what is affected; it goes without --explain and --up.")
    workspace = call.open(at)
    with working("reading the inventory", gauge=call.gauge):
        topology, seeds = workspace.topology, references(workspace, selectors)
    verdict = answering(workspace.unread_inventory)
    with working("walking the graph"):
        asked = Asked(topology, dict.fromkeys(seeds, STATUSES[status]), include)
        if explain_id:
            found, answer = asked.explain(explain_id, verdict)
        elif up:
            found, answer = asked.up(verdict)
        else:
            found, answer = asked.impact(STATUSES[min_status], verdict)
    call.finish(replace(answer, status="findings") if found and exit_code else answer)


@dataclass(frozen=True, slots=True)
class Asked:
    """What fails, and how badly; each question answers whether there is anything, and what."""

    topology: Topology
    seeds: Mapping[str, Status]
    include: tuple[str, ...]

    def impact(self, least: Status, verdict: Verdict) -> tuple[bool, Answer]:
        """What suffers."""
        hit = impact(self.topology, self.seeds, include=self.include)
        document, drawing = lambda: view.document(hit, least), lambda: view.drawing(hit)
        return bool(hit.affected), Answer("impact", verdict, document, lambda: view.payload(hit), drawing)

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


def references(workspace: Workspace, selectors: Sequence[str]) -> tuple[str, ...]:
    """The CIs that are meant; a former id stays, so that it can be told. CIs are looked at only where a selector asks
    what they say."""
    known = lone_ids(workspace.topology, selectors)
    return tuple(_picked(workspace.inventory, selectors)) if known is None else known


def _picked(inventory: Inventory, selectors: Iterable[str]) -> Iterator[str]:
    for selector in selectors:
        picked = [ci.id for ci in inventory.select(selector)]
        yield from [selector] if picked == [inventory.resolve(selector)] else picked
