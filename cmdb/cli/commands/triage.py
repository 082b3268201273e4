"""`cmdb triage`: from alarms to the failure behind them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmdb.cli.asking import about, answering
from cmdb.cli.drawing import DRAWINGS, Picture, pictured
from cmdb.cli.including import including
from cmdb.cli.options import DOCUMENTS, Call, as_of, at, exit_code, meant, option, shared
from cmdb.cli.output import say
from cmdb.cli.progress import working
from cmdb.incidents.evidence import Evidences, changed, drifted, joined
from cmdb.incidents.recognition import LABELS, Recognised, recognised
from cmdb.incidents.triage import MOST, triage
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import CmdbError
from cmdb.model.status import STATUSES, Status
from cmdb.model.value import Value
from cmdb.views import triage as view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmdb.workspace import Workspace

BAD = tuple(label for label, status in STATUSES.items() if status > Status.UP)
ALERTS = "Alerts as JSON lines: webhook messages of Alertmanager, or single alerts; - is stdin. May be repeated."
LABEL = f"A label that names the CI of an alert, the surest first; by default {', '.join(LABELS)}."
LEAST = "How bad an alarming CI is at least."
DRIFT = "A drift report (cmdb drift -f json): what has drifted is likelier."
SINCE = "What was changed in so many days is likelier; 0 does not ask Git."
DAYS = 7


@click.command(
    epilog="\b\nExamples:\n  cmdb triage storefront erp\n  cmdb triage --alerts alerts.jsonl --drift drift.json"
)
@about("selectors", nargs=-1, metavar="[ID|SELECTOR]...")
@option("--alerts", multiple=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE", help=ALERTS)
@option("--label", "labels", multiple=True, metavar="NAME", help=LABEL)
@option("--at-least", type=click.Choice(BAD), default="degraded", show_default=True, help=LEAST)
@option("--drift", type=click.Path(path_type=Path), metavar="FILE", help=DRIFT)
@option("--since", type=click.IntRange(min=0), default=DAYS, show_default=True, metavar="DAYS", help=SINCE)
@option("-n", "--limit", type=click.IntRange(min=1), default=MOST, show_default=True, help="Explanations to be told.")
@including
@pictured
@exit_code
@as_of
@at
@shared(*DOCUMENTS, *DRAWINGS)
def command(
    call: Call,
    selectors: tuple[str, ...],
    alerts: tuple[Path, ...],
    labels: tuple[str, ...],
    at_least: str,
    drift: Path | None,
    since: int,
    limit: int,
    include: tuple[str, ...],
    picture: Picture,
    exit_code: bool,
    as_of: date | None,
    at: str | None,
) -> None:
    """Tell which failures explain what is alarming.

    The smallest sets of CIs whose failure leaves all that is alarming as bad as it is, the likeliest first: with what
    they explain, what should be alarming too and is not, the services affected in the order of their priority, and whom
    to call. CIs that were changed lately, or have drifted, rank higher.
    """
    if not selectors and not alerts:
        raise click.UsageError("Name the CIs that are alarming, or give alerts with --alerts.")
    workspace = call.open(at)
    inventory = call.inventory(workspace)
    told, torn = _alerts(alerts, workspace, labels or LABELS)
    asked = (*_picked(workspace, selectors), *told.alarming)
    moment = meant(as_of)

    def evidence(cis: frozenset[str]) -> Evidences:
        steps = workspace.steps(moment - timedelta(days=since)) if since else ()
        recent = [step for step in steps if step.at <= moment]
        return joined(changed(inventory, cis, recent), drifted(cis, _deviations(drift)))

    with working("looking for causes"):
        found = triage(
            inventory,
            asked,
            topology=workspace.topology,
            least=STATUSES[at_least],
            evidence=evidence,
            include=include,
            most=limit,
        )
    triaged = view.Triaged(found, inventory.schema, told)
    verdict: Verdict = "incomplete" if torn else answering(workspace.unread_inventory)
    answer = Answer(
        "triage",
        verdict,
        lambda: view.document(triaged),
        lambda: view.payload(triaged),
        picture.of(workspace, lambda: view.drawing(triaged)),
    )
    call.finish(replace(answer, status="findings") if found.explanations and exit_code else answer)


def _picked(workspace: Workspace, selectors: Sequence[str]) -> Iterable[str]:
    return (ci.id for selector in selectors for ci in workspace.inventory.select(selector))


def _alerts(files: Sequence[Path], workspace: Workspace, labels: Sequence[str]) -> tuple[Recognised, bool]:
    """The CIs that the alerts in files are about, and whether there are lines that could not be read."""
    from cmdb.formats.alert_lines import read_alerts

    read = [read_alerts("stdin" if str(file) == "-" else str(file), _bytes(file)) for file in files]
    problems = [problem for one in read for problem in one.problems]
    for problem in problems:
        say(f"{problem.location}: {problem.message}; {problem.hint}")
    firing = (alert for one in read for alert in one.firing)
    return recognised(workspace.inventory.values(), firing, labels) if files else Recognised(), bool(problems)


def _bytes(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CmdbError(
            f"cannot read '{file}': {error.strerror}", hint="name a file with alerts, or - for stdin"
        ) from None


def _deviations(file: Path | None) -> Sequence[Mapping[str, Value]]:
    """The deviations of a drift report. Raises `CmdbError` for a file that is none."""
    if file is None:
        return ()
    from cmdb.formats.strict_json import NotJson, loads

    try:
        report = loads(_bytes(file))
    except NotJson as error:
        raise CmdbError(f"'{file}' is no drift report: {error}", hint=NO_REPORT) from None
    if not isinstance(report, dict) or report.get("format") != "cmdb.drift/1":
        raise CmdbError(f"'{file}' is no drift report: its format is not cmdb.drift/1", hint=NO_REPORT)
    return tuple(one for one in report.get("deviations", ()) if isinstance(one, dict))


NO_REPORT = "write one with: cmdb drift -f json -o FILE"
