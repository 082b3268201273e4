"""`cmdb log`: what became of a CI, commit by commit."""

from __future__ import annotations

import click

from cmdb.cli.asking import about, answering, without_history
from cmdb.cli.options import Call, at, option, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.views import log as view


@click.command(epilog="\b\nExamples:\n  cmdb log payments-db-1\n  cmdb log payments-db-1 attributes.memory -n 1")
@about("reference", metavar="ID")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@option("-n", "--limit", type=click.IntRange(1), metavar="COUNT", help="No more than so many commits, the newest.")
@at
@shared()
def command(call: Call, reference: str, paths: tuple[str, ...], limit: int | None, at: str | None) -> None:
    """Tell which commits changed a CI, and what they changed.

    The CI is followed through files that moved, through new ids, and through merges. Values are effective: a change of
    a default or a kind shows with its cause. Paths are key paths or patterns of them; only changes there are told.
    """
    from cmdb.look_back import log

    workspace = call.open(at)
    call.inventory(workspace)
    with working("reading the history"):
        found = log(workspace, reference, paths=paths, limit=limit)
    status = without_history(answering(workspace.unread_inventory), found.cut)
    call.finish(Answer("log", status, lambda: view.document(found), lambda: view.payload(found)))
