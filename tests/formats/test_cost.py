"""What a CI costs, in calls and in memory, and that twice as many cost twice as much. Nothing here looks at a clock."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from types import FrameType
from typing import Any

import pytest

from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.places import Places
from cmdb.formats.schema_reader import read_schema
from cmdb.formats.yaml.precise import parse
from cmdb.graph.topology import build
from cmdb.model.kind import Schema
from cmdb.model.location import Place
from cmdb.model.problem import Problem

CALLS = 130
"""Calls of a CI, of Python functions and of C ones. There were 360 before readers were made by kind."""
BYTES = 2000
"""Of a CI like these, once it is read; three times as much before what CIs have in common was shared."""

DEFAULTS = b"environment: production\nlabels: {managed_by: ansible}\nattributes: {os: debian, architecture: x86_64}\n"
CI = """
kind: virtual_machine
id: vm-{n:06}
name: Data node {n}
owner: team-{team}
criticality: high
labels: {{tier: data, template: v1.10}}
attributes:
  hostname: vm-{n:06}
  fqdn: vm-{n:06}.example.org
  uuid: 37d343f9-0000-4000-8000-{n:012x}
  cpu_count: 8
  memory: 4 GiB
  storage: {size} GiB
  os_version: 12.10.0
  kernel: 6.1.0-25
  ip_addresses: [10.10.{high}.{low}]
  listening_ports: [22, 80, 9100]
relations:
  runs_on: {{name: pool, at_least: 1, of: [vm-{near:06}, vm-{far:06}]}}
  depends_on: [vm-{near:06}]
  backed_up_by: vm-000001
"""


@cache
def schema() -> Schema:
    return read_schema().schema


def files(count: int, per_file: int) -> dict[str, bytes]:
    texts = [
        CI.format(n=n, team=n % 7, size=n % 40, high=n // 256, low=n % 256, near=n // 2, far=n // 3 + 2)
        for n in range(count)
    ]
    if per_file == 1:
        return {f"inventory/vms/{n:06}.yaml": text.encode() for n, text in enumerate(texts)}
    listed = ["- " + text.strip().replace("\n", "\n  ") + "\n" for text in texts]
    return {f"inventory/vms/{n:06}.yaml": "".join(listed[n : n + per_file]).encode() for n in range(0, count, per_file)}


def load(contents: dict[str, bytes]) -> InventoryReading:
    reading = InventoryReading(schema())
    reading.take_defaults("inventory/vms/_defaults.yaml", DEFAULTS)
    for path, found in zip(contents, reading.read_many(contents.items()), strict=True):
        reading.take(path, found)
    return reading


def calls(work: Callable[[], object]) -> int:
    counted: Counter[str] = Counter()

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        counted[event] += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted["call"] + counted["c_call"]


@pytest.mark.parametrize("per_file", [1, 50])
def test_a_ci_takes_so_many_calls_and_twice_as_many_take_twice_as_many(per_file: int) -> None:
    load(files(10, per_file))
    sizes = [files(count, per_file) for count in (400, 800, 1600)]
    few, more, most = (calls(partial(load, contents)) for contents in sizes)
    assert (most - more) / 800 < CALLS
    assert (most - more) < 2.1 * (more - few)


def test_the_graph_and_the_index_grow_in_a_straight_line() -> None:
    few, more, most = (load(files(count, 50)).inventory() for count in (400, 800, 1600))
    build(few)
    counted = [calls(partial(build, inventory)) for inventory in (few, more, most)]
    assert counted[2] - counted[1] < 2.1 * (counted[1] - counted[0])


def test_a_ci_takes_so_many_bytes() -> None:
    few, more = files(500, 1), files(1000, 1)
    load(few)
    gc.collect()
    sizes = []
    for contents in (few, more):
        tracemalloc.start()
        kept = load(contents).inventory()
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(kept.declared) == len(contents)
    assert (sizes[1] - sizes[0]) / 500 < BYTES


def test_lines_cost_as_much_as_the_files_that_have_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = files(300, 1)
    parsed: list[str] = []

    def noted(path: str, data: bytes, marks: Any = None) -> Any:
        parsed.append(path)
        return parse(path, data, marks)

    monkeypatch.setattr("cmdb.formats.yaml.precise.parse", noted)
    wrong = [path for path in texts if path.endswith("7.yaml")]
    problems = [Problem("x", f"{n}", where=Place(path).at("owner")) for path in wrong for n in range(3)]
    located = Places(texts.get).located(problems)
    assert sorted(parsed) == wrong
    assert {str(problem.where) for problem in located} == {f"{path}:5:1" for path in wrong}
