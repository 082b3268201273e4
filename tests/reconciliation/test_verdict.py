"""Lifecycle, unmanaged things, severities, and what the whole comes to."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.model.baseline import Baselines
from cmdb.model.drift import DriftReport
from cmdb.model.problem import Severity
from cmdb.reconciliation.engine import judge
from cmdb.testing.drift import NOW, drift, shown, snapshot
from cmdb.testing.text import workspace

SEEN = "seen: [{key: a, attributes: {os: x}}]"


def staged(lifecycle: str, seen: str, **more: Any) -> DriftReport:
    return drift(f"{{kind: server, id: a, lifecycle: {lifecycle}, attributes: {{os: y}}}}", seen, **more)


@pytest.mark.parametrize("lifecycle", ["live", "retiring"])
def test_what_serves_is_judged_fully(lifecycle: str) -> None:
    assert shown(staged(lifecycle, SEEN)) == 'deviating a attributes.os: "y" -> "x" error\n'
    assert shown(staged(lifecycle, "seen: []")) == "missing a presence: true -> null error\n"


@pytest.mark.parametrize("lifecycle", ["planned", "ordered", "build"])
def test_before_its_time_absence_is_right_and_a_sight_is_a_note(lifecycle: str) -> None:
    gone = staged(lifecycle, "seen: []")
    assert (gone.outcomes, gone.deviations, gone.incomplete) == ({"a": "in_sync"}, (), ())
    early = staged(lifecycle, SEEN)
    assert shown(early) == (
        f'deviating a attributes.os: "y" -> "x" note\ndeviating a lifecycle: "{lifecycle}" -> "live" note\n'
    )
    assert early.worst is Severity.NOTE


def test_before_its_time_nothing_is_graver_than_a_note() -> None:
    baseline = "{baseline: b, applies_to: kind=server, expect: {attributes.os: {equals: z, severity: critical}}}"
    report = staged("build", SEEN, baselines=baseline)
    assert {demand.severity for found in report.deviations for demand in found.demanded_by} == {Severity.NOTE}
    cis = "[{kind: server, id: a, lifecycle: planned, name: n}, {kind: server, id: b, lifecycle: planned, name: n}]"
    assert drift(cis, "seen: [{key: n}]").worst is Severity.NOTE


@pytest.mark.parametrize("lifecycle", ["planned", "ordered", "build", "retired"])
def test_what_does_not_serve_never_makes_a_verdict_incomplete(lifecycle: str) -> None:
    report = staged(lifecycle, "{coverage: [{status: partial}]}")
    assert (report.outcomes, report.incomplete) == ({"a": "unobserved"}, ())
    lines = '{coverage: [{attributes: ["*", os], status: partial}], seen: [{key: a}]}'
    assert staged(lifecycle, lines).incomplete == ()


def test_after_its_time_a_sight_is_an_error_and_nothing_else_is_judged() -> None:
    assert shown(staged("retired", SEEN)) == 'deviating a lifecycle: "retired" -> "live" error\n'
    assert staged("retired", "seen: []").outcomes == {"a": "in_sync"}
    config = "drift: {severity: {deviating: note}}"
    assert staged("retired", SEEN, config=config).worst is Severity.ERROR


@pytest.mark.parametrize(
    ("config", "cis", "kind", "raised"),
    [
        ("", "{kind: server, id: a}", "server", True),
        ("", "{kind: server, id: a}", "virtual_machine", False),
        ("", "{kind: server, id: a}", "compute", True),
        ("drift: {manage: [database]}", "{kind: server, id: a}", "server", False),
        ("drift: {manage: [compute]}", "{kind: team, id: a}", "virtual_machine", True),
        ("drift: {manage: []}", "{kind: server, id: a}", "server", False),
    ],
)
def test_unmanaged_is_raised_for_managed_kinds(config: str, cis: str, kind: str, raised: bool) -> None:
    report = drift(cis, f"{{coverage: [{{scope: kind=database}}], seen: [{{kind: {kind}, key: new}}]}}", config=config)
    assert shown(report) == ("unmanaged hosts:new presence: null -> true warning\n" if raised else "")


def test_while_an_inventory_file_is_unread_strangers_are_unjudged() -> None:
    ws = workspace({"inventory/a.yaml": "{kind: server, id: a}", "inventory/b.yaml": "{kind: server, id: [}"})
    report = judge(
        ws.inventory, ws.baselines, snapshot("seen: [{key: a}, {key: b}, {kind: database, key: c}]"), as_of=NOW
    )
    assert (report.deviations, report.unjudged, report.outcomes) == ((), 2, {"a": "in_sync"})
    assert report.incomplete == ("inventory/b.yaml could not be read",)


def test_while_a_baseline_file_is_unread_nothing_is_in_sync() -> None:
    ws = workspace({"inventory/a.yaml": "[{kind: server, id: a}, {kind: server, id: b}]"})
    unread = Baselines(unread=("baselines/x.yaml",))
    report = judge(ws.inventory, unread, snapshot("seen: [{key: a}]"), as_of=NOW)
    assert report.outcomes == {"a": "unobserved", "b": "missing"}
    assert "baselines/x.yaml could not be read" in report.incomplete


def test_severities_are_settings_and_expectations_raise_them() -> None:
    cis = "[{kind: server, id: a, attributes: {os: y}}, {kind: server, id: b}, {kind: server, id: c, name: x}, {kind: server, id: d, name: x}]"
    seen = "seen: [{key: a, attributes: {os: x}}, {key: x}, {key: new}]"
    config = "drift: {severity: {missing: critical, deviating: warning, ambiguous: note, unmanaged: error}}"
    weights = {found.outcome: found.severity.label for found in drift(cis, seen, config=config).deviations}
    assert weights == {"missing": "critical", "deviating": "warning", "ambiguous": "note", "unmanaged": "error"}
    baseline = "{baseline: b, applies_to: kind=server, expect: {presence: {present: true, severity: critical}}}"
    (gone,) = (found for found in drift(cis, seen, baselines=baseline).deviations if found.outcome == "missing")
    assert (gone.severity.label, [demand.baseline for demand in gone.demanded_by]) == ("critical", [None, "b"])


@pytest.mark.parametrize(
    ("allowed", "incomplete"), [("0", True), ("1", True), ("2", False), ("49%", True), ("50%", False), ("100%", False)]
)
def test_a_known_rest_may_stay_unobserved(allowed: str, incomplete: bool) -> None:
    cis = "[{kind: server, id: a, attributes: {os: x}}, {kind: server, id: b}, {kind: server, id: c}, {kind: server, id: d}]"
    seen = """
    coverage: [{attributes: ["*"]}, {scope: id=b, status: failed}, {scope: id=a, attributes: [os], status: partial}]
    seen: [{key: a}, {key: c}, {key: d}]
    """
    report = drift(cis, seen, config=f"drift: {{allow_unobserved: {allowed}}}")
    assert report.outcomes == {"a": "unobserved", "b": "unobserved", "c": "in_sync", "d": "in_sync"}
    assert bool(report.incomplete) is incomplete


def test_a_source_that_failed_altogether_is_no_known_rest() -> None:
    seen = "{source: one, coverage: [{status: failed, reason: 401}]}\n---\n{source: two, seen: [{key: a}]}"
    report = drift("{kind: server, id: a}", seen, config="drift: {allow_unobserved: 100%}")
    assert report.outcomes == {"a": "in_sync"}
    assert report.incomplete == ("source 'one' saw nothing: 401",)


def test_each_ci_has_its_worst_unexcused_outcome() -> None:
    cis = """
    - {kind: server, id: a, attributes: {os: x, model: m}}
    - {kind: server, id: b, name: twin}
    - {kind: server, id: c, name: twin}
    - {kind: server, id: d}
    """
    seen = """
    source: one
    coverage: [{attributes: ["*"]}, {scope: id=a, attributes: [model], status: failed}]
    seen: [{key: a, attributes: {os: y}}, {key: twin}]
    ---
    {source: two, seen: [{key: b}]}
    """
    assert drift(cis, seen).outcomes == {"a": "deviating", "b": "ambiguous", "c": "ambiguous", "d": "missing"}


def test_the_problems_of_the_snapshot_are_problems_of_the_verdict() -> None:
    from cmdb.formats.snapshot_lines import read

    broken = read("x.jsonl", b'{"format": "cmdb.snapshot/1", "source": "s", "run": "1"}\nnonsense\n')
    ws = workspace({"inventory/a.yaml": "{kind: server, id: a}"})
    report = judge(ws.inventory, ws.baselines, broken, as_of=NOW)
    assert report.worst is Severity.ERROR


def test_what_deviates_or_is_missing_was_looked_at() -> None:
    cis = "[{kind: server, id: a, attributes: {os: y}}, {kind: server, id: b}, {kind: server, id: c, name: x}, {kind: server, id: d, name: x}]"
    report = drift(cis, "seen: [{key: a, attributes: {os: x}}, {key: x}, {key: new}]")
    assert sorted(set(report.outcomes.values())) == ["ambiguous", "deviating", "missing"]
    assert report.incomplete == ()
