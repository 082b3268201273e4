"""Things that may be there although nobody declares them."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.model.drift import DriftReport
from cmdb.reconciliation.declared import judge_declared
from cmdb.testing.drift import declared, demanded, drift, shown

CIS = "{kind: virtual_machine, id: known}"
SEEN = """
coverage: [{scope: kind=virtual_machine, status: %s}]
seen:
- {kind: virtual_machine, key: known}
- {kind: virtual_machine, key: pool-1, attributes: {hostname: worker-1, os: debian, os_version: "12"}}
- {kind: virtual_machine, key: odd}
"""


def judged(rule: str, *, more: str = "", status: str = "complete") -> DriftReport:
    baseline = f"{{baseline: pool, approved_by: team-x, unmanaged: [{{reason: autoscaling, {rule}}}]{more}}}"
    return drift(CIS, SEEN % status, baselines=baseline)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("kind: virtual_machine", ["pool-1", "odd"]),
        ("kind: compute", ["pool-1", "odd"]),
        ("kind: server", []),
        ("key: pool-*", ["pool-1"]),
        ("key: pool", []),
        ("key: POOL-*", []),
        ("name: worker-*", ["pool-1"]),
        ("source: hosts", ["pool-1", "odd"]),
        ("source: cloud", []),
        ("key: '*', where: {attributes.os: debian}", ["pool-1"]),
        ("key: '*', where: {attributes.os: {not: rhel}}", ["pool-1"]),
        ("key: '*', where: {attributes.os: rhel}", []),
        ("key: '*', where: {attributes.os: debian, attributes.os_version: {version: '>=13'}}", []),
        ("key: '*', where: {attributes.memory: {minimum: 1}}", []),
    ],
)
def test_what_a_rule_allows(rule: str, allowed: list[str]) -> None:
    report = judged(rule)
    assert {found.key for found in report.deviations} == {"pool-1", "odd"}
    assert {found.severity.label for found in report.deviations} == {"warning"}
    assert [found.key for found in report.deviations if found.excuse] == sorted(allowed)


def test_what_is_allowed_stays_listed_with_its_reason() -> None:
    report = judged("key: pool-*", more=", expires: 2026-12-31")
    excuse = next(found.excuse for found in report.deviations if found.key == "pool-1")
    assert excuse is not None
    assert (excuse.type, excuse.reason, excuse.approved_by, excuse.baseline, str(excuse.expires)) == (
        "waiver", "autoscaling", "team-x", "pool", "2026-12-31",
    )  # fmt: skip
    assert shown(report).splitlines()[1] == "unmanaged hosts:pool-1 presence: null -> true warning waiver"


@pytest.mark.parametrize("dates", [", effective: 2026-11-02", ", expires: 2026-10-31"])
def test_a_rule_holds_while_its_baseline_is_in_force(dates: str) -> None:
    assert all(found.excuse is None for found in judged("key: pool-*", more=dates).deviations)


@pytest.mark.parametrize(
    ("rule", "status", "told"),
    [
        ("key: pool-*", "complete", False),
        ("key: gone-*", "complete", True),
        ("key: gone-*, kind: virtual_machine", "complete", True),
        ("key: gone-*", "partial", False),
        ("key: gone-*, kind: server", "complete", False),
        ("key: gone-*, source: cloud", "complete", False),
    ],
)
def test_a_rule_that_nothing_needs_is_told_if_somebody_looked(rule: str, status: str, told: bool) -> None:
    problems = judged(rule, status=status).problems
    assert [(problem.code, problem.severity.label) for problem in problems] == [("allow-unused", "warning")] * told


def test_an_unknown_kind_is_a_problem() -> None:
    rule = "{baseline: b, unmanaged: [{reason: x, kind: serverr}]}"
    assert [p.code for p in judge_declared(declared(CIS), demanded(rule), date(2026, 11, 1))] == ["unknown-kind"]
    assert [p.code for p in drift(CIS, SEEN % "complete", baselines=rule).problems] == ["unknown-kind"]
