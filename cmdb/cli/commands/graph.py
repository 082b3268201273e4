"""`cmdb graph`: dependencies as a table, as data for networkx, or as a drawing."""

from __future__ import annotations

import click

from cmdb.cli.asking import answering, picked, selection
from cmdb.cli.drawing import DRAWINGS, Picture, pictured
from cmdb.cli.options import DOCUMENTS, Call, at, shared
from cmdb.model.answer import Answer
from cmdb.views import graph


@click.command(epilog="\b\nExample:\n  cmdb graph '2+payments+1' -f svg -o payments.svg")
@selection
@pictured
@at
@shared(*DOCUMENTS, *DRAWINGS)
def command(call: Call, selectors: tuple[str, ...], exclude: tuple[str, ...], picture: Picture, at: str | None) -> None:
    """Draw the dependencies among the CIs that selectors pick.

    An arrow from A to B says that A depends on B. Members of redundancy groups have dashed arrows. JSON is networkx's
    node-link form.
    """
    workspace = call.open(at)
    inventory = call.inventory(workspace)
    drawn = graph.subgraph(inventory, picked(inventory, selectors, exclude))
    answer = Answer(
        "graph",
        answering(inventory.unread),
        lambda: graph.document(drawn),
        lambda: graph.payload(drawn),
        picture.of(workspace, lambda: graph.drawing(drawn)),
    )
    call.finish(answer)
