"""How far sources looked, and what that makes of what they did not see."""

from __future__ import annotations

import pytest

from cmdb.testing.drift import drift, line, shown

TWO = "[{kind: server, id: a, environment: production}, {kind: server, id: b, environment: test}]"
PACKAGES = "{kind: server, id: a, environment: test, attributes: {packages: {curl: 8}}}"


def many(count: int, *, kind: str = "server", start: int = 0) -> str:
    return "".join(f"- {{kind: {kind}, id: s{number}}}\n" for number in range(start, start + count))


def seen(*keys: int) -> str:
    return f"seen: [{', '.join(f'{{key: s{key}}}' for key in keys)}]"


@pytest.mark.parametrize(
    ("coverage", "outcome", "reason"),
    [
        ("{}", "missing", ""),
        ("{status: partial, reason: timeout}", "unobserved", "coverage of 'hosts' is partial: timeout"),
        ("{status: failed, reason: 403}", "unobserved", "coverage of 'hosts' is failed: 403"),
        ("{attributes: [packages]}", "unobserved", "no source looked for it"),
        ("{scope: kind=server}", "missing", ""),
        ("{scope: 'environment in (production, test)'}", "missing", ""),
        ("{scope: key=k}", "missing", ""),
        ('{scope: key="k"}', "missing", ""),
    ],
)
def test_absence_counts_only_under_complete_coverage_of_presence(coverage: str, outcome: str, reason: str) -> None:
    report = drift("{kind: server, id: a, environment: test, keys: {hosts: k}}", f"coverage: [{coverage}]")
    assert report.outcomes == {"a": outcome}
    assert [found.reason for found in report.deviations] == [reason]


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (["{scope: kind=server}", "{scope: environment=test, status: failed}"], "unobserved"),
        (["{scope: kind=server, status: partial}", "{scope: environment=test}"], "unobserved"),
        (["{scope: kind=server}", "{scope: environment=test, attributes: [packages], status: failed}"], "missing"),
        (["{scope: kind=server}", "{scope: environment=production, status: failed}"], "missing"),
    ],
)
def test_of_one_source_the_worst_matching_line_wins_in_any_order(lines: list[str], outcome: str, flip: bool) -> None:
    ordered = ", ".join(reversed(lines) if flip else lines)
    report = drift("{kind: server, id: a, environment: test}", f"coverage: [{ordered}]")
    assert report.outcomes == {"a": outcome}


def test_across_sources_the_best_wins() -> None:
    failed = "{source: one, coverage: [{status: failed}]}"
    assert drift(TWO, f"{failed}\n---\nsource: two").outcomes == {"a": "missing", "b": "missing"}


def test_whatever_any_source_saw_is_not_missing() -> None:
    assert drift(TWO, "source: one\n---\n{source: two, coverage: [], seen: [{key: a}]}").outcomes == {
        "a": "in_sync",
        "b": "missing",
    }


def test_without_an_end_nothing_is_missing() -> None:
    assert drift(TWO, "{ended: false, seen: [{key: a}]}").outcomes == {"a": "in_sync", "b": "unobserved"}


def test_a_scope_that_does_not_parse_makes_its_snapshot_partial() -> None:
    report = drift(TWO, "coverage: [{scope: kind=server}, {scope: 'kind=sever'}]")
    assert report.outcomes == {"a": "unobserved", "b": "unobserved"}
    assert [(problem.code, problem.severity.label) for problem in report.problems] == [("coverage-scope", "warning")]


def test_a_scope_has_no_graph_operators() -> None:
    report = drift(TWO, "coverage: [{scope: kind=server}, {scope: +a}]")
    assert report.outcomes == {"a": "unobserved", "b": "unobserved"}


def test_a_key_that_is_bound_by_its_observation_is_a_scope_too() -> None:
    report = drift(
        "{kind: server, id: a, attributes: {os: debian}}",
        "{coverage: [{scope: key=k7, attributes: ['*', os]}], seen: [{key: k7, name: A}]}",
    )
    assert shown(report) == 'deviating a attributes.os: "debian" -> null error\n'


def test_untracked_cis_have_no_outcome() -> None:
    report = drift(
        "[{kind: server, id: a}, {kind: team, id: t}]", "{coverage: [{scope: kind=server}], seen: [{key: a}]}"
    )
    assert (report.outcomes, report.untracked, report.incomplete, report.worst) == ({"a": "in_sync"}, 1, (), None)


@pytest.mark.parametrize("status", ["complete", "partial", "failed"])
def test_a_line_of_any_status_tracks(status: str) -> None:
    report = drift(TWO, f"{{coverage: [{{scope: environment=test, status: {status}}}], seen: [{{key: b}}]}}")
    assert report.outcomes == {"b": "in_sync"}


