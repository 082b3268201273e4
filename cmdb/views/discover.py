"""What sources saw: a table of runs for people; the snapshot's runs, coverage and observations as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from cmdb.model.document import Document, Heading, Inline, Span, Table
from cmdb.model.snapshot import Coverage, Observation, Reference, Run, Snapshot
from cmdb.model.value import Value


def payload(snapshot: Snapshot) -> dict[str, Value]:
    """`summary`, `runs`, `coverage` and `observations`."""
    runs = sorted(snapshot.runs, key=lambda run: (run.source, run.run))
    coverage = [_coverage(run, line) for run in runs for line in run.coverage]
    observations = [_observation(run, seen) for run in runs for seen in run.observations]
    return {
        "summary": {"runs": len(runs), "coverage": len(coverage), "observations": len(observations)},
        "runs": [_run(run) for run in runs],
        "coverage": coverage,
        "observations": observations,
    }


def document(snapshot: Snapshot) -> Document:
    """A table of the runs: how much each saw, and how far it looked."""
    rows = tuple(_row(run) for run in sorted(snapshot.runs, key=lambda run: (run.source, run.run)))
    columns = ("source", "run", "observations", "complete", "partial", "failed", "reason")
    return Document((Heading("What the sources saw", 1), Table(columns, rows)))


def _row(run: Run) -> tuple[Inline, ...]:
    counts = Counter(line.status for line in run.coverage)
    lines = [str(counts[status]) for status in ("complete", "partial", "failed")]
    reasons = "; ".join(dict.fromkeys(line.reason for line in run.coverage if line.status == "failed" and line.reason))
    return (Span(run.source, "strong"), run.run, str(len(run.observations)), *lines, reasons)


def blind(run: Run) -> str:
    """Why a run saw nothing at all; empty where it saw something or claims that there is nothing."""
    if any(line.status != "failed" for line in run.coverage) or run.observations:
        return ""
    return "; ".join(dict.fromkeys(line.reason for line in run.coverage if line.reason)) or "it covered nothing"


def _run(run: Run) -> dict[str, Value]:
    times = {"started": _moment(run.started), "finished": _moment(run.finished)}
    return {"source": run.source, "run": run.run, "covers": run.covers, **times, "ended": run.ended}


def _coverage(run: Run, line: Coverage) -> dict[str, Value]:
    what = {"source": run.source, "scope": line.scope, "attributes": list(line.attributes)}
    return {**what, "status": line.status, "reason": line.reason}


def _observation(run: Run, seen: Observation) -> dict[str, Value]:
    what = {"source": run.source, "kind": seen.kind, "key": seen.key, "name": seen.name, "at": _moment(seen.at)}
    return {**what, "attributes": _sorted(seen.attributes), "relations": _relations(seen.relations)}


def _relations(relations: Mapping[str, tuple[Reference, ...]]) -> dict[str, Value]:
    return {name: [_reference(target) for target in targets] for name, targets in sorted(relations.items())}


def _reference(target: Reference) -> dict[str, Value]:
    return {"kind": target.kind, "key": target.key, "attributes": _sorted(target.attributes)}


def _sorted(values: Mapping[str, Value]) -> dict[str, Value]:
    return dict(sorted(values.items()))


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
