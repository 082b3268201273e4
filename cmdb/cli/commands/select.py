"""`cmdb select`: the CIs that selectors pick, for people and for shells."""

from __future__ import annotations

import click

from cmdb.cli.asking import answering, picked, selection
from cmdb.cli.options import Call, at, leave, option, shared
from cmdb.cli.output import write
from cmdb.model.answer import Answer
from cmdb.views import select


@click.command(epilog="\b\nExample:\n  cmdb select 'kind=server,environment=production' --ids")
@selection
@option("--ids", is_flag=True, help="Print bare ids, one a line.")
@at
@shared()
def command(call: Call, selectors: tuple[str, ...], exclude: tuple[str, ...], ids: bool, at: str | None) -> None:
    """List the CIs that selectors pick.

    Several selectors are a union; none at all picks every CI.
    """
    inventory = call.inventory(call.open(at))
    cis = picked(inventory, selectors, exclude)
    status = answering(inventory.unread)
    if ids and call.format == "text":
        write(select.ids(cis), call.output)
        leave(status)
    call.finish(Answer("select", status, lambda: select.document(cis), lambda: select.payload(cis)))
