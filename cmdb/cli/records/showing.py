"""`cmdb change show`: one change record on file."""

from __future__ import annotations

from pathlib import Path

import click

from cmdb.cli.options import Call, shared
from cmdb.cli.records.emitting import emitting
from cmdb.cli.records.sharing import finish, folder, folder_of


@click.command(epilog="\b\nExample:\n  cmdb change show chg-3f2a")
@click.argument("reference", metavar="ID")
@folder
@emitting
@shared("text", "json", "servicenow", "markdown")
def command(call: Call, reference: str, records: Path | None, emit: Path | str | None) -> None:
    """Tell what a change record says, where it stands, and what may become of it.

    The beginning of an id will do.
    """
    record = folder_of(call, records).find(reference)
    finish(call, "change-show", record, emit)
