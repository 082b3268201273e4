"""`--remediate`: what would bring reality back, in the place of the verdict's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cmdb.cli.options import Call, Function, leave, option
from cmdb.cli.output import write
from cmdb.model.answer import Answer, Verdict
from cmdb.model.drift import Deviation

if TYPE_CHECKING:
    from cmdb.workspace import Workspace

FORMATS = ("ansible", "list")
REMEDIATE = "Print what would bring reality back, as variables for Ansible (the default) or as a list; changes nothing."


def remediating(function: Function) -> Function:
    """`--remediate[=ansible|list]`."""
    return option(
        "--remediate",
        "remedy",
        is_flag=False,
        flag_value="ansible",
        type=click.Choice(FORMATS),
        metavar=_VALUE,
        help=REMEDIATE,
    )(function)


def remediate(call: Call, workspace: Workspace, deviations: Sequence[Deviation], how: str, status: Verdict) -> None:
    """Writes the remedies, and ends with the exit code of the verdict."""
    from cmdb.acceptance.remedies import remedies
    from cmdb.views import remediate as view

    found = remedies(workspace.inventory, deviations)
    if call.format == "text":
        write(view.written(found, how), call.output)
        leave(status)
    call.finish(Answer("drift", status, lambda: view.document(found, how), lambda: view.payload(found)))


_VALUE = "[ansible|list]"
