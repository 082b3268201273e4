"""`cmdb ledger`: what earlier runs of `cmdb drift` found."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from cmdb.cli.moments import before, when
from cmdb.cli.options import Call, at, option, shared
from cmdb.cli.remembering import ledger, ledger_of
from cmdb.model.answer import Answer
from cmdb.views import ledger as view

SINCE = "Only what happened on this day or later, after this moment, or in the last 36h before the last run."


@click.command(epilog="\b\nExamples:\n  cmdb ledger\n  cmdb ledger --since 30d -f json")
@ledger
@option("--since", callback=when, metavar="WHEN", help=SINCE)
@at
@shared()
def command(call: Call, ledger: Path | None, since: datetime | timedelta | None, at: str | None) -> None:
    """Tell what earlier runs of drift found, and how long repairs took.

    Deviations are open, excused, resolved (seen to be right again) or dropped (nobody asks any more). What nobody
    looked at stays as it was. With --at it tells of the runs that had the same --at.
    """
    history = ledger_of(call.open(), ledger, at).history()
    if since is not None and history.runs:
        history = history.after(before(since, history.runs[-1].moment))
    call.finish(Answer("ledger", "clean", lambda: view.document(history), lambda: view.payload(history)))
