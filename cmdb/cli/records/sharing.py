"""What the words of `cmdb change` share: which folder of records is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from cmdb.cli.options import Call, Function, leave, option
from cmdb.cli.output import say
from cmdb.cli.records.emitting import emitted
from cmdb.filing import RecordFolder
from cmdb.model.answer import Answer, Verdict
from cmdb.model.filed_change import FiledChange
from cmdb.model.problem import Problem
from cmdb.views import records as view
from cmdb.views.servicenow import change_request

RECORDS = "The folder of record files; by default the one of the workspace."


def folder(function: Function) -> Function:
    """`--records DIR`."""
    return option("--records", type=click.Path(path_type=Path), metavar="DIR", help=RECORDS)(function)


def folder_of(call: Call, records: Path | None) -> RecordFolder:
    """The folder that is meant."""
    if records is not None:
        return RecordFolder.at(records)
    return RecordFolder(call.root(), call.open().records_folder)


def finish(call: Call, name: str, record: FiledChange, emit: Path | str | None, status: Verdict = "clean") -> NoReturn:
    """Tells a record to whom it is to be told, and ends with it as the answer."""
    call, there = emitted(call, emit, record, filed=True)
    if not there and status == "clean":
        status = "incomplete"
    if not call.outputs:
        leave(status)
    document, payload = lambda: view.record_document(record), lambda: view.record_payload(record)
    call.finish(Answer(name, status, document, payload, ticket=lambda: change_request(record, _sys_ids(call))))


def _sys_ids(call: Call) -> Callable[[str], str | None]:
    inventory = call.inventory(call.open())
    return lambda ci: inventory[ci].keys.get("servicenow") if ci in inventory else None


def loaded(problems: tuple[Problem, ...]) -> Verdict:
    """The status of an answer from the records that load; says on stderr where there are others."""
    if not problems:
        return "clean"
    files = sorted({problem.where.path for problem in problems if problem.where is not None})
    say(f"these records did not load: {', '.join(files)}")
    return "incomplete"
