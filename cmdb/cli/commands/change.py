"""`cmdb change`: the record of a change, for those who must agree to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmdb.changes.circumstances import Circumstances, Trouble
from cmdb.cli.asking import answering
from cmdb.cli.options import Call, as_of, day, exit_code, option, shared
from cmdb.cli.progress import working
from cmdb.cli.records.proposing import Proposal, proposing
from cmdb.cli.words import Worded
from cmdb.model.answer import Answer
from cmdb.model.problem import CmdbError
from cmdb.views import change as view

if TYPE_CHECKING:
    from cmdb.model.change_record import ChangeRecord
    from cmdb.workspace import Workspace

DRIFT = "The change is what drifted: from what is declared to what this JSON of 'cmdb drift' saw."
LEDGER = "Count what drifted lately too, as this ledger of 'cmdb drift' remembers it."
LABEL = "A label that people gave the change, for the rules of cmdb.yaml; may be repeated."


class Change(Worded):
    """`cmdb change` and what becomes of records."""

    words: Mapping[str, str] = {
        "list": "cmdb.cli.records.listing",
        "show": "cmdb.cli.records.showing",
        "advance": "cmdb.cli.records.advancing",
    }


@click.command(
    cls=Change,
    invoke_without_command=True,
    epilog="\b\nExamples:\n  cmdb change main...HEAD\n  cmdb change main...HEAD -f markdown -o comment.md\n"
    "  cmdb change HEAD",
)
@click.argument("revisions", required=False, metavar="[BASE[..HEAD]]")
@option("--label", "labels", multiple=True, metavar="LABEL", help=LABEL)
@option("--from-drift", type=click.Path(path_type=Path), metavar="FILE", help=DRIFT)
@option("--ledger", type=click.Path(path_type=Path), metavar="FILE", help=LEDGER)
@proposing
@exit_code
@as_of
@shared("text", "json", "yaml", "markdown", "servicenow")
def command(
    call: Call,
    proposal: Proposal,
    revisions: str | None,
    labels: tuple[str, ...],
    from_drift: Path | None,
    ledger: Path | None,
    exit_code: bool,
    as_of: date | None,
) -> None:
    """Tell what a change does, can break and needs, for those who must agree.

    BASE..HEAD is the change from one revision to another, BASE...HEAD what HEAD changed since it left BASE, BASE alone
    the change from BASE to the working tree; without an argument BASE is HEAD. A revision that is called like a word of
    this command is written refs/heads/NAME.

    The same two revisions give the same record: without --as-of it is judged as of the day of HEAD, and only the
    working tree as of now. The rules are those of BASE, so that no change loosens the rules for itself.
    """
    if from_drift and revisions:
        raise click.UsageError("--from-drift says what changed; it goes without revisions.")
    before, after = (call.open(),) * 2 if from_drift else _sides(call, revisions)
    with working("reading both sides", gauge=call.gauge):
        unread = sorted({*before.unread, *after.unread})
    with working("assessing"):
        drifted = None
        if from_drift and proposal.planned:
            drifted = _from_drift(before, from_drift, day(as_of), Circumstances()).changes
        schedule = proposal.schedule(before, after, drifted)
        known = Circumstances(
            frozenset(labels),
            tuple(dict.fromkeys(freeze.name for freeze in schedule.freezes)),
            _drifted(ledger, before, day(as_of)) if ledger else (),
        )
        if from_drift:
            record = _from_drift(before, from_drift, day(as_of), known)
        else:
            record = _record(before, after, _day(after, as_of), known)
    status = "findings" if record and exit_code else answering(unread)
    answer = Answer("change", status, lambda: view.document(record), lambda: view.payload(record))
    proposal.finish(call, (before, after), record, schedule, as_of, answer)


def _sides(call: Call, revisions: str | None) -> tuple[Workspace, Workspace]:
    from cmdb.sources.revisions import Range, parse_range
    from cmdb.sources.sides import open_sides

    workspace = call.open()
    before, after = open_sides(call.root(), parse_range(revisions) if revisions else Range("HEAD"))
    return workspace.side(before), workspace.side(after)


def _day(after: Workspace, as_of: date | None) -> date | None:
    from cmdb.sources.git_tree import GitTree

    return None if as_of is None and isinstance(after.source, GitTree) else day(as_of)


def _record(before: Workspace, after: Workspace, as_of: date | None, known: Circumstances) -> ChangeRecord:
    from cmdb.filing.scheduling import troubles
    from cmdb.proposals import change

    lately = (*known.troubles, *troubles(before, after, as_of))
    return change(before, after, as_of=as_of, labels=known.labels, freezes=known.freezes, troubles=lately)


def _from_drift(workspace: Workspace, report: Path, as_of: date, known: Circumstances) -> ChangeRecord:
    from cmdb.proposals import change_from_drift

    return change_from_drift(workspace, report, as_of=as_of, circumstances=known)


def _drifted(file: Path, workspace: Workspace, as_of: date) -> tuple[Trouble, ...]:
    from cmdb.ledger import Ledger
    from cmdb.proposals import drifted_lately

    if not file.is_file():
        raise CmdbError(f"there is no ledger '{file}'", hint="'cmdb drift --ledger FILE' writes one")
    return tuple(drifted_lately(Ledger(file, workspace.config.name).history(), as_of))
