"""Verdicts on budgets, and how they are shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench import report
from bench.all_suite import SUITE
from bench.run import NAMES
from bench.samples import Result, Sample, Timing, exit_code

KEPT = Result(
    work="cold load",
    size="5 CIs",
    limit=2.0,
    unit="×",
    against="the floor",
    figure=Sample((1.0, 1.5, 9.0)),
    timings=(Timing("ours", Sample((0.5, 1.5, 2.0))), Timing("memory", Sample((2e6,)), "B", "a | b")),
)
EXCEEDED = replace(KEPT, figure=Sample((3.0,)))
NOT_MEASURED = replace(KEPT, figure=None, reason="no such system", timings=())


@pytest.mark.parametrize(
    ("results", "code", "word"),
    [
        ([], 0, "clean"),
        ([KEPT], 0, "clean"),
        ([KEPT, NOT_MEASURED], 3, "incomplete"),
        ([KEPT, NOT_MEASURED, EXCEEDED], 1, "findings"),
    ],
)
def test_the_worst_verdict_decides(results: list[Result], code: int, word: str) -> None:
    assert exit_code(results) == code
    assert report.payload(results, {}, "small")["status"] == word


def test_the_median_is_judged() -> None:
    assert KEPT.verdict == "kept"
    assert replace(KEPT, limit=1.5).verdict == "kept"
    assert replace(KEPT, limit=1.49).verdict == "exceeded"


def test_samples_are_compared_run_by_run() -> None:
    ours, floor = Sample((2.0, 9.0)), Sample((1.0, 3.0))
    assert ours.over(floor).values == (2.0, 3.0)
    assert ours.beyond(floor).times(10).values == (10.0, 60.0)


def test_the_tables_say_what_was_measured() -> None:
    (row,) = report.budgets([KEPT])
    assert row == ("cold load", "5 CIs", "1.50 × (1.00 to 9.00)", "2 ×", "the floor", "kept")
    (row,) = report.budgets([NOT_MEASURED])
    assert row[2:] == ("-", "2 ×", "the floor", "not measured: no such system")
    assert report.times([KEPT]) == [
        ("cold load", "5 CIs", "ours", "1.50 s", "500.0 ms to 2.00 s", ""),
        ("", "", "memory", "2.0 MB", "2.0 MB to 2.0 MB", "a | b"),
    ]


def test_both_tables_hold_the_machine_and_every_row() -> None:
    machine = {"processor": "fast"}
    assert report.text([KEPT], machine).startswith("processor: fast\n\nwork")
    shown = report.markdown([KEPT], machine)
    assert "- processor: fast\n" in shown
    assert "| memory | 2.0 MB | 2.0 MB to 2.0 MB | a \\| b |" in shown


def test_a_page_gets_new_tables_between_its_marks() -> None:
    page = "# Speed\n<!-- budgets: begin -->\nold\n<!-- budgets: end -->\nmore\n"
    new = report.placed(page, "budgets", "new\n")
    assert new == "# Speed\n<!-- budgets: begin -->\n\nnew\n\n<!-- budgets: end -->\nmore\n"
    assert report.placed(new, "budgets", "new\n") == new
    with pytest.raises(ValueError, match="no marks of 'profile'"):
        report.placed(page, "profile", "new")


def test_json_has_every_single_run() -> None:
    found = json.loads(json.dumps(report.payload([KEPT, NOT_MEASURED], {"git": "2"}, "small")))
    first, second = found["results"]
    assert first["figure"]["values"] == [1.0, 1.5, 9.0]
    assert first["timings"][0]["sample"]["median"] == 1.5
    assert second["figure"] is None
    assert second["verdict"] == "not measured"
    assert found["format"] == "cmdb.bench/1"


def test_every_budget_says_how_it_is_measured() -> None:
    assert len(set(NAMES)) == len(SUITE)
    assert all((budget.__doc__ or "").count(".") > 1 for budget in SUITE)
