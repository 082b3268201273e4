"""What expectations accept, and what becomes of them when a value is absent, unseen or untracked."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.testing.drift import drift, line, shown

SCHEMA = """
kinds:
  thing:
    attributes:
      text: string
      count: integer
      size: bytes
      os: version
      on: date
      host: hostname
      level: {type: enum, of: [low, high]}
      flag: boolean
      ports: {type: set, of: integer}
      hosts: {type: set, of: hostname}
      packages: {type: map, of: version}
      steps: {type: list, of: string}
      nics: {type: map, of: map}
      uptime: {type: duration, volatile: true}
      token: {type: string, secret: true}
"""


def judged(expectation: str, observed: str, *, declared: str = "{}", coverage: str = '["*"]', **more: Any) -> str:
    baseline = f"{{baseline: b, applies_to: kind=thing, expect: {{{expectation}}}}}"
    seen = f"{{coverage: [{{attributes: {coverage}}}], seen: [{{kind: thing, key: a, attributes: {observed}}}]}}"
    cis = f"{{kind: thing, id: a, attributes: {declared}}}"
    report = drift(cis, seen, schema=SCHEMA, baselines=baseline, **more)
    assert [problem.message for problem in report.problems] == []
    return shown(report)


@pytest.mark.parametrize(
    ("path", "demand", "good", "bad"),
    [
        ("text", "x", "x", "X"),
        ("text", "1.10", "'1.10'", "'1.1'"),
        ("text", "{equals: x}", "x", "y"),
        ("size", "1 KiB", "1024", "1000"),
        ("size", "{equals: 1 KiB}", "1024", "1000"),
        ("flag", "true", "true", "false"),
        ("os", "{equals: 2.0}", "'2'", "'3'"),
        ("packages", "{equals: {a: 1.0}}", "{a: '1'}", "{a: '1', b: '1'}"),
        ("text", "{not: x}", "y", "x"),
        ("count", "{not: {minimum: 5}}", "4", "5"),
        ("text", "{in: [a, b]}", "b", "c"),
        ("os", "{in: [1.10, 2]}", "'2.0'", "'1.1'"),
        ("text", "{not_in: [a, b]}", "c", "b"),
        ("count", "{minimum: 3}", "3", "2"),
        ("count", "{maximum: 3}", "3", "4"),
        ("size", "{minimum: 1 GiB}", "1073741824", "1073741823"),
        ("on", "{minimum: 2026-01-31}", "'2026-02-01'", "'2026-01-30'"),
        ("level", "{minimum: high}", "high", "low"),
        ("count", "{range: [1, 3]}", "3", "4"),
        ("count", "{range: 1..3}", "1", "0"),
        ("count", "{range: {minimum: 2}}", "9", "1"),
        ("os", "{version: '>=6.1'}", "'6.1'", "'5.10'"),
        ("os", "{version: '>=1, <2'}", "'1.9'", "'2'"),
        ("os", "{version: '>=1,<2'}", "'1.0'", "'2.0'"),
        ("os", "{version: 2}", "'2.0'", "'2.1'"),
        ("os", "{version: '!=2'}", "'2.1'", "'2.0'"),
        ("os", "{version: '>3.0.11'}", "'3.0.12'", "'3.0.11-rc1'"),
        ("text", "{pattern: 'a+'}", "aa", "aab"),
        ("count", "{pattern: '[0-9]{2}'}", "12", "123"),
        ("text", "{length: 3}", "abc", "ab"),
        ("ports", "{length: {minimum: 1, maximum: 2}}", "[1, 2]", "[1, 2, 3]"),
        ("ports", "{subset_of: [22, 443]}", "[22]", "[22, 8080]"),
        ("ports", "{subset_of: []}", "[]", "[1]"),
        ("hosts", "{subset_of: [A.example.org]}", "[a.example.org.]", "[b.example.org]"),
        ("ports", "{superset_of: [22]}", "[22, 1]", "[1]"),
        ("ports", "{contains: 22}", "[22, 1]", "[1]"),
        ("ports", "{contains: [22, 1]}", "[22, 1]", "[1]"),
        ("packages", "{contains: curl}", "{curl: '1'}", "{wget: '1'}"),
        ("packages", "{subset_of: [curl, wget]}", "{curl: '1'}", "{telnet: '1'}"),
        ("text", "{contains: ell}", "hello", "world"),
        ("text", "{absent: true}", "null", "x"),
        ("text", "{present: true}", "x", "null"),
        ("text", "{absent: false}", "x", "null"),
        ("text", "{any_of: [a, {pattern: b.}]}", "bx", "b"),
        ("text", "{any_of: [{absent: true}, a]}", "null", "b"),
        ("text", "{any_of: [{absent: true}, a]}", "a", "b"),
        ("packages", "{each: {version: '>=1'}}", "{a: '1', b: '2'}", "{a: '1', b: '0.9'}"),
        ("steps", "{each: {pattern: 's.*'}}", "[s1, s2]", "[s1, x]"),
        ("ports", "{none: {maximum: 1023}}", "[1024]", "[80, 1024]"),
        ("steps", "{none: rm}", "[ls]", "[ls, rm]"),
        ("uptime", "{maximum: 1d}", "100", "100000"),
        ("packages.curl", "{version: '>=8'}", "{packages: {curl: '8.1'}}", "{packages: {curl: '7.9'}}"),
        ("free", "{minimum: 3}", "3", "2"),
        ("free", "{version: '>=1.2'}", "'1.10'", "'1.1'"),
        ("free", "1", "1", "true"),
        ("free", "{subset_of: [1, 2]}", "[2]", "[true]"),
        ("free.a.b", "x", "{free: {a: {b: x}}}", "{free: {a: {b: y}}}"),
        ("free", "{contains: a}", "[a, b]", "[b]"),
        ("free", "{contains: [a, b]}", "abba", "aaa"),
        ("text", "{same_as: attributes.host}", "{text: a, host: a}", "{text: a, host: b}"),
        ("count", "{minimum: 1, maximum: 3}", "2", "4"),
    ],
)
def test_operators(path: str, demand: str, good: str, bad: str) -> None:
    name = path.partition(".")[0]
    observed = [
        value if value.startswith(f"{{{name}") or "host:" in value else f"{{{name}: {value}}}" for value in (good, bad)
    ]
    assert judged(f"attributes.{path}: {demand}", observed[0]) == ""
    assert judged(f"attributes.{path}: {demand}", observed[1]).startswith(f"deviating a attributes.{path}: ")


@pytest.mark.parametrize(
    "demand",
    ["x", "{not: y}", "{in: [a]}", "{not_in: [a]}", "{minimum: 1}", "{pattern: .*}", "{length: 0}", "{subset_of: []}", "{superset_of: []}",
     "{contains: a}", "{present: true}", "{each: x}", "{none: x}", "{version: '>=0'}", "{any_of: [a]}"],
)  # fmt: skip
def test_what_is_seen_to_be_absent_fails_every_other_demand_unless_it_is_optional(demand: str) -> None:
    assert judged(f"attributes.free: {demand}", "{free: null}").startswith("deviating a attributes.free")
    operators = demand[1:-1] if demand.startswith("{") else f"equals: {demand}"
    assert judged(f"attributes.free: {{{operators}, optional: true}}", "{free: null}") == ""


@pytest.mark.parametrize(
    ("coverage", "observed", "then"),
    [
        ('["*", packages]', "{}", ""),
        ('["*"]', "{packages: {}}", ""),
        ('["*"]', "{}", ""),
        (
            '["*"]',
            "{packages: {telnetd: '1'}}",
            'deviating a attributes.packages.telnetd: {"absent": true} -> "1" error\n',
        ),
    ],
)
def test_absence_is_demanded_of_what_was_looked_at(coverage: str, observed: str, then: str) -> None:
    assert judged("attributes.packages.telnetd: {absent: true}", observed, coverage=coverage) == then


def test_on_an_unseen_value_the_outcome_is_unobserved_even_if_absence_is_demanded() -> None:
    baseline = "{baseline: b, applies_to: kind=thing, expect: {attributes.packages.telnetd: {absent: true}}}"
    seen = """
    coverage: [{attributes: ["*", packages]}, {scope: id=a, attributes: [packages], status: failed, reason: "403"}]
    seen: [{kind: thing, key: a}]
    """
    report = drift("{kind: thing, id: a}", seen, schema=SCHEMA, baselines=baseline)
    assert [line(found) for found in report.deviations] == [
        'unobserved a attributes.packages.telnetd: {"absent": true} -> null note'
    ]
    assert report.outcomes == {"a": "unobserved"}
    assert report.incomplete != ()


def test_what_no_source_looks_at_is_counted_and_not_judged() -> None:
    baseline = "{baseline: b, applies_to: kind=thing, expect: {attributes.text: x, labels.tier: data}}"
    report = drift("{kind: thing, id: a}", "seen: [{kind: thing, key: a}]", schema=SCHEMA, baselines=baseline)
    assert (report.outcomes, report.untracked_values, report.incomplete) == ({"a": "in_sync"}, 2, ())


@pytest.mark.parametrize(
    ("demand", "fails"), [("x", False), ("{present: true}", False), ("{pattern: z}", False), ("{absent: true}", True)]
)
def test_a_secret_proves_its_presence_only(demand: str, fails: bool) -> None:
    then = judged(f"attributes.token: {demand}", "{token: {redacted: true}}")
    assert (then != "") is fails


@pytest.mark.parametrize(
    ("demand", "fails"),
    [("{present: true}", False), ("{minimum: 1}", True), ("{not: 1}", True), ("{absent: true}", True)],
)
def test_of_what_its_type_refuses_only_presence_is_true(demand: str, fails: bool) -> None:
    assert (judged(f"attributes.count: {demand}", "{count: many}") != "") is fails


def test_stars_take_what_was_seen() -> None:
    observed = "{nics: {eth0: {mtu: 1500}, eth1: {mtu: 9000}, lo: {}}}"
    assert judged("attributes.nics.*.mtu: {maximum: 1500, optional: true}", observed) == (
        'deviating a attributes.nics.eth1.mtu: {"maximum": 1500} -> 9000 error\n'
    )
    assert judged("attributes.nics.*.mtu: 1500", "{nics: {}}") == ""
    assert judged("attributes.nics.*.mtu: 1500", "{}", coverage='["*", nics]') == ""
    assert judged("attributes.*.eth0.mtu: 9000", "{nics: {eth0: {mtu: 1500}}}").startswith(
        "deviating a attributes.nics.eth0.mtu"
    )


def test_a_volatile_value_is_judged_by_baselines_only() -> None:
    assert judged("attributes.text: {optional: true, equals: x}", "{uptime: 9}", declared="{uptime: 1}") == ""
    assert judged("attributes.uptime: {minimum: 10}", "{uptime: 9}", declared="{uptime: 1}") == (
        'deviating a attributes.uptime: {"minimum": 10} -> 9 error\n'
    )


def test_several_demands_on_one_path_are_one_deviation_with_the_highest_severity() -> None:
    baselines = """
    - {baseline: one, applies_to: kind=thing, expect: {attributes.os: {version: ">=2", severity: warning}}}
    - {baseline: two, applies_to: kind=thing, expect: {attributes.os: {version: ">=3", severity: critical}}}
    - {baseline: met, applies_to: kind=thing, expect: {attributes.os: {version: ">=0", severity: critical}}}
    """
    cis = "{kind: thing, id: a, attributes: {os: 4}}"
    report = drift(cis, "seen: [{kind: thing, key: a, attributes: {os: '1'}}]", schema=SCHEMA, baselines=baselines)
    assert shown(report) == 'deviating a attributes.os: "4" -> "1" critical\n'
    assert [
        (demand.baseline, demand.severity.label, demand.expected) for demand in report.deviations[0].demanded_by
    ] == [
        (None, "error", "4"),
        ("one", "warning", {"version": ">=2"}),
        ("two", "critical", {"version": ">=3"}),
    ]


def test_an_expectation_may_be_on_relations() -> None:
    cis = "[{kind: thing, id: a}, {kind: network_device, id: sw-1}]"
    baseline = "{baseline: b, applies_to: kind=thing, expect: {relations.connects_to: {contains: sw-1}, relations.connects_to.sw-1: {present: true}}}"
    for far, count in (("sw-1", 0), ("sw-2", 2)):
        seen = f"seen: [{{kind: thing, key: a, relations: {{connects_to: [{{kind: network_device, key: {far}}}]}}}}]"
        report = drift(cis, f"{{coverage: [{{scope: kind=thing}}], {seen}}}", schema=SCHEMA, baselines=baseline)
        assert len(report.deviations) == count


def test_a_demand_that_makes_no_sense_is_a_problem_and_no_crash() -> None:
    baseline = "{baseline: b, applies_to: kind=thing, expect: {attributes.count: {minimum: many}, attributes.text: {pattern: '['}}}"
    report = drift(
        "{kind: thing, id: a}",
        "seen: [{kind: thing, key: a, attributes: {count: 1, text: x}}]",
        schema=SCHEMA,
        baselines=baseline,
    )
    assert {problem.code for problem in report.problems} == {"invalid-expectation"}
    assert sorted(problem.key_path or "" for problem in report.problems) == ["attributes.count", "attributes.text"]
