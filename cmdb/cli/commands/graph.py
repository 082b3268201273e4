"""`cmdb graph`: dependencies as a table, as data for networkx, or as a drawing."""

from __future__ import annotations

import click

from cmdb.cli.asking import answering, picked, selection
from cmdb.cli.options import Call, at, shared
from cmdb.model.answer import Answer
from cmdb.views import graph


@click.command(epilog="\b\nExample:\n  cmdb graph '2+payments+1' -f dot | dot -Tsvg > payments.svg")
@selection
@at
@shared("text", "json", "markdown", "dot", "mermaid")
def command(call: Call, selectors: tuple[str, ...], exclude: tuple[str, ...], at: str | None) -> None:
    """Draw the dependencies among the CIs that selectors pick.

    An arrow from A to B says that A depends on B. Members of redundancy groups have dashed arrows. JSON is networkx's
    node-link form.
    """
    inventory = call.inventory(call.open(at))
    drawn = graph.subgraph(inventory, picked(inventory, selectors, exclude))
    answer = Answer(
        "graph",
        answering(inventory.unread),
        lambda: graph.document(drawn),
        lambda: graph.payload(drawn),
        lambda: graph.drawing(drawn),
    )
    call.finish(answer)
