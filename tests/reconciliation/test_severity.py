"""What deviations weigh: outcomes, rules of the settings, demands, and the services that depend on a CI."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.model.problem import CmdbError
from cmdb.testing.drift import drift, shown
from cmdb.testing.text import workspace

CIS = """
- {kind: server, id: a, environment: test, attributes: {os: x, packages: {curl: 1, wget: 1}}}
- {kind: server, id: b, environment: production, attributes: {os: x}}
- {kind: server, id: c, name: twin}
- {kind: server, id: d, name: twin}
"""
SEEN = "seen: [{key: a, attributes: {os: y, packages: {curl: '2', wget: '2'}}}, {key: twin}, {key: new}]"


def weights(rules: str, baselines: str = "") -> dict[str, str]:
    report = drift(CIS, SEEN, config=f"drift: {{rules: [{rules}]}}", baselines=baselines)
    return {f"{found.ci} {found.path.removeprefix('attributes.')}": found.severity.label for found in report.deviations}


PLAIN = {
    "a os": "error",
    "a packages.curl": "error",
    "a packages.wget": "error",
    "b presence": "error",
    "c presence": "error",
    "d presence": "error",
    "None presence": "warning",
}


@pytest.mark.parametrize(
    ("rules", "then"),
    [
        ("", {}),
        ("{path: attributes.packages, severity: note}", {"a packages.curl": "note", "a packages.wget": "note"}),
        ("{path: attributes.*.curl, severity: note}", {"a packages.curl": "note"}),
        ("{outcome: missing, severity: critical}", {"b presence": "critical"}),
        ("{outcome: unmanaged, severity: error}", {"None presence": "error"}),
        ("{outcome: ambiguous, severity: note}", {"c presence": "note", "d presence": "note"}),
        ("{cis: environment=production, severity: critical}", {"b presence": "critical"}),
        ("{cis: 'id=a', path: attributes.os, severity: critical}", {"a os": "critical"}),
        ("{outcome: missing, cis: environment=test, severity: note}", {}),
        ("{path: attributes.os, severity: note}, {path: attributes.os, severity: critical}", {"a os": "note"}),
        ("{path: attributes.os, outcome: missing, severity: note}, {path: attributes.os, severity: critical}", {"a os": "critical"}),
    ],
)  # fmt: skip
def test_the_first_rule_that_fits_decides(rules: str, then: dict[str, str]) -> None:
    assert weights(rules) == PLAIN | then


def test_a_demand_with_a_severity_of_its_own_outweighs_rules() -> None:
    baseline = "{baseline: b, applies_to: id=a, expect: {attributes.os: {equals: x, severity: critical}}}"
    assert weights("{path: attributes.os, severity: note}", baseline)["a os"] == "critical"
    without = "{baseline: b, applies_to: id=a, expect: {attributes.os: {equals: x}, presence: {absent: true}}}"
    assert weights("{path: attributes.os, severity: note}", without)["a os"] == "note"
    assert weights("{path: presence, severity: critical}", without)["a presence"] == "critical"


def test_unmanaged_things_are_no_cis_that_a_selector_could_pick() -> None:
    assert weights("{cis: kind=server, severity: note}")["None presence"] == "warning"


SHOP = """
- {kind: business_service, id: shop, criticality: critical, relations: {depends_on: [db], uses: [mail]}}
- {kind: business_service, id: wiki, criticality: low, relations: {depends_on: [disk]}}
- {kind: business_service, id: quiet, criticality: critical, relations: {monitored_by: [probe]}}
- {kind: business_service, id: spare, criticality: critical, relations: {depends_on: {name: two, at_least: 1, of: [one, two]}}}
- {kind: server, id: db, attributes: {os: x}}
- {kind: server, id: disk, criticality: critical, attributes: {os: x}}
- {kind: server, id: mail, attributes: {os: x}}
- {kind: server, id: probe, attributes: {os: x}}
- {kind: server, id: one, attributes: {os: x}}
- {kind: server, id: two, attributes: {os: x}}
- {kind: server, id: late, lifecycle: planned, attributes: {os: x}}
"""
NAMES = ("db", "disk", "mail", "probe", "one", "two", "late")
ALL = f"seen: [{', '.join(f'{{key: {name}, attributes: {{os: y}}}}' for name in NAMES)}]"


@pytest.mark.parametrize(
    ("settings", "graver"),
    [("", set()), ("raise_for: [critical]", {"db", "mail"}), ("raise_for: [low, critical]", {"db", "mail", "disk"})],
)
def test_deviations_are_graver_where_a_service_that_matters_would_suffer(settings: str, graver: set[str]) -> None:
    report = drift(SHOP, f"{{coverage: [{{scope: kind=server}}], {ALL}}}", config=f"drift: {{{settings}}}")
    found = {item.ci: item.severity.label for item in report.deviations if item.path == "attributes.os"}
    plain = dict.fromkeys(("db", "disk", "mail", "one", "probe", "two"), "error") | {"late": "note"}
    assert found == plain | dict.fromkeys(graver, "critical")
    reasons = {item.reason for item in report.deviations if item.ci == "db"}
    assert reasons == ({"graver, since the critical service 'shop' depends on it"} if graver else {""})


def test_a_service_itself_weighs_more_and_nothing_is_graver_than_critical() -> None:
    cis = "- {kind: business_service, id: shop, criticality: high}\n- {kind: business_service, id: low}"
    config = "drift: {raise_for: high, severity: {missing: critical}, manage: []}"
    report = drift(cis, "coverage: [{scope: kind=business_service}]", config=config)
    assert (
        shown(report) == "missing low presence: true -> null critical\nmissing shop presence: true -> null critical\n"
    )
    report = drift(cis, "coverage: [{scope: kind=business_service}]", config="drift: {raise_for: high}")
    assert shown(report) == "missing low presence: true -> null error\nmissing shop presence: true -> null critical\n"


@pytest.mark.parametrize(
    ("settings", "line", "says"),
    [
        ("drift:\n  rules:\n  - {severity: bad}\n", 3, "a severity is one of"),
        ("drift:\n  rules:\n  - {outcome: gone, severity: note}\n", 3, "there is no outcome 'gone'"),
        ("drift:\n  rules:\n  - {path: 'a..b', severity: note}\n", 3, "path: "),
        ("drift:\n  rules:\n  - {cis: 'colour=red', severity: note}\n", 3, "colour"),
        ("drift:\n  rules:\n  - {path: os}\n", 3, "severity"),
        ("drift:\n  raise_for: [huge]\n", 2, "there is no criticality 'huge'"),
    ],
)
def test_wrong_rules_are_wrong_settings(settings: str, line: int, says: str) -> None:
    made = workspace({"cmdb.yaml": settings})
    (problem,) = made.check(date(2026, 11, 1))
    assert says in problem.message
    assert problem.location is not None and (problem.location.path, problem.location.line) == ("cmdb.yaml", line)
    with pytest.raises(CmdbError):
        _ = made.config
