"""`cmdb change advance`: a change record moves on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import click

from cmdb.cli.options import Call, as_of, meant, option, shared
from cmdb.cli.records.emitting import emitting
from cmdb.cli.records.sharing import finish, folder, folder_of
from cmdb.model.answer import Verdict
from cmdb.model.filed_change import STATES, State

BY = "Who does that."
FAILED = "With reviewed or closed: the change did not do what it should, or was taken back."
FOR = "Whose approval it is, where that is not WHO; may be repeated."


@click.command(
    epilog="\b\nExamples:\n  cmdb change advance chg-3f2a approved --by ada --for team-data\n"
    "  cmdb change advance chg-3f2a implemented --by bob --note 'took ten minutes'"
)
@click.argument("reference", metavar="ID")
@click.argument("state", type=click.Choice(STATES))
@option("--by", required=True, metavar="WHO", help=BY)
@option("--for", "on_behalf", multiple=True, metavar="APPROVER", help=FOR)
@option("--note", default="", metavar="TEXT", help="What there is to say about it.")
@option("--failed", is_flag=True, help=FAILED)
@folder
@emitting
@as_of
@shared()
def command(
    call: Call,
    reference: str,
    state: str,
    by: str,
    on_behalf: tuple[str, ...],
    note: str,
    failed: bool,
    records: Path | None,
    emit: Path | str | None,
    as_of: date | None,
) -> None:
    """Move a change record to another state.

    A record is proposed, then approved or rejected, implemented, reviewed, closed. It is approved once all who were
    asked have approved it: each call gives an approval, and until the last one the record stays proposed and the exit
    code is 3. An emergency change may be implemented before that, and is reviewed once the approvals are there. What
    else may be is told where a move is refused.

    Only the lines that say so change in the record's file.
    """
    chosen = cast("State", state)
    record = folder_of(call, records).advance(
        reference, chosen, by=by, at=meant(as_of).replace(microsecond=0), note=note, on_behalf=on_behalf, failed=failed
    )
    status: Verdict = "incomplete" if record.state != chosen and record.lacking else "clean"
    finish(call, "change-advance", record, emit, status)
