"""`cmdb drift`: the verdict of a night's cron job."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cmdb.cli.asking import unread
from cmdb.cli.options import Call, as_of, at, fail_level, now, option, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import SEVERITIES, CmdbError, Severity
from cmdb.views import drift


@click.command(epilog="\b\nExamples:\n  cmdb drift\n  cmdb drift --observed snapshots/*.jsonl --as-of 2026-11-01")
@option("--observed", multiple=True, type=click.Path(path_type=Path), metavar="FILE...", help="Judge these snapshots.")
@click.argument("more", nargs=-1, type=click.Path(path_type=Path), metavar="")
@option("--source", "sources", multiple=True, metavar="NAME", help="Only this source of cmdb.yaml; may be repeated.")
@option("--trust-removals", is_flag=True, help="Believe that much is gone where an outage of the source is likelier.")
@fail_level
@as_of
@at
@shared()
def command(
    call: Call,
    observed: tuple[Path, ...],
    more: tuple[Path, ...],
    sources: tuple[str, ...],
    trust_removals: bool,
    fail_level: str,
    as_of: date | None,
    at: str | None,
) -> None:
    """Compare what is declared and demanded with what was observed.

    Without --observed the sources of cmdb.yaml run now. Exits with 1 when a deviation that nothing excuses has at least
    the fail level, and with 3 when there is none but something that should have been seen was not.
    """
    if more and not observed:
        raise click.UsageError(f"Got unexpected extra argument ({more[0]}); snapshots follow --observed.")
    workspace = call.open(at)
    if not observed and not workspace.config.sources:
        hint = "name snapshots with --observed, or configure sources in cmdb.yaml"
        raise CmdbError("there is nothing to compare with: no source is configured", hint=hint)
    with working("observing"):
        snapshot = workspace.observed((*observed, *more)) if observed else workspace.discover(sources)
    with working("comparing"):
        report = workspace.drift(snapshot, as_of or now(), trust_removals=trust_removals, names=sources)
    incomplete = unread(workspace.unread) or bool(report.incomplete)
    status = _status(report.worst, SEVERITIES[fail_level], incomplete)
    call.finish(Answer("drift", status, lambda: drift.document(report), lambda: drift.payload(report)))


def _status(worst: Severity | None, level: Severity, incomplete: bool) -> Verdict:
    if worst is not None and worst >= level:
        return "findings"
    return "incomplete" if incomplete else "clean"
