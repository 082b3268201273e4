"""`cmdb change show`: one change record on file."""

from __future__ import annotations

from pathlib import Path

import click

from cmdb.cli.options import Call, shared
from cmdb.cli.records.sharing import folder, folder_of
from cmdb.model.answer import Answer
from cmdb.views import records as view


@click.command(epilog="\b\nExample:\n  cmdb change show chg-3f2a")
@click.argument("reference", metavar="ID")
@folder
@shared()
def command(call: Call, reference: str, records: Path | None) -> None:
    """Tell what a change record says, where it stands, and what may become of it.

    The beginning of an id will do.
    """
    record = folder_of(call, records).find(reference)
    call.finish(
        Answer("change-show", "clean", lambda: view.record_document(record), lambda: view.record_payload(record))
    )
