"""Drift in tests: snapshots written as YAML, verdicts as lines of text, and Hypothesis strategies for whole scenes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from textwrap import dedent
from typing import Any

from hypothesis import strategies as st

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.ci_reader import CIReader
from cmdb.formats.config_reader import read_config
from cmdb.formats.reading import read_precise
from cmdb.formats.schema_reader import read_schema
from cmdb.formats.yaml.precise import parse
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI
from cmdb.model.config import SourceConfig, WorkspaceConfig
from cmdb.model.drift import Deviation, DriftReport
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.plain import value
from cmdb.model.problem import Problem, Severity
from cmdb.model.snapshot import Coverage, CoverageStatus, Observation, Reference, Run, Snapshot
from cmdb.model.value import Value
from cmdb.reconciliation.engine import judge

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
    settings say; further options are those of `judge`. Raises `ValueError` where a text has an error."""
    settings, wrong = read_config(dedent(config).encode()) if config else (WorkspaceConfig(), [])
    _must_be_right(wrong)
    return judge(
        declared(cis, schema=schema),
        demanded(baselines),
        snapshot(seen),
        as_of=as_of,
        config=settings.drift,
        sources=settings.sources,
        **options,
    )


def declared(cis: str, *, schema: str = "") -> Inventory:
    """The inventory of a text; each text of kinds is read once."""
    reading = read_precise("inventory/cis.yaml", dedent(cis).encode())
    reader = CIReader(_schema(schema))
    read = [reader.read(entry) for entry in reading.entries]
    _must_be_right((*reading.problems, *reader.problems))
    return Inventory(tuple(ci for ci in read if ci is not None), reader.schema)


def demanded(text: str) -> Baselines:
    """The baselines and waivers of a text."""
    baselines, waivers, problems, _ = read_baselines("baselines/all.yaml", dedent(text).encode())
    _must_be_right(problems)
    return Baselines(tuple(baselines), tuple(waivers))


def shown(report: DriftReport) -> str:
    """Every deviation as a line: outcome, whose, path, expected and observed; then severity and excuse."""
    return "".join(f"{line(found)}\n" for found in report.deviations)


def line(found: Deviation) -> str:
    """One deviation: `deviating web-1 attributes.kernel: "6.1" -> "5.10" error`."""
    who = found.ci or f"{found.source}:{found.key}"
    excuse = f" {found.excuse.type}" if found.excuse else ""
    values = f"{json.dumps(found.expected)} -> {json.dumps(found.observed)}"
    return f"{found.outcome} {who} {found.path}: {values} {found.severity.label}{excuse}"


@dataclass(frozen=True)
class Scene:
    """Everything a verdict depends on."""

    cis: tuple[CI, ...]
    baselines: Baselines
    snapshot: Snapshot
    sources: tuple[SourceConfig, ...] = ()

    @property
    def inventory(self) -> Inventory:
        """The CIs as an inventory of the built-in kinds."""
        return Inventory(self.cis, _schema(""))

    def judge(self, **options: Any) -> DriftReport:
        """The verdict."""
        return judge(self.inventory, self.baselines, self.snapshot, as_of=NOW, sources=self.sources, **options)

    def seeing(self, *runs: Run) -> Scene:
        """The same with other runs."""
        return replace(self, snapshot=Snapshot(runs))

    def declaring(self, *cis: CI) -> Scene:
        """The same with other CIs."""
        return replace(self, cis=cis)


ATTRIBUTES: Mapping[str, st.SearchStrategy[Value]] = {
    "os": st.sampled_from(["debian", "rhel"]),
    "memory": st.sampled_from([1000, 1020, 2000]),
    "kernel": st.sampled_from(["6.1", "6.1.0", "5.10"]),
    "uptime": st.integers(0, 9),
    "listening_ports": st.lists(st.sampled_from([22, 80, 443]), max_size=3, unique=True).map(sorted).map(tuple),
    "packages": st.dictionaries(st.sampled_from(["curl", "openssl", "a.b"]), st.sampled_from(["1", "2"]), max_size=3),
    "free": st.sampled_from([1, True, 1.0, "x", (1, 2), {"a": 1}]),
}
"""Values of the attributes in scenes, as their types have them."""
SCOPES = ("kind=server", "kind=virtual_machine", "environment=test", "environment=production", "key=a", "id=b")
_STATUS: tuple[CoverageStatus, ...] = ("complete", "partial", "failed")


