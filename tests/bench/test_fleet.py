"""On a fleet in which everything wrong is known, nothing is missed and nothing is made up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bench.fleet import Fleet, Night
from bench.fleet_fates import FATES
from bench.fleet_score import facts, main, scores, truth, verdict
from cmdb.model.snapshot import Run, Snapshot
from cmdb.workspace import Workspace

SCHEMA = Workspace.of({}).inventory.schema
KINDS = {"ambiguous", "contested", "deviating", "excused", "missing", "unmanaged", "unobserved", "waiver-unused"}


def night(count: int, number: int = 0, seed: int = 1) -> Night:
    return Fleet(SCHEMA, count, seed).night(number)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("number", range(3))
def test_ten_machines(number: int, seed: int) -> None:
    found = night(10, number, seed)
    assert facts(verdict(found)) == truth(found)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_thousand_machines_on_three_nights(number: int) -> None:
    found = night(1000, number)
    report = verdict(found)
    assert facts(report) == truth(found)
    assert {score.outcome for score in scores(found, report) if not score.outcome.startswith("CI ")} == KINDS
    assert all(score.precision == score.recall == 1.0 for score in scores(found, report))
    assert bool(report.incomplete)


def test_neither_order_nor_shards_matter() -> None:
    found = night(500)
    choose, shards = random.Random(7), list[Run]()
    for run in found.snapshot.runs:
        seen, lines = list(run.observations), list(run.coverage)
        choose.shuffle(seen)
        choose.shuffle(lines)
        for part in range(3):
            shards.append(replace(run, observations=tuple(seen[part::3]), coverage=tuple(lines[part::3])))
    choose.shuffle(shards)
    assert verdict(replace(found, snapshot=Snapshot(tuple(shards)))) == verdict(found)


def test_a_verdict_that_misses_or_makes_up_something_is_not_perfect() -> None:
    found = night(200)
    report = verdict(found)
    (first, *rest) = report.deviations
    outcome = first.outcome
    missed = {score.outcome: score for score in scores(found, replace(report, deviations=tuple(rest)))}[outcome]
    assert (missed.recall < 1.0, missed.precision, missed.perfect) == (True, 1.0, False)
    other = replace(first, path="attributes.model")
    made = {score.outcome: score for score in scores(found, replace(report, deviations=(*report.deviations, other)))}
    assert (made[outcome].recall, made[outcome].precision < 1.0, made[outcome].perfect) == (1.0, True, False)


def test_every_fate_befalls_somebody_and_nights_differ() -> None:
    assert len(FATES) == len({fate.__name__ for fate in FATES})
    assert night(300, 0).truth != night(300, 1).truth
    assert night(300, 0).truth == night(300, 0).truth


def test_the_command_prints_scores_and_says_whether_they_are_perfect(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cis", "100", "--nights", "1"]) == 0
    assert "precision 1.0000  recall 1.0000" in capsys.readouterr().out
