"""What `check` finds in baselines and waivers before anything is observed."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.formats.places import Places
from cmdb.model.problem import Problem
from cmdb.reconciliation.declared import judge_declared
from cmdb.testing.drift import declared, demanded

CIS = """
- kind: server
  id: web-1
  owner: team-web
  labels: {tier: front, rank: 1.10}
  tags: [pci]
  attributes: {kernel: 5.10, memory: 1 GiB, listening_ports: [22, 8080], packages: {openssl: 3.0.9}, uptime: 1d}
  relations: {depends_on: [vault, {name: g, at_least: 1, of: [a, b]}], runs_on: vm-1}
- {kind: server, id: old, lifecycle: retired, attributes: {kernel: 1}}
"""


def found(baselines: str, *, cis: str = CIS, schema: str = "") -> list[Problem]:
    files = {"inventory/cis.yaml": cis.encode(), "baselines/all.yaml": baselines.encode()}
    problems = judge_declared(declared(cis, schema=schema), demanded(baselines), date(2026, 11, 1))
    return list(Places(files.get).located(problems))


def violations(expect: str) -> list[str]:
    problems = found(f"{{baseline: b, applies_to: kind=server, expect: {{{expect}}}}}")
    assert {problem.code for problem in problems} <= {"baseline-violation"}
    return [f"{problem.ci} {problem.key_path} {problem.severity.label}" for problem in problems]


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("attributes.kernel", "{version: '>=5'}", "{version: '>=6'}"),
        ("attributes.memory", "{minimum: 1 GiB}", "{minimum: 2 GiB}"),
        ("attributes.listening_ports", "{superset_of: [22]}", "{subset_of: [22]}"),
        ("attributes.packages.openssl", "{version: '>=3.0.9'}", "{absent: true}"),
        ("attributes.uptime", "{maximum: 1d}", "{maximum: 1h}"),
        ("attributes.packages.*", "{version: '>=1'}", "{version: '>=4'}"),
        ("owner", "{in: [team-web]}", "team-db"),
        ("labels.tier", "front", "{not: front}"),
        ("labels.rank", "1.10", "1.1"),
        ("tags", "{contains: pci}", "{none: pci}"),
        ("relations.depends_on", "{contains: [vault, b]}", "{length: 1}"),
        ("relations.runs_on", "vm-1", "vm-2"),
        ("relations.depends_on.vault", "{present: true}", "{absent: true}"),
        ("lifecycle", "{in: [live, retired]}", "{not: live}"),
    ],
)
def test_declared_values_are_judged(path: str, good: str, bad: str) -> None:
    assert violations(f"{path}: {good}") == []
    assert len(violations(f"{path}: {bad}")) == 1


@pytest.mark.parametrize(
    "path", ["attributes.os", "attributes.packages.curl", "labels.colour", "environment", "presence", "relations.uses"]
)
def test_what_is_not_declared_is_not_judged(path: str) -> None:
    assert violations(f"{path}: {{equals: x}}") == []


def test_the_problem_names_the_line_that_is_wrong_and_the_line_that_demands() -> None:
    (problem,) = found(
        "baseline: b\napplies_to: kind=server\nexpect:\n  attributes.kernel: {version: '>=6', severity: critical}\n"
    )
    assert (str(problem.where), problem.severity.label) == ("inventory/cis.yaml:7:16", "critical")
    assert [str(related.where) for related in problem.related] == ["baselines/all.yaml:4:3"]
    assert problem.message == "'web-1' declares attributes.kernel: 5.10, but baseline 'b' demands version >=6"


def test_what_is_waived_or_ignored_is_no_problem() -> None:
    demand = "- {baseline: b, applies_to: kind=server, expect: {attributes.kernel: {version: '>=6'}}%s}\n"
    waiver = "---\nwaivers: [{ci: web-1, path: attributes.kernel, observed: 5.10, reason: x, expires: %s}]\n"
    assert [problem.code for problem in found(demand % "")] == ["baseline-violation"]
    assert found(demand % ", ignore: [{path: attributes.kernel, reason: x}]") == []
    assert found(demand % "" + waiver % "2026-11-01") == []
    assert [f"{p.code} {p.severity.label}" for p in found(demand % "" + waiver % "2026-10-31")] == [
        "waiver-expired warning",
        "baseline-violation error",
    ]


def test_a_waiver_for_nobody_is_a_warning() -> None:
    waiver = "waivers: [{ci: web-9, path: owner, observed: x, baseline: none, reason: x, expires: 2027-01-01}]"
    assert [(problem.code, problem.severity.label) for problem in found(waiver)] == [("waiver-target", "warning")] * 2


SCHEMA = "kinds: {server: {attributes: {level: {type: enum, of: [low, mid, high]}, ratio: number, on: date}}}"


def conflict(one: str, other: str, path: str = "attributes.ratio") -> bool:
    baselines = (
        f"- {{baseline: one, applies_to: kind=server, expect: {{{path}: {one}}}}}\n"
        f"- {{baseline: two, applies_to: kind=server, expect: {{{path}: {other}}}}}\n"
    )
    problems = found(baselines, cis="{kind: server, id: a}", schema=SCHEMA)
    assert {problem.code for problem in problems} <= {"baseline-conflict"}
    return bool(problems)


@pytest.mark.parametrize(
    ("path", "one", "other", "conflicts"),
    [
        ("ratio", "1", "2", True),
        ("ratio", "1", "1.0", False),
        ("ratio", "1", "{in: [1, 2]}", False),
        ("ratio", "3", "{in: [1, 2]}", True),
        ("ratio", "{in: [1, 2]}", "{in: [2, 3]}", False),
        ("ratio", "{in: [1, 2]}", "{in: [3, 4]}", True),
        ("ratio", "{in: [1, 2]}", "{minimum: 3}", True),
        ("ratio", "{minimum: 3}", "{maximum: 3}", False),
        ("ratio", "{minimum: 3}", "{maximum: 2}", True),
        ("ratio", "{range: [1, 5]}", "{minimum: 6}", True),
        ("ratio", "1", "{not: 1}", True),
        ("on", "{minimum: 2026-02-01}", "{maximum: 2026-01-01}", True),
        ("level", "{minimum: high}", "{maximum: mid}", True),
        ("memory", "{minimum: 1 GiB}", "{maximum: 1 MiB}", True),
        ("kernel", "{version: '>=3'}", "{version: '<3'}", True),
        ("kernel", "{version: '>=3'}", "{version: '<=3.0'}", False),
        ("kernel", "{version: '>3'}", "{version: '<=3.0'}", True),
        ("kernel", "{version: '>=3'}", "{version: '<4'}", False),
        ("kernel", "{version: '=3'}", "{version: '>=4'}", True),
        ("kernel", "3.1", "{version: '>=4'}", True),
        ("os", "{absent: true}", "debian", True),
        ("os", "{absent: true}", "{present: true}", True),
        ("os", "{absent: true}", "{equals: debian, optional: true}", False),
        ("os", "{equals: a, optional: true}", "{equals: b, optional: true}", False),
        ("os", "{equals: a, optional: true}", "{equals: b}", True),
        ("os", "{pattern: 'deb.*'}", "debian", False),
        ("os", "{pattern: 'deb.*'}", "rhel", True),
        ("listening_ports", "{subset_of: [22]}", "{superset_of: [22]}", False),
        ("listening_ports", "{subset_of: [22]}", "{superset_of: [22, 80]}", True),
        ("listening_ports", "{subset_of: [22]}", "{contains: 443}", True),
        ("listening_ports", "{subset_of: [22]}", "{subset_of: [443]}", False),
        ("listening_ports", "[22, 443]", "{subset_of: [22]}", True),
        ("packages", "{contains: curl}", "{subset_of: [wget]}", True),
    ],
)
def test_two_expectations_that_no_value_can_meet_are_a_problem(
    path: str, one: str, other: str, conflicts: bool
) -> None:
    assert conflict(one, other, f"attributes.{path}") is conflicts
    assert conflict(other, one, f"attributes.{path}") is conflicts


def test_one_expectation_may_contradict_itself() -> None:
    (problem,) = found("{baseline: b, applies_to: kind=server, expect: {attributes.swap: {minimum: 2, maximum: 1}}}")
    assert problem.code == "baseline-conflict"


def test_no_conflict_where_the_child_replaces_or_nothing_is_selected_by_both() -> None:
    one = "- {baseline: one, applies_to: kind=server, expect: {attributes.os: a}}\n"
    assert found(one + "- {baseline: two, extends: one, applies_to: kind=server, expect: {attributes.os: b}}") == []
    assert found(one + "- {baseline: two, applies_to: kind=team, expect: {attributes.os: b}}") == []
    assert (
        found(one + "- {baseline: two, applies_to: kind=server, expires: 2026-10-31, expect: {attributes.os: b}}") == []
    )


def test_a_conflict_names_both_lines_once() -> None:
    many = "".join(f"- {{kind: server, id: s{number}}}\n" for number in range(5))
    baselines = "- {baseline: one, applies_to: kind=server, expect: {attributes.os: a}}\n- {baseline: two, applies_to: kind, expect: {attributes.os: b}}"
    (problem,) = found(baselines, cis=many)
    assert (str(problem.where), [str(related.where) for related in problem.related]) == (
        "baselines/all.yaml:2:46",
        ["baselines/all.yaml:1:53"],
    )
