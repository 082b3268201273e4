"""What turns the record of a change into a proposal: its title, its plan, the file and the event."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cmdb.cli.moments import with_offset
from cmdb.cli.options import Call, Decorator, Function, leave, meant, option
from cmdb.cli.output import say
from cmdb.cli.records.emitting import emitted, emitting
from cmdb.model.answer import Answer
from cmdb.model.filed_change import FiledChange, Plan
from cmdb.model.problem import CmdbError
from cmdb.model.schedule import Schedule
from cmdb.views import change as view
from cmdb.views.schedule import with_schedule
from cmdb.views.servicenow import change_request

if TYPE_CHECKING:
    from cmdb.model.change import ChangeSet
    from cmdb.model.change_record import ChangeRecord
    from cmdb.workspace import Workspace

RECORD = "Put the record on file in this folder; by habit that is changes/ in the workspace."
TITLE = "The title of the record; by default the subject of its only commit."
BY = "Who proposes it; by default the author of its last commit."


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    return with_offset(value, "no moment (2026-11-29T02:00:00+01:00)")


def proposing(function: Function) -> Function:
    """The options of a proposal, handed to the command as one `Proposal`."""
    options: tuple[Decorator, ...] = (
        option("--record", type=click.Path(path_type=Path), metavar="DIR", help=RECORD),
        option("--title", default="", metavar="TEXT", help=TITLE),
        option("--reason", default="", metavar="TEXT", help="Why it is done."),
        option("--start", callback=_moment, metavar="MOMENT", help="When it is planned to begin; needs --end."),
        option("--end", callback=_moment, metavar="MOMENT", help="When it is planned to be over."),
        option("--by", metavar="WHO", help=BY),
        emitting,
    )

    @wraps(function)
    def called(**others: Any) -> None:
        mine = {name: others.pop(name) for name in ("record", "title", "reason", "by", "emit")}
        function(proposal=Proposal(**mine, planned=_plan(others.pop("start"), others.pop("end"))), **others)

    decorated: Function = called
    for add in reversed(options):
        decorated = add(decorated)
    return decorated


def _plan(start: datetime | None, end: datetime | None) -> Plan | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise click.UsageError("--start and --end belong together.")
    if end <= start:
        raise click.UsageError("--end is before --start.")
    return Plan(start, end)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What these options come to."""

    record: Path | None = None
    title: str = ""
    reason: str = ""
    by: str | None = None
    emit: Path | str | None = None
    planned: Plan | None = None

    def schedule(self, before: Workspace, after: Workspace, changes: ChangeSet | None = None) -> Schedule:
        """The plan held against the calendar and other plans, for the changes between two sides or for others."""
        from cmdb.filing.scheduling import scheduled

        return scheduled(before, after, self.planned, changes)

    def finish(
        self,
        call: Call,
        sides: tuple[Workspace, Workspace],
        record: ChangeRecord,
        schedule: Schedule,
        as_of: date | None,
        answer: Answer,
    ) -> NoReturn:
        """Files and emits the record where that is asked for, and ends with the answer."""
        from cmdb.filing import proposed
        from cmdb.filing.scheduling import without

        found = without(schedule, record.id)
        payload = view.payload(record)
        if found.planned is not None:
            payload = {**payload, "schedule": found.data}
        moment = meant(as_of).replace(microsecond=0)
        made = proposed(
            record,
            payload,
            by=self.by or next((commit.author for commit in record.commits), "") or _user(),
            at=moment,
            title=self.title,
            reason=self.reason,
            planned=self.planned,
            schedule=found,
        )
        if self.record or self.emit:
            _refuse_what_is_not_whole(sides, record)
        made = self._filed(made, moment.date())
        call, there = emitted(call, self.emit, made, filed=self.record is not None)
        status = answer.status if there or answer.status != "clean" else "incomplete"
        if not call.outputs:
            leave(status)
        call.finish(
            replace(
                answer,
                status=status,
                document=lambda: with_schedule(view.document(record), found),
                payload=lambda: payload,
                comment=lambda: with_schedule(view.document(record), found),
                ticket=lambda: change_request(made, lambda ci: _sys_id(sides, ci)),
            )
        )

    def _filed(self, made: FiledChange, day: date) -> FiledChange:
        """The record as it is on file, where that is asked for."""
        if self.record is None:
            return made
        from cmdb.filing import RecordFolder

        folder = RecordFolder.at(self.record)
        path, new = folder.file(made, day)
        where = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        say(f"recorded in {where}" if new else f"{made.id} is on file already, and stays as it is: {where}")
        return folder.find(made.id)


def _refuse_what_is_not_whole(sides: tuple[Workspace, Workspace], record: ChangeRecord) -> None:
    if unread := sorted({path for side in sides for path in side.unread}):
        hint = "'cmdb check' says why; mend that first"
        raise CmdbError(f"these files did not load: {', '.join(unread)}", hint=hint)
    if not record:
        raise CmdbError("nothing changes, so there is nothing to put on file", hint="name other revisions")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _sys_id(sides: tuple[Workspace, Workspace], ci: str) -> str | None:
    before, after = (side.inventory for side in sides)
    for inventory in (after, before):
        if ci in inventory:
            return inventory[ci].keys.get("servicenow")
    return None
