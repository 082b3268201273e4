"""`cmdb check`: the gate of a pull request."""

from __future__ import annotations

from datetime import date, timedelta
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from cmdb.cli.deadline import time_limit, within
from cmdb.cli.options import TRACKED, Call, as_of, at, day, fail_level, option, shared
from cmdb.cli.progress import working
from cmdb.compare.problems import Ratchet
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import SEVERITIES
from cmdb.views import check

if TYPE_CHECKING:
    from cmdb.workspace import Workspace

BASE = "Count only what was introduced since HEAD (or --at) left this revision; what is older is shown as notes."


@click.command(epilog="\b\nExamples:\n  cmdb check --fail-level warning\n  cmdb check --base origin/main")
@option("--base", metavar="REV", help=BASE)
@fail_level
@as_of
@at
@time_limit
@shared(*TRACKED)
def command(
    call: Call, base: str | None, fail_level: str, as_of: date | None, at: str | None, time_limit: timedelta
) -> None:
    """Find what is wrong in the files of a workspace.

    Exits with 1 when there is a problem of at least the fail level, and with 3 when there is none but a file did not
    load. With --base only problems that the files have, and that the commit where they left that revision had not, or
    had less severely, make it 1.
    """
    with within(time_limit), working("checking", gauge=call.gauge):
        workspace = call.open(at)
        checked = _judged(workspace, day(as_of), base, at or "HEAD") if base else _whole(workspace, day(as_of))
    findings = any(problem.severity >= SEVERITIES[fail_level] for problem in checked.counting)
    status: Verdict = "findings" if findings else "incomplete" if workspace.unread else "clean"
    setting = call.setting(workspace, day(as_of), fail_level)
    answer = Answer(
        "check",
        status,
        lambda: check.document(checked),
        lambda: check.payload(checked),
        findings=lambda: check.findings(checked, _rules(), setting),
        comment=lambda: check.comment(checked),
    )
    call.finish(answer)


def _whole(workspace: Workspace, as_of: date) -> check.Checked:
    return check.Checked(Ratchet(workspace.check(as_of)), len(workspace.inventory), workspace.unread)


def _judged(workspace: Workspace, as_of: date, revision: str, head: str) -> check.Checked:
    """Held against the commit where the head left a revision."""
    from cmdb.gating import base_of, introduced

    base = base_of(workspace, revision, head)
    found = introduced(base.workspace, workspace, as_of)
    since = check.Since(revision, base.commit, base.workspace.unread)
    return check.Checked(found, len(workspace.inventory), workspace.unread, since)


def _rules() -> dict[str, str]:
    """The codes of all checks with what their documentation says."""
    from cmdb.all_checks import CHECKS

    return {rule.CODE: cleandoc(rule.__doc__ or "") for rule in CHECKS}
