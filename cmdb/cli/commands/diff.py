"""`cmdb diff`: what changed, by its meaning."""

from __future__ import annotations

import click

from cmdb.cli.asking import answering
from cmdb.cli.options import Call, exit_code, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.views import diff as view


@click.command(epilog="\b\nExamples:\n  cmdb diff\n  cmdb diff main...HEAD --exit-code")
@click.argument("revisions", required=False, metavar="[BASE[..HEAD]]")
@exit_code
@shared()
def command(call: Call, revisions: str | None, exit_code: bool) -> None:
    """Compare the CIs of two revisions by their meaning.

    BASE..HEAD compares two revisions, BASE...HEAD shows what HEAD changed since it left BASE, BASE alone compares the
    working tree with BASE; without an argument BASE is HEAD. Moving a file is no change, and a change in a defaults
    file shows on each CI.
    """
    from cmdb.compare.inventories import diff
    from cmdb.sources.revisions import Range, parse_range
    from cmdb.sources.sides import open_sides

    workspace = call.open()
    with working("reading both sides", gauge=call.gauge):
        sides = open_sides(call.root(), parse_range(revisions) if revisions else Range("HEAD"))
        before, after = (workspace.side(side).inventory for side in sides)
    with working("comparing"):
        changes = diff(before, after)
    verdict = answering(sorted({*before.unread, *after.unread}))
    status = "findings" if changes and exit_code else verdict
    call.finish(Answer("diff", status, lambda: view.document(changes), lambda: view.payload(changes)))