def test_what_a_source_is_there_for_is_tracked_without_any_line() -> None:
    config = "sources: {hosts: {covers: kind=server}}"
    report = drift(TWO, "{coverage: [{scope: environment=test}], seen: [{key: b}]}", config=config)
    assert report.outcomes == {"a": "unobserved", "b": "in_sync"}
    assert report.incomplete == ("1 of 2 tracked CIs was not seen, or not in full",)


def test_what_the_plugin_covers_counts_where_the_settings_are_silent() -> None:
    report = drift(TWO, "source: other", config="sources: {hosts: {}}", covers={"hosts": "environment=test"})
    assert [row.coverage.status for row in report.coverage if row.source == "hosts"] == ["failed"]
    assert "source 'hosts' saw nothing: no snapshot of this source" in report.incomplete


@pytest.mark.parametrize(
    ("cis", "keys", "outcome"),
    [
        pytest.param(many(6), (0, 1, 2), "missing", id="exactly half"),
        pytest.param(many(5), (0, 1), "unobserved", id="more than half"),
        pytest.param(many(3), (), "unobserved", id="three of three"),
        pytest.param(many(3), (0,), "missing", id="two are fewer than three"),
        pytest.param(many(2), (), "missing", id="two of two"),
    ],
)
def test_a_sudden_mass_absence_is_a_suspected_outage(cis: str, keys: tuple[int, ...], outcome: str) -> None:
    report = drift(cis, seen(*keys))
    assert {found.outcome for found in report.deviations} == {outcome}
    assert {found.reason for found in report.deviations} == {"suspected outage" if outcome == "unobserved" else ""}
    assert set(drift(cis, seen(*keys), trust_removals=True).outcomes.values()) <= {"missing", "in_sync"}


def test_an_outage_is_suspected_line_by_line() -> None:
    cis = many(3) + many(9, kind="virtual_machine", start=3)
    vms = ", ".join(f"{{kind: virtual_machine, key: s{number}}}" for number in range(3, 12))
    lines = "[{scope: kind=server}, {scope: kind=virtual_machine}]"
    report = drift(cis, f"{{coverage: {lines}, seen: [{vms}]}}")
    assert [report.outcomes[f"s{number}"] for number in (0, 1, 2, 3)] == ["unobserved"] * 3 + ["in_sync"]
    assert [(row.coverage.status, row.selected, row.seen) for row in report.coverage] == [
        ("partial", 3, 0),
        ("complete", 9, 9),
    ]
    assert report.coverage[0].coverage.reason == "suspected outage: 3 of 3 were not seen"


def test_only_cis_in_service_count_towards_an_outage() -> None:
    retired = "".join(f"- {{kind: server, id: r{number}, lifecycle: retired}}\n" for number in range(20))
    planned = "".join(f"- {{kind: server, id: p{number}, lifecycle: planned}}\n" for number in range(20))
    report = drift(many(4) + retired + planned, seen(0, 1, 2))
    assert report.outcomes["s3"] == "missing"


def test_the_threshold_is_a_setting() -> None:
    assert drift(many(5), seen(0, 1), config="drift: {outage_threshold: 0.6}").outcomes["s3"] == "missing"


@pytest.mark.parametrize(
    ("coverage", "attributes", "then"),
    [
        pytest.param('["*", packages]', "{}", 'deviating a attributes.packages.curl: "8" -> null error\n', id="named"),
        pytest.param('["*"]', "{packages: null}", 'deviating a attributes.packages.curl: "8" -> null error\n', id="null"),
        pytest.param('["*"]', "{packages: {}}", 'deviating a attributes.packages.curl: "8" -> null error\n', id="inside"),
        pytest.param('["*"]', "{packages: {curl: null}}", 'deviating a attributes.packages.curl: "8" -> null error\n', id="null inside"),
        pytest.param('["*", packages.curl]', "{}", 'deviating a attributes.packages.curl: "8" -> null error\n', id="a path below is named"),
        pytest.param('["*"]', "{}", "", id="a star does not claim absence"),
        pytest.param('["*"]', "{packages: {curl: '8', wget: '1'}}", "", id="nobody asked for the other"),
    ],
)  # fmt: skip
def test_that_something_is_not_there_has_to_be_claimed(coverage: str, attributes: str, then: str) -> None:
    text = f"{{coverage: [{{attributes: {coverage}}}], seen: [{{key: a, attributes: {attributes}}}]}}"
    assert shown(drift(PACKAGES, text)) == then


