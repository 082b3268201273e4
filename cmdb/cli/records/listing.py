"""`cmdb change list`: the change records on file."""

from __future__ import annotations

from pathlib import Path

import click

from cmdb.cli.options import Call, option, shared
from cmdb.cli.records.sharing import folder, folder_of, loaded
from cmdb.model.answer import Answer
from cmdb.model.filed_change import STATES
from cmdb.views import records as view


@click.command(epilog="\b\nExamples:\n  cmdb change list\n  cmdb change list --state approved -f json")
@option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only those in this state; repeatable.")
@folder
@shared()
def command(call: Call, states: tuple[str, ...], records: Path | None) -> None:
    """List the change records on file.

    Files that are no proper records are told with their lines, and make the exit code 3.
    """
    found, problems = folder_of(call, records).read()
    listed = tuple(record for record in found.records if not states or record.state in states)
    status = loaded(problems)
    answer = Answer(
        "change-list", status, lambda: view.document(listed, problems), lambda: view.payload(listed, problems)
    )
    call.finish(answer)
