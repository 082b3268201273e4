"""`cmdb blame`: who last set each value of a CI."""

from __future__ import annotations

import click

from cmdb.cli.asking import about, answering, without_history
from cmdb.cli.options import Call, at, option, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.views import blame as view


@click.command(epilog="\b\nExamples:\n  cmdb blame payments-db-1\n  cmdb blame payments-db-1 attributes")
@about("reference", metavar="ID")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@option("-n", "--limit", type=click.IntRange(1), metavar="COUNT", help="No more than so many values, those set last.")
@at
@shared()
def command(call: Call, reference: str, paths: tuple[str, ...], limit: int | None, at: str | None) -> None:
    """Tell which commit last set each value of a CI.

    Each value comes with the line where it stands now. The CI is followed through files that moved, through new ids,
    and through merges: a merge is blamed only for what it has from none of its parents. Paths are key paths or patterns
    of them; only values there are told.
    """
    from cmdb.look_back import blame

    workspace = call.open(at)
    call.inventory(workspace)
    with working("reading the history"):
        found = blame(workspace, reference, paths=paths, limit=limit)
    cut = next((value.commit for value in found.values if value.cut), None)
    status = without_history(answering(workspace.unread_inventory), cut)
    call.finish(Answer("blame", status, lambda: view.document(found), lambda: view.payload(found)))
