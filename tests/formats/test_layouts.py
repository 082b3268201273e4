"""Where a CI stands, and in whose company, changes nothing about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from textwrap import dedent
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.schema_reader import read_schema
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.location import Place
from cmdb.testing.ci_files import KINDS, ci_texts, layouts

NAMES = ("n-0", "n-1", "n-2", "n-3")


@cache
def schema() -> Schema:
    return read_schema([("inventory/schema/shop.yaml", dedent(KINDS).encode())]).schema


def read(files: Mapping[str, str]) -> Inventory:
    reading = InventoryReading(schema())
    contents = {path: text.encode() for path, text in sorted(files.items())}
    for path, found in zip(contents, reading.read_many(contents.items()), strict=True):
        reading.take(path, found)
    return reading.inventory()


def cis(inventory: Inventory) -> list[str]:
    """Every CI to the letter: 1, 1.0 and true differ here."""
    return sorted(repr(replace(ci, place=Place(""))) for ci in inventory.declared)


def problems(inventory: Inventory) -> list[tuple[Any, ...]]:
    return sorted(
        (p.code, p.severity, p.message, p.ci or "", p.key_path or "", p.hint, p.subject) for p in inventory.problems
    )


four_cis = st.tuples(*map(ci_texts, NAMES))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_layout_gives_the_same_inventory_and_the_same_problems(data: st.DataObject) -> None:
    texts = data.draw(four_cis)
    one, other = read(data.draw(layouts(texts))), read(data.draw(layouts(texts)))
    assert cis(one) == cis(other)
    assert problems(one) == problems(other)
    assert (one.complete, len(one.declared)) == (other.complete, len(other.declared))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_was_read_before_changes_nothing(data: st.DataObject) -> None:
    texts = data.draw(four_cis)
    together = read(data.draw(layouts(texts)))
    alone = [read({"inventory/a.yaml": text}) for text in texts]
    assert cis(together) == sorted(ci for inventory in alone for ci in cis(inventory))
    assert problems(together) == sorted(problem for inventory in alone for problem in problems(inventory))
