"""Where exactly two long values differ."""

from __future__ import annotations

import pytest

from cmdb.compare.values import details
from cmdb.model.keypath import format_path
from cmdb.model.value import Value

A, B = {"name": "a", "port": 1}, {"name": "b", "port": 2}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1, 2, 3), (1, 2, 3), []),
        ((1, 2, 3), (1, 3), ["[1]: 2 -> None"]),
        ((1, 2), (1, 2, 3), ["[2]: None -> 3"]),
        ({"x": {"y": 1}}, {"x": {"y": 2, "z.1": 3}}, ['x."z.1": None -> 3', "x.y: 1 -> 2"]),
        ((1,), (True,), ["[0]: 1 -> True"]),
        ((1,), (1.0,), ["[0]: 1 -> 1.0"]),
        ((1,), ("1",), ["[0]: 1 -> 1"]),
        # Known items pair by name, wherever they stand.
        ((A, B), (B, A), []),
        ((A, B), (B, {**A, "port": 9}), ["[name=a].port: 1 -> 9"]),
        ((A, B), (B,), ["[name=a]: {'name': 'a', 'port': 1} -> None"]),
        (({"id": "x", "of": (A, B)},), ({"id": "x", "of": (B,)},), [f"[id=x].of[name=a]: {A} -> None"]),
        # Without a name that tells them apart they pair by position.
        ((A, A), (A, {**A, "port": 9}), ["[1].port: 1 -> 9"]),
        # A field that only some have is no name.
        ((A, {"port": 3}), (A, {"port": 4}), ["[1].port: 3 -> 4"]),
        # Not nested: both sides say it better.
        ("a", "b", []),
        ((1,), 1, []),
        (tuple(range(2000)), (), []),
    ],
)
def test_details(before: Value, after: Value, expected: list[str]) -> None:
    assert [f"{format_path(one.path)}: {one.before} -> {one.after}" for one in details(before, after)] == expected
