"""The numbers of `cmdb drift` for monitoring. Their labels are outcomes, severities and configured sources, never CIs,
so that there are as many series tomorrow as today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from cmdb.model.drift import DriftReport
from cmdb.model.findings import Measure, Setting
from cmdb.model.problem import Severity

Samples = Mapping[tuple[tuple[str, str], ...], float]
"""Labels and their value."""


def measures(report: DriftReport, summary: Mapping[str, int], status: str, setting: Setting) -> tuple[Measure, ...]:
    """Every number with the workspace as its first label; zeros too, so that an alarm has something to look at."""
    workspace = ("workspace", setting.workspace)
    return tuple(
        Measure(
            f"cmdb_drift_{name}", meaning, tuple(((workspace, *labels), value) for labels, value in samples.items())
        )
        for name, meaning, samples in _measures(report, summary, status, setting.moment)
    )


def _measures(
    report: DriftReport, summary: Mapping[str, int], status: str, moment: datetime
) -> tuple[tuple[str, str, Samples], ...]:
    return (
        ("last_run_timestamp_seconds", "The moment that the last verdict is of.", {(): moment.timestamp()}),
        ("complete", "1 if everything that is tracked was seen, else 0.", {(): int(not report.incomplete)}),
        ("status", "1 for the verdict of the last run.", _status(status)),
        ("cis", "Tracked CIs by their worst outcome that nothing excuses.", _cis(summary)),
        ("deviations", "Deviations that nothing excuses.", _deviations(report)),
        ("excused", "Deviations that are excused.", {(): summary["excused"]}),
        ("changes_not_implemented", "Values that approved changes should have altered.", _undone(report)),
        ("problems", "Problems of files and sources.", _problems(report)),
        ("untracked_cis", "CIs that no source tracks.", {(): summary["untracked"]}),
        ("unjudged", "Things that were seen and could not be judged.", {(): summary["unjudged"]}),
        ("unobserved_values", "Tracked values that nobody saw.", {(): summary["unobserved_values"]}),
        ("coverage", "Lines of coverage by source and status.", _coverage(report)),
    )


def _undone(report: DriftReport) -> Samples:
    return {(): len(report.not_implemented)}


def _status(status: str) -> Samples:
    return {(("status", word),): int(word == status) for word in ("clean", "findings", "incomplete")}


def _cis(summary: Mapping[str, int]) -> Samples:
    outcomes = ("in_sync", "deviating", "missing", "ambiguous", "unobserved")
    return {(("outcome", outcome),): summary[outcome] for outcome in outcomes}


def _deviations(report: DriftReport) -> Samples:
    counting = Counter(
        (found.outcome, found.severity)
        for found in report.deviations
        if found.excuse is None and found.outcome != "unobserved"
    )
    return {
        (("outcome", outcome), ("severity", severity.label)): counting[outcome, severity]
        for outcome in ("missing", "ambiguous", "deviating", "unmanaged")
        for severity in Severity
    }


def _problems(report: DriftReport) -> Samples:
    counted = Counter(problem.severity for problem in report.problems)
    return {(("severity", severity.label),): counted[severity] for severity in Severity}


def _coverage(report: DriftReport) -> Samples:
    counted = Counter((row.source, row.coverage.status) for row in report.coverage)
    return {
        (("source", source), ("status", status)): counted[source, status]
        for source in sorted({row.source for row in report.coverage})
        for status in ("complete", "partial", "failed")
    }
