"""`cmdb change`: the record of a change, for those who must agree to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import click

from cmdb.cli.asking import answering
from cmdb.cli.options import Call, as_of, day, exit_code, option, shared
from cmdb.cli.progress import working
from cmdb.cli.records.proposing import Proposal, proposing
from cmdb.cli.words import Worded
from cmdb.model.answer import Answer
from cmdb.views import change as view

if TYPE_CHECKING:
    from cmdb.model.change_record import ChangeRecord
    from cmdb.workspace import Workspace

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
@proposing
@exit_code
@as_of
@shared("text", "json", "yaml", "markdown", "servicenow")
def command(
    call: Call,
    proposal: Proposal,
    revisions: str | None,
    labels: tuple[str, ...],
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
    before, after = _sides(call, revisions)
    with working("reading both sides", gauge=call.gauge):
        unread = sorted({*before.unread, *after.unread})
    with working("assessing"):
        schedule = proposal.schedule(before, after)
        freezes = tuple(dict.fromkeys(freeze.name for freeze in schedule.freezes))
        record = _record(before, after, _day(after, as_of), labels, freezes)
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


def _record(
    before: Workspace, after: Workspace, as_of: date | None, labels: tuple[str, ...], freezes: tuple[str, ...]
) -> ChangeRecord:
    from cmdb.filing.scheduling import troubles
    from cmdb.proposals import change

    lately = tuple(troubles(before, after, as_of))
    return change(before, after, as_of=as_of, labels=labels, freezes=freezes, troubles=lately)
