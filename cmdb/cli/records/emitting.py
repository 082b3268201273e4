"""`--emit`: what became of a change, told to a file, to stdout or to an HTTP endpoint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmdb.cli.options import Call, Function, option
from cmdb.cli.output import say, write
from cmdb.cli.places import Place
from cmdb.model.filed_change import FiledChange
from cmdb.model.problem import CmdbError

if TYPE_CHECKING:
    from cmdb.events import Event

EMIT = "Send the record as a CloudEvent to this http(s) URL, to the end of this file, or to stdout (-)."


def emitting(function: Function) -> Function:
    """`--emit TARGET`."""
    return option("--emit", type=Place(), metavar="TARGET", help=EMIT)(function)


def emitted(call: Call, target: Path | str | None, record: FiledChange, *, filed: bool) -> tuple[Call, bool]:
    """Tells what became of a record. Gives the call without stdout where the event went there, and whether the event
    is where it belongs; what could not be delivered waits for the next time."""
    if target is None:
        return call, True
    from cmdb.events import event
    from cmdb.formats.record_writer import record_data

    data = {name: item for name, item in record_data(record).items() if filed or name != "history"}
    sent = event(_workspace(call), record.id, record.state, record.history[-1].at, data)
    if isinstance(target, str):
        return call, _delivered(target, sent)
    if str(target) != "-":
        _appended(target, sent.body + b"\n")
        return call, True
    write(sent.body.decode() + "\n", None)
    return replace(call, outputs=tuple(output for output in call.outputs if output.file is not None)), True


def _workspace(call: Call) -> str:
    try:
        return call.open().config.name
    except CmdbError:
        return ""


def _delivered(url: str, sent: Event) -> bool:
    from cmdb.events import deliver

    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("events go to http:// and https:// only.", param_hint="--emit")
    done = deliver(url, sent)
    for path in done.refused:
        say(f"an event was refused, and is kept in {path}")
    if done.waiting:
        count = "an event waits" if done.waiting == 1 else f"{done.waiting} events wait"
        say(f"{count} in {done.spool} for the next --emit there: {done.reason}")
    return not (done.waiting or done.refused)


def _appended(file: Path, line: bytes) -> None:
    try:
        with file.open("ab") as stream:
            stream.write(line)
    except OSError as error:
        raise CmdbError(f"cannot write {file}: {error.strerror or error}") from error
