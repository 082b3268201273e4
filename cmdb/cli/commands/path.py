"""`cmdb path A B`: how one CI depends on another."""

from __future__ import annotations

import click

from cmdb.cli.asking import about, answering
from cmdb.cli.drawing import DRAWINGS, Picture, pictured
from cmdb.cli.including import including
from cmdb.cli.options import DOCUMENTS, Call, at, option, shared
from cmdb.cli.progress import working
from cmdb.graph.paths import LIMIT, Which, paths
from cmdb.model.answer import Answer
from cmdb.views import path as view

RELATION = "Only by this relation type, harmless ones too; may be repeated."


@click.command(epilog="\b\nExamples:\n  cmdb path online-shop san-1\n  cmdb path online-shop site-dc --disjoint")
@about("source", metavar="A")
@about("target", metavar="B")
@option("--all", "every", is_flag=True, help="Tell all of the shortest paths.")
@option("--disjoint", is_flag=True, help="Tell as many paths as there are that have no CI in common.")
@option("--relation", multiple=True, metavar="TYPE", help=RELATION)
@option("--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="The most paths to be listed.")
@including
@pictured
@at
@shared(*DOCUMENTS, *DRAWINGS)
def command(
    call: Call,
    source: str,
    target: str,
    every: bool,
    disjoint: bool,
    relation: tuple[str, ...],
    limit: int,
    include: tuple[str, ...],
    picture: Picture,
    at: str | None,
) -> None:
    """Tell how one CI depends on another.

    Which of the two is named first does not matter. By default it is one shortest path. Only CIs that serve and
    relations that let harm through are walked. A step that passes a redundancy group says how many of its members are
    needed.
    """
    if every and disjoint:
        raise click.UsageError("--all and --disjoint are different questions.")
    which: Which = "all" if every else "disjoint" if disjoint else "shortest"
    workspace = call.open(at)
    with working("reading the inventory", gauge=call.gauge):
        topology = workspace.topology
    verdict = answering(workspace.unread_inventory)
    with working("walking the graph"):
        found = paths(topology, source, target, which, relations=relation, include=include, limit=limit)
    answer = Answer(
        "path",
        verdict,
        lambda: view.document(found),
        lambda: view.payload(found),
        picture.of(workspace, lambda: view.drawing(found)),
    )
    call.finish(answer)