@pytest.mark.parametrize("status", ["partial", "failed"])
@pytest.mark.parametrize(
    ("scope", "attributes", "path", "expected"),
    [
        ("environment=test", "{}", "attributes.packages", '{"curl": "8"}'),
        ("environment=test", "{packages: {wget: '1'}}", "attributes.packages.curl", '"8"'),
    ],
)
def test_a_named_path_that_was_not_reached_is_unobserved(
    status: str, scope: str, attributes: str, path: str, expected: str
) -> None:
    lines = f'[{{attributes: ["*", packages]}}, {{scope: {scope}, attributes: [packages], status: {status}, reason: "403"}}]'
    report = drift(PACKAGES, f"{{coverage: {lines}, seen: [{{key: a, attributes: {attributes}}}]}}")
    assert shown(report) == f"unobserved a {path}: {expected} -> null note\n"
    assert report.deviations[0].reason == f"coverage of 'hosts' is {status}: 403"
    assert report.outcomes == {"a": "unobserved"}
    assert report.unobserved_values == 1


def test_a_star_that_failed_casts_doubt_on_every_path() -> None:
    lines = '[{attributes: ["*", packages]}, {scope: environment=test, status: failed}]'
    report = drift(PACKAGES, f"{{coverage: {lines}, seen: [{{key: a}}]}}")
    assert report.outcomes == {"a": "unobserved"}


def test_null_needs_no_coverage() -> None:
    for attributes in ("{packages: null}", "{packages: {curl: null}}"):
        text = (
            f"{{coverage: [{{attributes: [packages], status: failed}}], seen: [{{key: a, attributes: {attributes}}}]}}"
        )
        assert drift(PACKAGES, text).outcomes == {"a": "deviating"}


@pytest.mark.parametrize("status", ["partial", "failed"])
def test_an_observation_proves_what_it_carries_however_far_the_source_looked(status: str) -> None:
    text = f'{{coverage: [{{attributes: ["*", packages], status: {status}}}], seen: [{{key: a, attributes: {{packages: {{curl: "7"}}}}}}]}}'
    assert shown(drift(PACKAGES, text)) == 'deviating a attributes.packages.curl: "8" -> "7" error\n'


def test_a_value_that_a_source_carries_for_another_ci_of_the_kind_is_tracked() -> None:
    cis = "".join(f"- {{kind: {kind}, id: {name}, attributes: {{memory: 1 GiB}}}}\n" for kind, name in [
        ("server", "a"), ("server", "b"), ("virtual_machine", "c")])  # fmt: skip
    text = "seen: [{key: a, attributes: {memory: 1073741824}}, {key: b}, {kind: virtual_machine, key: c}]"
    report = drift(cis, text)
    assert [line(found) for found in report.deviations] == ["unobserved b attributes.memory: 1073741824 -> null note"]
    assert report.outcomes == {"a": "in_sync", "b": "unobserved", "c": "in_sync"}
    assert report.untracked_values == 1


def test_what_another_source_carries_makes_nothing_tracked_here() -> None:
    cis = "[{kind: server, id: a}, {kind: server, id: b, attributes: {memory: 1 GiB}}]"
    text = "{source: one, seen: [{key: b}]}\n---\n{source: two, coverage: [{scope: id=a}], seen: [{key: a, attributes: {memory: 1}}]}"
    report = drift(cis, text)
    assert (report.outcomes["b"], report.untracked_values) == ("in_sync", 1)


def test_a_source_that_claims_presence_and_did_not_see_the_ci_says_nothing_of_its_values() -> None:
    text = '{source: one, coverage: [{attributes: ["*", packages]}]}\n---\n{source: two, seen: [{key: a}]}'
    assert shown(drift(PACKAGES, text)) == 'unobserved a attributes.packages: {"curl": "8"} -> null note\n'


def test_a_source_of_values_only_may_say_that_one_is_not_there() -> None:
    text = "{source: one, coverage: [{attributes: [packages]}]}\n---\n{source: two, seen: [{key: a}]}"
    assert shown(drift(PACKAGES, text)) == 'deviating a attributes.packages.curl: "8" -> null error\n'


def test_the_rows_tell_how_each_line_was_judged() -> None:
    report = drift(
        TWO,
        "{coverage: [{scope: environment=test}, {scope: kind=server, status: failed, reason: x}], seen: [{key: b}]}",
    )
    assert [(row.coverage.scope, row.coverage.status, row.selected, row.seen) for row in report.coverage] == [
        ("environment=test", "complete", 1, 1),
        ("kind=server", "failed", 2, 1),
    ]


def test_a_demand_on_everything_below_a_path_is_unobserved_where_nothing_was_seen_there() -> None:
    """Its argument is still read by the type of what it speaks of, a version, not by that of the map."""
    baseline = "{baseline: b, applies_to: kind=server, expect: {attributes.packages.*: {not: '1'}}}"
    text = "{coverage: [{attributes: ['*', packages], status: failed}], seen: [{key: a}]}"
    report = drift("{kind: server, id: a}", text, baselines=baseline)
    assert shown(report) == 'unobserved a attributes.packages: {"not": "1"} -> null note\n'
    assert report.problems == ()
