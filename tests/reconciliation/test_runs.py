"""Which runs count, and how far they are believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cmdb.model.config import DriftConfig, SourceConfig
from cmdb.reconciliation.runs import SourceRun, settle
from cmdb.testing.drift import NOW, drift, shown, snapshot


def settled(text: str, *sources: str) -> dict[str, SourceRun]:
    runs, _ = settle(snapshot(text), [SourceConfig(name) for name in sources], {}, DriftConfig(), NOW)
    return {run.source: run for run in runs}


def shape(run: SourceRun) -> tuple[list[str], list[str]]:
    lines = [f"{line.status} {line.scope} {line.reason}".strip() for line in run.coverage]
    return lines, sorted(seen.key for seen in run.observations)


def test_shards_of_one_run_are_united() -> None:
    run = settled(
        """
        coverage: [{scope: environment=test}]
        seen: [{key: b}]
        ---
        coverage: [{scope: environment=prod}]
        seen: [{key: a}]
        """
    )["hosts"]
    assert shape(run) == (["complete environment=prod", "complete environment=test"], ["a", "b"])


def test_a_shard_without_an_end_makes_the_whole_run_partial() -> None:
    run = settled("coverage: [{scope: a}]\nended: false\n---\ncoverage: [{scope: b}, {scope: c, status: failed}]")[
        "hosts"
    ]
    assert [line.status for line in run.coverage] == ["partial", "partial", "failed"]
    assert "no end" in run.coverage[0].reason


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_run_of_a_source_counts_in_whatever_order_they_come(order: tuple[int, int]) -> None:
    texts = [
        "{run: one, started: 2026-10-30T02:00:00Z, finished: 2026-10-31T02:00:00Z, seen: [{key: old}]}",
        "{run: two, started: 2026-10-30T03:00:00Z, finished: 2026-10-30T04:00:00Z, seen: [{key: new}]}",
    ]
    run = settled("\n---\n".join(texts[position] for position in order))["hosts"]
    assert shape(run)[1] == ["new"]


def test_of_runs_that_do_not_say_when_they_started_the_name_tells() -> None:
    seen = "{run: 2026-10-31T02:00:00Z, started: null, finished: null, seen: [{key: new}]}"
    older = "{run: 2026-10-30T02:00:00Z, started: null, finished: null, seen: [{key: old}]}"
    assert shape(settled(f"{seen}\n---\n{older}")["hosts"])[1] == ["new"]


@pytest.mark.parametrize(
    ("age", "statuses", "keys"),
    [
        (timedelta(days=7), ["complete", "partial"], ["a"]),
        (timedelta(days=7, seconds=1), ["failed", "failed"], []),
    ],
)
def test_a_run_that_finished_too_long_ago_counts_as_failed(
    age: timedelta, statuses: list[str], keys: list[str]
) -> None:
    finished = (NOW - age).isoformat()
    run = settled(
        f"{{finished: '{finished}', coverage: [{{scope: a}}, {{scope: b, status: partial}}], seen: [{{key: a}}]}}"
    )
    assert [line.status for line in run["hosts"].coverage] == statuses
    assert [seen.key for seen in run["hosts"].observations] == keys


def test_sources_come_in_the_order_of_the_settings_and_strangers_by_name() -> None:
    names = list(settled("source: z\n---\nsource: b\n---\nsource: a", "z", "m"))
    assert names == ["z", "m", "a", "b"]


def test_a_configured_source_without_a_snapshot_failed_over_all_it_covers() -> None:
    runs, _ = settle(snapshot("source: other"), [SourceConfig("hosts")], {"hosts": "kind=server"}, DriftConfig(), NOW)
    assert runs[0].covers == ("kind=server",)
    assert shape(runs[0])[0] == ["failed kind=server no snapshot of this source"]
    assert runs[0].failed


@pytest.mark.parametrize(
    ("minutes", "found"), [(5, ""), (6, "1 observation is dated more than 5 minutes after 2026-11-01 03:00 UTC")]
)
def test_an_observation_from_the_future_is_a_problem_and_not_used(minutes: int, found: str) -> None:
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    report = drift("{kind: server, id: a}", f"seen: [{{key: a, at: '{at}'}}]")
    assert [problem.message[: len(found)] for problem in report.problems if found] == ([found] if found else [])
    assert report.outcomes == {"a": "unobserved" if found else "in_sync"}


def test_one_key_seen_twice_is_one_thing_and_the_latest_word_counts() -> None:
    text = """
    seen:
    - {key: a, at: 2026-11-01T02:00:02Z, attributes: {os: new}}
    - {key: a, at: 2026-11-01T02:00:01Z, attributes: {os: old, model: x}}
    """
    (seen,) = settled(text)["hosts"].observations
    assert seen.attributes == {"os": "new", "model": "x"}


def test_a_source_that_says_nothing_of_its_coverage_proves_only_what_it_saw() -> None:
    report = drift(
        "[{kind: server, id: a}, {kind: server, id: b}]", "{covers: kind=server, coverage: [], seen: [{key: a}]}"
    )
    assert report.outcomes == {"a": "in_sync", "b": "unobserved"}
    assert shown(report) == "unobserved b presence: true -> null note\n"
