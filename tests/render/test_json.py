"""JSON of an answer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import Document
from cmdb.model.value import Value
from cmdb.render.json import dumps, plain, render


def test_format_and_status_stand_in_front_of_the_data() -> None:
    answer = Answer("select", "incomplete", lambda: Document(()), lambda: {"summary": {"cis": 1}, "cis": ["a"]})
    assert render(answer, Screen()) == (
        '{\n  "format": "cmdb.select/1",\n  "status": "incomplete",\n  "summary": {\n    "cis": 1\n  },\n'
        '  "cis": [\n    "a"\n  ]\n}\n'
    )


def test_data_cannot_change_format_and_status() -> None:
    answer = Answer("diff", "clean", lambda: Document(()), lambda: {"status": "findings", "format": "x", "changes": ()})
    assert json.loads(render(answer, Screen())) == {"format": "cmdb.diff/1", "status": "clean", "changes": []}


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ("naïve ☃", '"naïve ☃"\n'),
        (float("nan"), '".nan"\n'),
        (float("inf"), '".inf"\n'),
        (float("-inf"), '"-.inf"\n'),
        ((1, (2.5, None, True)), "[\n  1,\n  [\n    2.5,\n    null,\n    true\n  ]\n]\n"),
        ({"a": ()}, '{\n  "a": []\n}\n'),
        (date(2026, 1, 2), '"2026-01-02"\n'),
        (datetime(2026, 1, 2, tzinfo=UTC), '"2026-01-02T00:00:00+00:00"\n'),
    ],
)
def test_values(given: Value, then: str) -> None:
    assert dumps(given) == then


VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner).map(tuple) | st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@given(VALUES)
def test_it_is_what_the_standard_library_writes(value: Value) -> None:
    assert dumps(value) == json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