def scenes(*, sources: int = 2) -> st.SearchStrategy[Scene]:
    """A handful of CIs, baselines over them, and what up to `sources` sources saw. Nothing is ambiguous."""
    _schema("")
    return _scenes(tuple(map(demanded, BASELINES)), sources)


BASELINES = (
    "",
    """
- baseline: parent
  applies_to: kind=server
  expect:
    attributes.kernel: {version: ">=6"}
    attributes.packages.openssl: {version: ">=2", severity: critical}
    attributes.listening_ports: {subset_of: [22, 443]}
    attributes.packages.telnet: {absent: true}
- {baseline: child, extends: parent, applies_to: environment=test, expect: {attributes.kernel: {version: ">=5"}}}
""",
    """
- baseline: all
  applies_to: kind
  expect:
    attributes.os: {in: [debian], optional: true}
    attributes.packages.*: {not: "1"}
  ignore: [{path: attributes.free, reason: x}]
""",
)


@st.composite
def _scenes(draw: st.DrawFn, baselines: tuple[Baselines, ...], sources: int) -> Scene:
    cis = [_ci(draw, name) for name in "abcd"[: draw(st.integers(1, 4))]]
    names = ["hosts", "cloud", "extra"][: draw(st.integers(1, sources))]
    runs = tuple(_seen_by(draw, name, cis) for name in names)
    configured = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
    settings = tuple(SourceConfig(name, covers="kind=server") for name in configured)
    return Scene(tuple(cis), draw(st.sampled_from(baselines)), Snapshot(runs), settings)


def _ci(draw: st.DrawFn, name: str) -> CI:
    return CI(
        name,
        draw(st.sampled_from(["server", "virtual_machine"])),
        environment=draw(st.sampled_from(["test", "production"])),
        lifecycle=draw(st.sampled_from(["live", "live", "live", "planned", "retired"])),
        attributes={found: draw(ATTRIBUTES[found]) for found in draw(_some_names())},
    )


def _some_names() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(ATTRIBUTES)), max_size=3, unique=True)


def _seen_by(draw: st.DrawFn, source: str, cis: list[CI]) -> Run:
    """A run whose observations look like the CIs, now and then like other values or like nothing known."""
    seen = [_seen(draw, ci) for ci in cis if draw(st.integers(0, 3))]
    strangers = [Observation("server", "new")] if draw(st.booleans()) else []
    return Run(
        source,
        "1",
        started=NOW,
        finished=NOW,
        coverage=tuple(draw(st.lists(_LINES, max_size=3))),
        observations=(*seen, *strangers),
        ended=draw(st.integers(0, 3)) > 0,
    )


_LINES = st.builds(
    Coverage,
    st.sampled_from(SCOPES),
    st.sampled_from(
        [("*",), ("*",), ("*", *sorted(ATTRIBUTES)), ("os", "packages"), ("packages.openssl",), ("free", "kernel")]
    ),
    st.sampled_from(_STATUS),
    st.just(""),
)


def _seen(draw: st.DrawFn, ci: CI) -> Observation:
    other = {name: draw(st.none() | ATTRIBUTES[name]) for name in draw(_some_names())}
    same = ci.attributes if draw(st.booleans()) else {}
    return Observation(ci.kind, ci.id, attributes={**same, **other})


@cache
def _schema(text: str) -> Schema:
    reading = read_schema([("inventory/schema/kinds.yaml", dedent(text).encode())] if text else [])
    _must_be_right(reading.problems)
    return reading.schema


def _must_be_right(problems: Iterable[Problem]) -> None:
    wrong = [problem.message for problem in problems if problem.severity >= Severity.ERROR]
    if wrong:
        raise ValueError("\n".join(wrong))


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
