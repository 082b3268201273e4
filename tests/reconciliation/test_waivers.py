"""What waivers, ignore rules and pending changes excuse, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cmdb.model.ci import CI
from cmdb.model.drift import DriftReport, Excuse
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.value import Value
from cmdb.testing.drift import NOW, drift, line, shown

CI_A = "{kind: server, id: a, aliases: [former], attributes: {kernel: 6.1, memory: 1 GiB, listening_ports: [22]}}"
BASELINES = """
- {baseline: one, applies_to: kind=server, expect: {attributes.kernel: {version: ">=6"}}}
- {baseline: two, applies_to: kind=server, expect: {attributes.kernel: {version: ">=5.11", severity: critical}}}
"""
OLD = "seen: [{key: a, attributes: {kernel: '5.10', memory: 1073741824, listening_ports: [22]}}]"


def waived(
    waiver: str, *, seen: str = OLD, cis: str = CI_A, baselines: str = "", day: str = "", **more: Any
) -> DriftReport:
    wrapped = f"{baselines}\n---\nwaivers:\n- {{reason: agreed, expires: 2026-12-31, approved_by: me, {waiver}}}\n"
    as_of = datetime.fromisoformat(f"{day}T23:00:00+00:00").astimezone(UTC) if day else NOW
    return drift(cis, seen, baselines=wrapped.lstrip("\n-") if not baselines else wrapped, as_of=as_of, **more)


def problems(report: DriftReport) -> list[str]:
    return [f"{problem.severity.label} {problem.code}" for problem in report.problems]


@pytest.mark.parametrize(
    ("waiver", "excused"),
    [
        ("ci: a, path: attributes.kernel, observed: 5.10", True),
        ("ci: former, path: attributes.kernel, observed: 5.10", True),
        ("source: hosts, key: a, path: attributes.kernel, observed: 5.10", True),
        ("ci: a, path: attributes.kernel, observed: '5.10.0'", True),
        ("ci: a, path: attributes.kernel, observed: 5.1", False),
        ("ci: a, path: attributes.kernel, observed: null", False),
        ("ci: a, path: attributes.memory, observed: 5.10", False),
        ("source: cloud, key: a, path: attributes.kernel, observed: 5.10", False),
        ("source: hosts, key: b, path: attributes.kernel, observed: 5.10", False),
        ("ci: a, path: attributes.*, observed: 5.10", True),
    ],
)
def test_a_waiver_matches_ci_path_and_normalised_value(waiver: str, excused: bool) -> None:
    report = waived(waiver)
    assert shown(report) == f'deviating a attributes.kernel: "6.1" -> "5.10" error{" waiver" if excused else ""}\n'
    assert report.outcomes == {"a": "in_sync" if excused else "deviating"}
    assert (report.worst is None) is excused


def test_values_are_read_by_the_type_of_the_attribute() -> None:
    seen = "seen: [{key: a, attributes: {kernel: '6.1', memory: 2147483648}}]"
    assert waived("ci: a, path: attributes.memory, observed: 2 GiB", seen=seen).outcomes == {"a": "in_sync"}
    assert waived("ci: a, path: attributes.memory, observed: 3 GiB", seen=seen).outcomes == {"a": "deviating"}


def test_the_excuse_says_who_and_until_when() -> None:
    excuse = waived("ci: a, path: attributes.kernel, observed: 5.10").deviations[0].excuse
    assert excuse is not None
    assert (excuse.type, excuse.reason, excuse.approved_by, str(excuse.expires)) == (
        "waiver",
        "agreed",
        "me",
        "2026-12-31",
    )


@pytest.mark.parametrize(
    ("seen", "waiver", "excused"),
    [
        ("seen: []", "ci: a, path: presence, observed: null", True),
        ("seen: []", "ci: a, path: presence, observed: true", False),
        ("seen: [{key: a}, {key: x}]", "source: hosts, key: x, path: presence, observed: true", True),
        ("seen: [{key: a}, {key: x}]", "source: hosts, key: x, path: presence, observed: null", True),
        ("seen: [{key: a}, {key: x}]", "source: hosts, key: y, path: presence, observed: true", False),
    ],
)
def test_presence_can_be_waived(seen: str, waiver: str, excused: bool) -> None:
    report = waived(waiver, seen=seen)
    assert [found.excuse is not None for found in report.deviations] == [excused]


def test_an_element_or_a_whole_set_can_be_waived() -> None:
    seen = "seen: [{key: a, attributes: {listening_ports: [8080, 22, 9090]}}]"
    assert line(
        waived("ci: a, path: attributes.listening_ports.8080, observed: 8080", seen=seen).deviations[0]
    ).endswith("waiver")
    whole = waived("ci: a, path: attributes.listening_ports, observed: [22, 8080, 9090]", seen=seen)
    assert (whole.outcomes, problems(whole)) == ({"a": "in_sync"}, [])
    other = waived("ci: a, path: attributes.listening_ports, observed: [22, 8080]", seen=seen)
    assert (other.outcomes, problems(other)) == ({"a": "deviating"}, ["warning waiver-unused"])


def test_a_waiver_excuses_every_demand_or_only_those_of_its_baseline() -> None:
    every = waived("ci: a, path: attributes.kernel, observed: 5.10", baselines=BASELINES)
    assert shown(every) == 'deviating a attributes.kernel: "6.1" -> "5.10" critical waiver\n'
    two = waived("ci: a, path: attributes.kernel, observed: 5.10, baseline: two", baselines=BASELINES)
    assert shown(two) == 'deviating a attributes.kernel: "6.1" -> "5.10" error\n'
    assert [demand.baseline for demand in two.deviations[0].demanded_by] == [None, "one"]
    cis = "{kind: server, id: a}"
    alone = waived(
        "ci: a, path: attributes.kernel, observed: 5.10, baseline: two", baselines=BASELINES.splitlines()[2], cis=cis
    )
    assert alone.outcomes == {"a": "in_sync"}
    none = waived("ci: a, path: attributes.kernel, observed: 5.10, baseline: other", baselines=BASELINES)
    assert none.outcomes == {"a": "deviating"}


def test_what_a_template_demands_may_be_waived_by_either_name() -> None:
    baselines = "- {baseline: t, expect: {attributes.os: x}}\n- {baseline: low, extends: t, applies_to: kind=server}"
    for name in ("t", "low"):
        report = waived(
            f"ci: a, path: attributes.os, observed: z, baseline: {name}",
            baselines=baselines,
            cis="{kind: server, id: a}",
            seen="seen: [{key: a, attributes: {os: z}}]",
        )
        assert report.outcomes == {"a": "in_sync"}


def test_an_expired_waiver_excuses_nothing_and_is_an_error() -> None:
    waiver = "ci: a, path: attributes.kernel, observed: 5.10"
    config = "drift: {max_age: 365d}"
    assert waived(waiver, day="2026-12-31", config=config).outcomes == {"a": "in_sync"}
    late = waived(waiver, day="2027-01-01", config=config)
    assert (late.outcomes, problems(late)) == ({"a": "deviating"}, ["error waiver-expired"])
    assert late.deviations[0].excuse is None


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        ("seen: [{key: a, attributes: {kernel: '6.1'}}]", ["warning waiver-unused"]),
        ("seen: [{key: a, attributes: {kernel: '5.9'}}]", ["warning waiver-unused"]),
        ("seen: [{key: a, attributes: {kernel: null}}]", ["warning waiver-unused"]),
        ("seen: [{key: a, attributes: {memory: 1073741824}}]", []),
        ("{coverage: [{status: failed}]}", []),
        ("{coverage: [{scope: kind=team}]}", []),
        (OLD, []),
    ],
)
def test_a_waiver_is_unused_only_where_the_value_was_seen(seen: str, found: list[str]) -> None:
    assert problems(waived("ci: a, path: attributes.kernel, observed: 5.10", seen=seen)) == found


@pytest.mark.parametrize(
    ("seen", "found"),
    [("seen: [{key: a}]", ["warning waiver-unused"]), ("{coverage: [{status: failed}]}", []), ("seen: []", [])],
)
def test_a_waived_absence_is_unused_once_the_ci_is_there(seen: str, found: list[str]) -> None:
    assert problems(waived("ci: a, path: presence, observed: null", seen=seen)) == found


IGNORE = "{baseline: i, applies_to: kind=server, ignore: [{path: attributes.%s, reason: x}]}"


@pytest.mark.parametrize(
    ("rule", "seen", "outcome", "found"),
    [
        ("kernel", OLD, "in_sync", []),
        ("*", OLD, "in_sync", []),
        ("memory", OLD, "deviating", ["warning ignore-unused"]),
        ("os", OLD, "deviating", []),
        ("listening_ports", "seen: [{key: a, attributes: {listening_ports: [1]}}]", "in_sync", []),
        ("kernel", "{coverage: [{attributes: ['*', kernel], status: failed}], seen: [{key: a}]}", "in_sync", []),
        (
            "interfaces.*.mtu",
            "seen: [{key: a, attributes: {interfaces: {e: {mtu: 1}}}}]",
            "in_sync",
            ["warning ignore-unused"],
        ),
        (
            "interfaces.*.mtu",
            "seen: [{key: a, attributes: {interfaces: {e: {mac: 1}}}}]",
            "in_sync",
            ["warning ignore-unused"],
        ),
        ("interfaces.*.mtu", "seen: [{key: a, attributes: {interfaces: {}}}]", "in_sync", []),
    ],
)
def test_ignored_paths_are_not_judged(rule: str, seen: str, outcome: str, found: list[str]) -> None:
    report = drift(CI_A, seen, baselines=IGNORE % rule)
    assert (report.outcomes, problems(report)) == ({"a": outcome}, found)


def test_ignore_rules_are_inherited() -> None:
    baselines = "- {baseline: t, ignore: [{path: attributes.kernel, reason: x}]}\n- {baseline: c, extends: t, applies_to: kind=server}"
    assert drift(CI_A, OLD, baselines=baselines).outcomes == {"a": "in_sync"}


def test_a_pending_change_excuses_what_it_knows() -> None:
    asked: list[tuple[str, str, Value]] = []

    def pending(ci: CI, path: KeyPath, observed: Value) -> Excuse | None:
        asked.append((ci.id, format_path(path), observed))
        return Excuse("pending", "merged today") if path[-1] == "kernel" else None

    cis = f"- {CI_A}\n- {{kind: server, id: gone}}"
    seen = "seen: [{key: a, attributes: {kernel: '5.10', memory: 1}}]"
    report = drift(cis, seen, pending=pending)
    assert shown(report) == (
        'deviating a attributes.kernel: "6.1" -> "5.10" error pending\n'
        "deviating a attributes.memory: 1073741824 -> 1 error\n"
        "missing gone presence: true -> null error\n"
    )
    assert sorted(asked, key=str) == [
        ("a", "attributes.kernel", "5.10"),
        ("a", "attributes.memory", 1),
        ("gone", "presence", None),
    ]


def test_a_secret_is_never_compared_with_a_waiver() -> None:
    baseline = "{baseline: b, applies_to: kind=server, expect: {attributes.token: {absent: true}}}"
    seen = "seen: [{key: a, attributes: {token: {redacted: true}}}]"
    report = waived(
        "ci: a, path: attributes.token, observed: {redacted: true}",
        seen=seen,
        cis="{kind: server, id: a}",
        baselines=f"- {baseline}",
    )
    assert report.outcomes == {"a": "deviating"}


def test_a_waived_absence_of_a_whole_needs_somebody_who_looked_at_the_whole() -> None:
    cis = "{kind: server, id: a, attributes: {packages: {curl: 8}}}"
    seen = "{coverage: [{attributes: ['*', packages.curl]}], seen: [{key: a}]}"
    assert waived("ci: a, path: attributes.packages, observed: null", cis=cis, seen=seen).outcomes == {"a": "deviating"}
    whole = seen.replace("packages.curl", "packages")
    assert waived("ci: a, path: attributes.packages, observed: null", cis=cis, seen=whole).outcomes == {"a": "in_sync"}


def test_a_waiver_of_a_ci_that_is_missing_is_not_unused() -> None:
    seen = "{source: one, coverage: [{attributes: [kernel]}]}\n---\n{source: two}"
    report = waived("ci: a, path: attributes.kernel, observed: 5.10", seen=seen)
    assert (report.outcomes, problems(report)) == ({"a": "missing"}, [])


def test_the_first_of_two_waivers_is_told_and_both_are_used() -> None:
    second = "\n- {ci: a, path: attributes.kernel, observed: 5.10, reason: again, expires: 2026-12-31"
    report = waived(f"ci: a, path: attributes.kernel, observed: 5.10}}{second}")
    excuse = report.deviations[0].excuse
    assert (excuse and excuse.reason, problems(report)) == ("agreed", [])


def test_no_waiver_makes_the_unknown_known() -> None:
    blind = "{coverage: [{status: failed}]}"
    report = waived("ci: a, path: presence, observed: null", seen=blind)
    assert (report.outcomes, [found.excuse for found in report.deviations]) == ({"a": "unobserved"}, [None])
    assert report.incomplete
    twins = "[{kind: server, id: a, name: x}, {kind: server, id: b, name: x}]"
    report = waived("source: hosts, key: x, path: presence, observed: true", cis=twins, seen="seen: [{key: x}]")
    assert [found.excuse is not None for found in report.deviations] == [True, True]
    assert report.outcomes == {"a": "unobserved", "b": "unobserved"}
    assert report.incomplete == ("2 of 2 tracked CIs were not seen, or not in full",)
