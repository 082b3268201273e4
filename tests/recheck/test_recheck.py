"""Checking again after a change: the answer of a whole run, without looking at what the change does not concern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from hypothesis import given, settings

from cmdb.facts import Facts, by_code
from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.schema_reader import read_schema
from cmdb.inventory import Inventory
from cmdb.model.baseline import Baselines
from cmdb.recheck import Recheck, check_all, remembered
from cmdb.testing.edits import SCHEMA, edits

DAY = date(2026, 11, 1)
Files = Mapping[str, str]
KINDS = read_schema([("inventory/schema/kinds.yaml", SCHEMA.encode())]).schema


def facts(files: Files) -> Facts:
    reading = InventoryReading(KINDS)
    found = [
        read_baselines(path, text.encode()) for path, text in sorted(files.items()) if path.startswith("baselines/")
    ]
    for path, text in sorted(files.items()):
        if path.startswith("inventory/"):
            reading.take(path, reading.read(path, text.encode()))
    baselines = Baselines(
        tuple(baseline for one in found for baseline in one[0]), tuple(waiver for one in found for waiver in one[1])
    )
    inventory = Inventory.of(reading.inventory())
    return Facts(inventory, baselines, DAY, by_code(inventory.problems))


def changed(before: Files, after: Files) -> frozenset[str]:
    """The ids of all CIs that stand or stood in a file that is not what it was."""
    paths = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    sides = (facts(files).inventory.declared for files in (before, after))
    return frozenset(ci.id for declared in sides for ci in declared if ci.place.path in paths)


@given(edits(steps=2))
@settings(deadline=None)
def test_the_answer_is_that_of_a_whole_run(states: list[Files]) -> None:
    first = facts(states[0])
    former = remembered(first, check_all(first))
    for before, after in pairwise(states):
        again = Recheck(facts(after), former, changed(before, after))
        assert again.problems == check_all(facts(after))
        former = again.former
