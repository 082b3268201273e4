"""Drift in tests: snapshots written as YAML, verdicts as lines of text, and Hypothesis strategies for whole scenes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

from cmdb.drift.engine import judge
from cmdb.formats.yaml.precise import parse
from cmdb.model.drift import Deviation, DriftReport
from cmdb.model.plain import value
from cmdb.model.snapshot import Coverage, Observation, Reference, Run, Snapshot
from cmdb.model.value import Value
from cmdb.testing.text import workspace

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
"""When tests are judged; snapshots are an hour old."""
_RUN = "2026-11-01T02:00:00Z"


def snapshot(text: str) -> Snapshot:
    """The runs that YAML documents describe: `source`, `coverage` and `seen`, and where they matter `run`, `started`,
    `finished`, `covers` and `ended`. A coverage line without `scope` is one of everything that has a kind."""
    parsed = parse("snapshot.yaml", dedent(text).encode())
    if parsed.problems:
        raise ValueError("\n".join(problem.message for problem in parsed.problems))
    return Snapshot(tuple(_run(_resolved(document)) for document in parsed.documents))


def drift(
    cis: str,
    seen: str,
    *,
    baselines: str = "",
    schema: str = "",
    config: str = "",
    as_of: datetime = NOW,
    **options: Any,
) -> DriftReport:
    """The verdict on texts: CIs, a snapshot, baselines, kinds and `cmdb.yaml`. `covers` of the sources is what their
    settings say; further options are those of `judge`."""
    files = {
        "inventory/cis.yaml": cis,
        "inventory/schema/kinds.yaml": schema,
        "baselines/all.yaml": baselines,
        "cmdb.yaml": config,
    }
    ws = workspace({path: text for path, text in files.items() if text})
    settings = ws.config
    return judge(
        ws.inventory,
        ws.baselines,
        snapshot(seen),
        as_of=as_of,
        config=settings.drift,
        sources=settings.sources,
        **options,
    )


def shown(report: DriftReport) -> str:
    """Every deviation as a line: outcome, whose, path, expected and observed; then severity and excuse."""
    return "".join(f"{line(found)}\n" for found in report.deviations)


def line(found: Deviation) -> str:
    """One deviation: `deviating web-1 attributes.kernel: "6.1" -> "5.10" error`."""
    who = found.ci or f"{found.source}:{found.key}"
    excuse = f" {found.excuse.type}" if found.excuse else ""
    values = f"{json.dumps(found.expected)} -> {json.dumps(found.observed)}"
    return f"{found.outcome} {who} {found.path}: {values} {found.severity.label}{excuse}"


def _run(raw: Mapping[str, Value]) -> Run:
    coverage = raw.get("coverage", ({},))
    return Run(
        raw.get("source", "hosts"),
        str(raw.get("run", _RUN)),
        started=_moment(raw.get("started", _RUN)),
        finished=_moment(raw.get("finished", _RUN)),
        covers=raw.get("covers", ""),
        coverage=tuple(Coverage(**{"scope": "kind", **item}) for item in coverage),
        observations=tuple(_observation(item) for item in raw.get("seen", ())),
        ended=raw.get("ended", True),
    )


def _observation(raw: Mapping[str, Value]) -> Observation:
    relations = raw.get("relations", {})
    ends = {name: tuple(Reference(**{"kind": "compute", **end}) for end in found) for name, found in relations.items()}
    return Observation(
        raw.get("kind", "server"),
        raw["key"],
        raw.get("attributes", {}),
        ends,
        raw.get("name", ""),
        _moment(raw.get("at")),
    )


def _resolved(raw: Value) -> Value:
    """The core schema's value, with null where it is written."""
    if isinstance(raw, Mapping):
        return {str(value(key)): _resolved(item) for key, item in raw.items()}
    return tuple(map(_resolved, raw)) if isinstance(raw, list | tuple) else value(raw)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
