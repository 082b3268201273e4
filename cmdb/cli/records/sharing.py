"""What the words of `cmdb change` share: which folder of records is meant."""

from __future__ import annotations

from pathlib import Path

import click

from cmdb.cli.options import Call, Function, option
from cmdb.cli.output import say
from cmdb.filing import RecordFolder
from cmdb.model.answer import Verdict
from cmdb.model.problem import Problem

RECORDS = "The folder of record files; by default the one of the workspace."


def folder(function: Function) -> Function:
    """`--records DIR`."""
    return option("--records", type=click.Path(path_type=Path), metavar="DIR", help=RECORDS)(function)


def folder_of(call: Call, records: Path | None) -> RecordFolder:
    """The folder that is meant."""
    if records is not None:
        return RecordFolder.at(records)
    return RecordFolder(call.root(), call.open().records_folder)


def loaded(problems: tuple[Problem, ...]) -> Verdict:
    """The status of an answer from the records that load; says on stderr where there are others."""
    if not problems:
        return "clean"
    files = sorted({problem.where.path for problem in problems if problem.where is not None})
    say(f"these records did not load: {', '.join(files)}")
    return "incomplete"
