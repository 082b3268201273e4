"""`cmdb check`: the gate of a pull request."""

from __future__ import annotations

from datetime import date
from inspect import cleandoc

import click

from cmdb.cli.options import TRACKED, Call, as_of, at, day, fail_level, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import SEVERITIES
from cmdb.views import check


@click.command(epilog="\b\nExample:\n  cmdb check --fail-level warning")
@fail_level
@as_of
@at
@shared(*TRACKED)
def command(call: Call, fail_level: str, as_of: date | None, at: str | None) -> None:
    """Find what is wrong in the files of a workspace.

    Exits with 1 when there is a problem of at least the fail level, and with 3 when there is none but a file did not
    load.
    """
    workspace = call.open(at)
    with working("checking", gauge=call.gauge):
        problems = workspace.check(day(as_of))
    checked = check.Checked(problems, len(workspace.inventory), workspace.unread)
    findings = any(problem.severity >= SEVERITIES[fail_level] for problem in problems)
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


def _rules() -> dict[str, str]:
    """The codes of all checks with what their documentation says."""
    from cmdb.all_checks import CHECKS

    return {rule.CODE: cleandoc(rule.__doc__ or "") for rule in CHECKS}
