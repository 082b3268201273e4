"""`cmdb drift`: the verdict of a night's cron job."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from cmdb.cli.asking import unread
from cmdb.cli.observing import SOURCE, something_to_see
from cmdb.cli.options import MONITORED, Call, as_of, at, fail_level, now, option, shared
from cmdb.cli.places import Place
from cmdb.cli.progress import working
from cmdb.cli.remedying import remediate, remediating
from cmdb.cli.remembering import Memory, remembering
from cmdb.cli.unattended import Vigil, unattended
from cmdb.graph.references import resolve
from cmdb.model.answer import Answer, Verdict
from cmdb.model.drift import DriftReport
from cmdb.model.explanation import Explanation
from cmdb.model.findings import Setting
from cmdb.model.location import Where
from cmdb.model.moments import end_of
from cmdb.model.problem import SEVERITIES, Severity
from cmdb.views import drift, drift_explain, drift_findings, drift_measures
from cmdb.workspace import Workspace


@click.command(
    epilog="\b\nExamples:\n  cmdb drift\n  cmdb drift --observed snapshots/*.jsonl --as-of 2026-11-01\n"
    "  cmdb drift --quiet --only-new --timeout 10m"
)
@option("--observed", multiple=True, type=Place(), metavar="FILE...", help="Judge these snapshots.")
@click.argument("more", nargs=-1, type=Place(), metavar="")
@option("--source", "sources", multiple=True, metavar="NAME", help=SOURCE)
@option("--explain", "explained", metavar="ID", help="Tell why this CI gets its verdict.")
@option("--trust-removals", is_flag=True, help="Believe that much is gone where an outage of the source is likelier.")
@remediating
@fail_level
@as_of
@at
@remembering
@unattended
@shared(*MONITORED)
def command(
    call: Call,
    memory: Memory,
    vigil: Vigil,
    observed: tuple[Path | str, ...],
    more: tuple[Path | str, ...],
    sources: tuple[str, ...],
    explained: str | None,
    remedy: str | None,
    trust_removals: bool,
    fail_level: str,
    as_of: date | None,
    at: str | None,
) -> None:
    """Compare what is declared and demanded with what was observed.

    Without --observed the sources of cmdb.yaml run now. Exits with 1 when a deviation that nothing excuses has at least
    the fail level, and with 3 when there is none but something that should have been seen was not.

    With --only-new or --since, only what is listed counts for that; with --explain, only that CI.
    """
    if more and not observed:
        raise click.UsageError(f"Got unexpected extra argument ({more[0]}); snapshots follow --observed.")
    workspace = call.open(at)
    something_to_see(workspace, observed)
    if explained:
        resolve(workspace.topology, explained)
    memory.of(workspace, at)
    with nullcontext() if observed else vigil.alone(memory.lock(workspace)):
        with working("observing"):
            if observed:
                snapshot = workspace.observed((*observed, *more))
            else:
                call.inventory(workspace)
                snapshot = workspace.discover(sources, vigil.left())
        with working("comparing"):
            moment = as_of or now()
            if explained:
                found = workspace.explain(snapshot, moment, explained, trust_removals=trust_removals, names=sources)
                call.finish(_explanation(found, fail_level))
                return
            report = workspace.drift(
                snapshot, moment, trust_removals=trust_removals, names=sources, watched=memory.known()
            )
            report = memory.record(report, end_of(moment))
    incomplete = unread(_unread(workspace)) or bool(report.incomplete)
    status = _status(report.worst, SEVERITIES[fail_level], incomplete)
    if remedy:
        remediate(call, workspace, report.deviations, remedy, status)
    vigil.finish(call, _answer(call.setting(workspace, end_of(moment), fail_level), workspace, report, status))


def _answer(setting: Setting, workspace: Workspace, report: DriftReport, status: Verdict) -> Answer:
    unseen = (*report.incomplete, *(f"{path} did not load" for path in _unread(workspace)))
    whole = replace(report, incomplete=unseen)
    return Answer(
        "drift",
        status,
        lambda: drift.document(report),
        lambda: drift.payload(report),
        findings=lambda: drift_findings.findings(whole, drift.payload(report), _places(workspace), setting),
        measures=lambda: drift_measures.measures(whole, drift.summary(report), status, setting),
        comment=lambda: drift.document(report),
    )


def _unread(workspace: Workspace) -> tuple[str, ...]:
    """The files that did not load; a change record that did not may say something about what was seen."""
    return tuple(sorted({*workspace.unread, *workspace.records.unread}))


def _explanation(found: Explanation, fail_level: str) -> Answer:
    status = _status(found.worst, SEVERITIES[fail_level], found.blind)
    return Answer("drift", status, lambda: drift_explain.document(found), lambda: drift_explain.payload(found))


def _places(workspace: Workspace) -> Callable[[str], Where | None]:
    inventory = workspace.inventory
    return lambda ci: workspace.locate(inventory[ci].place) if ci in inventory else None


def _status(worst: Severity | None, level: Severity, incomplete: bool) -> Verdict:
    if worst is not None and worst >= level:
        return "findings"
    return "incomplete" if incomplete else "clean"
