"""`cmdb show`: one CI, whole."""

from __future__ import annotations

import click

from cmdb.cli.asking import about, answering
from cmdb.cli.options import Call, at, shared
from cmdb.cli.output import say
from cmdb.model.answer import Answer
from cmdb.views import show


@click.command(epilog="\b\nExample:\n  cmdb show payments-db-1")
@about("reference", metavar="ID")
@at
@shared()
def command(call: Call, reference: str, at: str | None) -> None:
    """Tell everything that is known of one CI, and where it stands.

    A former id works too. Values come from the CI's file, from a defaults file or from its kind.
    """
    from cmdb.graph.references import alias_note, resolve

    workspace = call.open(at)
    inventory = call.inventory(workspace)
    node = resolve(inventory.topology, reference)
    for note in alias_note(inventory.topology, reference, node):
        say(note)
    ci = inventory[inventory.topology.ids[node]]
    referenced_by = show.referenced_by(inventory.topology, node)
    shown = show.Shown(ci, inventory.schema, workspace.provenance(ci), referenced_by)
    answer = Answer("show", answering(inventory.unread), lambda: show.document(shown), lambda: show.payload(shown))
    call.finish(answer)
