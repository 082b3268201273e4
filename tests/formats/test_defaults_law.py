"""Defaults are what CIs would have written themselves: a CI below them is the CI with everything written out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.schema_reader import read_schema
from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.location import Place

KINDS = b"""
kinds:
  till:
    attributes: {os: string, drawers: integer, open: {type: boolean, default: true}, size: {type: bytes, default: 1 KiB}}
"""
Raw = Mapping[str, Any]


@cache
def schema() -> Schema:
    return read_schema([("inventory/schema/till.yaml", KINDS)]).schema


def some(values: Mapping[str, tuple[Any, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(given) for name, given in values.items()})


texts = ("a", "b", None)
labels = some({"x": texts, "y": texts, "z": texts}) | st.none()
attributes = some({"os": texts, "drawers": (1, 2, None), "open": (True, False, None), "size": ("1 MiB", None),
                   "undeclared": (1, "a", None)}) | st.none()  # fmt: skip
fields = {"owner": texts, "environment": texts, "lifecycle": ("live", "planned", None), "tags": (["a", "b"], [], None)}


@st.composite
def mappings(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(some(fields))
    for name, strategy in (("labels", labels), ("attributes", attributes)):
        if draw(st.booleans()):
            found[name] = draw(strategy)
    return found


def read(files: Mapping[str, Raw], cis: Mapping[str, Raw]) -> InventoryReading:
    reading = InventoryReading(schema())
    for path, raw in files.items():
        reading.take_defaults(path, json.dumps(raw).encode())
    for path, raw in cis.items():
        reading.take(path, reading.read(path, json.dumps(raw).encode()))
    return reading


def written_out(raw: Raw, chain: Sequence[tuple[str, Raw]]) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """The CI with what it takes, and the defaults it takes: file and path."""
    found, taken = dict(raw), set()
    for path, defaults in chain:
        for name, item in defaults.items():
            if name not in ("labels", "attributes") and name not in found:
                found[name] = item
                taken.add((path, name))
    for name in ("labels", "attributes"):
        keys = dict(raw.get(name) or {})
        for path, defaults in chain:
            for key, item in (defaults.get(name) or {}).items():
                if key not in keys and not (name == "attributes" and key == "undeclared"):
                    keys[key] = item
                    taken.add((path, f"{name}.{key}"))
        found[name] = keys
    return found, taken


def bare(ci: CI) -> str:
    return repr(replace(ci, place=Place(""), inherited={}))


@settings(max_examples=200, deadline=None)
@given(mappings(), mappings(), st.lists(mappings(), min_size=1, max_size=4))
def test_a_ci_below_defaults_is_the_ci_with_all_of_it_written_out(far: Raw, near: Raw, cis: list[Raw]) -> None:
    files = {"inventory/_defaults.yaml": far, "inventory/near/_defaults.yaml": near}
    chain = list(reversed(files.items()))
    mine = {f"inventory/near/{n}.yaml": {"kind": "till", "id": f"n-{n}", **raw} for n, raw in enumerate(cis)}
    inventory = read(files, mine).inventory()
    out = {path: written_out(raw, chain) for path, raw in mine.items()}
    plain = read({}, {path: raw for path, (raw, _) in out.items()}).inventory()
    for ci, other in zip(inventory.declared, plain.declared, strict=True):
        assert {**ci.attributes} == {**other.attributes}
        assert bare(replace(ci, attributes={}, labels={})) == bare(replace(other, attributes={}, labels={}))
        assert ci.labels == other.labels
    taken = set().union(*(used for _, used in out.values()))
    offered = {(path, name) for path, raw in files.items() for name, item in leaves(raw) if item is not None}
    unused = {(p.where.path, p.key_path) for p in inventory.problems if p.where and p.code == "unused-default"}
    assert unused == offered - taken


def leaves(raw: Raw) -> list[tuple[str, Any]]:
    found = []
    for name, item in raw.items():
        if name in ("labels", "attributes") and item is not None:
            found += [(f"{name}.{key}", inner) for key, inner in item.items()]
        else:
            found.append((name, item))
    return found


def test_where_a_value_was_taken_from_is_known_for_each_ci() -> None:
    defaults = {"inventory/_defaults.yaml": {"owner": "a", "labels": {"x": "a", "y": "a"}, "attributes": {"os": "a"}}}
    own: list[Raw] = [{}, {"owner": "b"}, {"labels": {"x": "b"}}, {"attributes": {"os": "b"}}, {"labels": {"y": None}}]
    cis = {f"inventory/{n}.yaml": {"kind": "till", "id": f"n-{n}", **raw} for n, raw in enumerate(own)}
    told = [
        sorted(".".join(map(str, path)) for path in ci.inherited if path[-1] not in ("open", "size"))
        for ci in read(defaults, cis).inventory().declared
    ]
    everything = ["attributes.os", "labels.x", "labels.y", "owner"]
    gone = [[], ["owner"], ["labels.x"], ["attributes.os"], ["labels.y"]]
    assert told == [[path for path in everything if path not in less] for less in gone]
