"""Bulk work is left alone by the garbage collector, and nothing stays that way."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from cmdb.model.quiet import collector_resting


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def looked_at(made: list[list[int]]) -> bool:
    """Whether a collection of the youngest would look at what was made."""
    return any(each is made[0] for each in gc.get_objects(generation=0))


def test_what_was_made_is_old_afterwards() -> None:
    with collector_resting():
        made = [[number] for number in range(1000)]
        assert not gc.isenabled()
        assert looked_at(made)
    assert gc.isenabled()
    assert not looked_at(made)
    assert gc.get_freeze_count() == 0
    assert any(each is made[0] for each in gc.get_objects(generation=2))


def test_cycles_are_still_collected() -> None:
    with collector_resting():
        circle: list[object] = []
        circle.append(circle)
        del circle
    assert gc.collect() >= 1


def test_what_somebody_else_froze_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with collector_resting():
        pass
    assert gc.get_freeze_count() == frozen


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with collector_resting():
        pass
    assert not gc.isenabled()
