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
MERGE = "Judge what merging HEAD into BASE would give; no file is touched."


@click.command(
    epilog="\b\nExamples:\n  cmdb check --fail-level warning\n  cmdb check --base origin/main\n"
    "  cmdb check --merge origin/main HEAD"
)
@option("--base", metavar="REV", help=BASE)
@option("--merge", nargs=2, metavar="BASE HEAD", help=MERGE)
@fail_level
@as_of
@at
@time_limit
@shared(*TRACKED)
def command(
    call: Call,
    base: str | None,
    merge: tuple[str, str] | None,
    fail_level: str,
    as_of: date | None,
    at: str | None,
    time_limit: timedelta,
) -> None:
    """Find what is wrong in the files of a workspace.

    Exits with 1 when there is a problem of at least the fail level, and with 3 when there is none but a file did not
    load. With --base only problems that the files have, and that the commit where they left that revision had not, or
    had less severely, make it 1.

    With --merge it is the result of a merge that is judged, before it exists: what BASE has not counts, and what
    neither side has by itself comes first. Both sides may be fine, and break each other.
    """
    if merge and (base or at):
        raise click.UsageError("--merge names both sides; --base and --at do not go with it.")
    with within(time_limit), working("checking", gauge=call.gauge):
        workspace = call.open(at)
        if merge:
            workspace, checked = _merged(workspace, day(as_of), *merge)
        else:
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


def _merged(workspace: Workspace, as_of: date, base: str, head: str) -> tuple[Workspace, check.Checked]:
    """The workspace that a merge would give, held against the side that is merged into."""
    from cmdb.rehearsal import foreseen, rehearse

    rehearsal = rehearse(workspace, base, head)
    found, result = foreseen(rehearsal, as_of), rehearsal.result
    since = check.Since(base, rehearsal.commit, rehearsal.into.unread)
    joined = check.Joined(base, head, found.alone)
    return result, check.Checked(found.problems, len(result.inventory), result.unread, since, joined)


def _rules() -> dict[str, str]:
    """The codes of all checks with what their documentation says."""
    from cmdb.all_checks import CHECKS

    return {rule.CODE: cleandoc(rule.__doc__ or "") for rule in CHECKS}
