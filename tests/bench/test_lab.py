"""Measuring in fresh processes, subjects in turn, inventories kept for the next who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpora import Corpora
from bench.generate import Order
from bench.lab import SMALL, Failed, Lab
from bench.run import measured
from bench.samples import Result, Sample
from bench.sampling import STAGES, Profile, profiled
from bench.suite import drift, program_start
from bench.suite.drift import equality


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A laboratory without a single inventory."""
    return Lab(SMALL, Corpora(tmp_path / "corpora"), tmp_path)


def test_subjects_take_turns_after_a_round_for_nothing(lab: Lab) -> None:
    asked: list[tuple[str, int]] = []

    def subject(label: str, number: int) -> float:
        asked.append((label, number))
        return float(number)

    found = lab.rounds({"a": lambda number: subject("a", number), "b": lambda number: subject("b", number)}, 2)
    assert asked == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert found["a"].values == (1.0, 2.0)


def test_a_function_runs_in_a_process_of_its_own(lab: Lab) -> None:
    assert 0 < lab.run(equality, pairs=200) < 60


def test_what_fails_there_is_told_here(lab: Lab) -> None:
    with pytest.raises(Failed, match="unexpected keyword argument 'wrong'"):
        lab.run(equality, wrong=1)


def test_a_budget_that_breaks_is_not_measured_and_the_rest_is(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Lab) -> tuple[Result, ...]:
        raise Failed("Traceback\nValueError: it broke")

    kept = Result("start", "whole process", 1.5, "×", "click", Sample((1.0,)))
    monkeypatch.setattr(drift, "measure", broken)
    monkeypatch.setattr(program_start, "measure", lambda _: (kept,))
    first, second = measured(lab, ("drift", "program_start"))
    assert (first.work, first.verdict, first.reason) == ("drift", "not measured", "ValueError: it broke")
    assert second == kept


def test_a_profile_names_the_stages_of_a_load(lab: Lab, tmp_path: Path) -> None:
    workspace = Corpora(tmp_path).get(Order(200, commits=0))
    found = lab.call(profiled, workspace=str(workspace), cache=False, check=True)
    assert found["stages"].keys() <= set(STAGES)
    assert found["stages"]["kinds"] > 0
    assert sum(found["functions"].values()) == pytest.approx(sum(found["stages"].values()))


def test_a_look_within_a_look_counts_nothing() -> None:
    profile = Profile(looking=True)
    profile.look(0, None)
    assert not profile.stages
    profile.looking = False
    profile.look(0, None)
    assert [*profile.stages] == ["other"]
    assert [*profile.functions] == ["elsewhere"]
    assert profile.stages["other"] == profile.functions["elsewhere"] > 0


def test_an_inventory_is_made_once_and_again_after_it_was_left_half_made(tmp_path: Path) -> None:
    corpora, order = Corpora(tmp_path), Order(200, commits=0)
    folder = corpora.get(order)
    (folder / "mark").touch()
    assert (corpora.get(order) / "mark").exists()
    (tmp_path / f"{order.label}.done").unlink()
    assert not (corpora.get(order) / "mark").exists()
