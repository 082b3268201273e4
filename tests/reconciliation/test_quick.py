"""What is in order is recognised without ceremony, and only that: the verdict is that of the full judgement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import PropertyMock, patch

import pytest
from hypothesis import HealthCheck, given, settings

from cmdb.model.drift import DriftReport
from cmdb.reconciliation.deviations import Judge
from cmdb.reconciliation.differences import Sameness
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.quick import Quick
from cmdb.testing.drift import Scene, drift, scenes, shown

LAW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SCHEMA = """
kinds:
  thing:
    attributes:
      os: string
      count: integer
      ratio: number
      flag: boolean
      counts: {type: list, of: integer}
      flags: {type: list, of: boolean}
      limits: {type: map, of: integer}
      token: {type: string, secret: true}
      packages: {type: map, of: version}
"""


@contextmanager
def at_length() -> Iterator[None]:
    """Everything is judged in full."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(Sameness, "holds", return_value=False))
        stack.enter_context(patch.object(Quick, "met", return_value=False))
        stack.enter_context(patch.object(Evidence, "only", new_callable=PropertyMock, return_value=None))
        yield


def judged(attributes: str, seen: str, *, expect: str = "", more: str = "", **options: Any) -> DriftReport:
    """The verdict on one CI, which is the same at length."""
    cis = f"{{kind: thing, id: a, attributes: {attributes}}}"
    text = f"{{{more}seen: [{{kind: thing, key: a, attributes: {seen}}}]}}"
    baselines = f"{{baseline: b, applies_to: kind=thing, expect: {{{expect}}}}}" if expect else ""
    report = drift(cis, text, schema=SCHEMA, baselines=baselines, **options)
    with at_length():
        assert drift(cis, text, schema=SCHEMA, baselines=baselines, **options) == report
    return report


@LAW
@given(scenes(sources=3))
def test_recognising_what_is_in_order_changes_nothing(scene: Scene) -> None:
    report = scene.judge()
    with at_length():
        assert scene.judge() == report


@pytest.mark.parametrize(
    ("attributes", "seen", "expect"),
    [
        ("{os: x}", "{os: x}", ""),
        ("{os: x}", "{os: x}", "attributes.os: x"),
        ("{os: x}", "{os: x, count: '7'}", "attributes.count: {minimum: 5}"),
        ("{packages: {curl: 1}}", "{packages: {curl: '1'}}", "attributes.packages.curl: {version: '>=1'}"),
        ("{packages: {curl: 1}}", "{packages: {curl: '1'}}", "attributes.packages.telnet: {absent: true}"),
        ("{flag: true, count: 1}", "{flag: true, count: 1}", "attributes.flag: true"),
        ("{token: 'vault:a'}", "{token: 'vault:a'}", "attributes.token: {present: true}"),
    ],
)
def test_what_is_plain_is_not_judged_at_length(attributes: str, seen: str, expect: str) -> None:
    more = "coverage: [{attributes: ['*', packages]}], "
    assert judged(attributes, seen, expect=expect, more=more).outcomes == {"a": "in_sync"}
    with patch.object(Judge, "judge", side_effect=AssertionError):
        cis = f"{{kind: thing, id: a, attributes: {attributes}}}"
        baselines = f"{{baseline: b, applies_to: kind=thing, expect: {{{expect}}}}}"
        drift(cis, f"seen: [{{kind: thing, key: a, attributes: {seen}}}]", schema=SCHEMA, baselines=baselines)


@pytest.mark.parametrize(
    ("seen", "expect", "then"),
    [
        ("{}", "attributes.os: y", ""),
        ("{os: x}", "attributes.os: y", 'os: "y" -> "x"'),
        ("{os: null}", "attributes.os: y", 'os: "y" -> null'),
        ("{count: many}", "attributes.count: {present: true}", ""),
        ("{count: many}", "attributes.count: {not: 7}", 'count: {"not": 7} -> "many"'),
        ("{token: hunter2}", "attributes.token: {absent: true}", 'token: {"absent": true} -> {"redacted": true}'),
        ("{token: hunter2}", "attributes.token: other", ""),
        ("{packages: {telnet: '1'}}", "attributes.packages.telnet: {absent: true}", 'packages.telnet: {"absent": true} -> "1"'),
        ("{packages: {telnet: null}}", "attributes.packages.telnet: {present: true}", 'packages.telnet: {"present": true} -> null'),
        ("{packages: {curl: '1'}}", "attributes.packages.*: {not: '1'}", 'packages.curl: {"not": "1"} -> "1"'),
        ("{os: x, zone: y}", "attributes.os: {same_as: attributes.zone}", 'os: {"same_as": "attributes.zone"} -> "x"'),
        ("{packages: {curl: '1'}}", "attributes.packages.*: {not: '1', optional: true}", 'packages.curl: {"not": "1"} -> "1"'),
        ("{packages: {curl: '1'}}", "attributes.packages.curl: {not: '1.0'}", 'packages.curl: {"not": "1.0"} -> "1"'),
        ("{free: null}", "attributes.free: {not: y}", 'free: {"not": "y"} -> null'),
        ("{os: x}", "labels.os: x", ""),
        ("{os: x}", "presence: {absent: true}", 'presence: {"absent": true} -> true'),
    ],
)  # fmt: skip
def test_demands_that_are_not_met_are_found_all_the_same(seen: str, expect: str, then: str) -> None:
    lines = shown(judged("{}", seen, expect=expect)).splitlines()
    tidied = [line.removeprefix("deviating a ").removeprefix("attributes.").removesuffix(" error") for line in lines]
    assert tidied == ([then] if then else [])


@pytest.mark.parametrize(
    ("status", "outcome"), [("complete", "in_sync"), ("partial", "unobserved"), ("failed", "unobserved")]
)
def test_that_something_is_not_there_is_believed_only_where_the_source_got_that_far(status: str, outcome: str) -> None:
    more = f"coverage: [{{attributes: ['*']}}, {{attributes: [packages], status: {status}}}], "
    report = judged("{os: x}", "{os: x, packages: {}}", expect="attributes.packages.telnet: {absent: true}", more=more)
    assert report.outcomes == {"a": outcome}


@pytest.mark.parametrize(
    ("attributes", "seen", "then"),
    [
        ("{count: 1}", "{count: true}", "count: 1 -> true"),
        ("{count: 1}", "{count: 1.0}", ""),
        ("{ratio: 1.0}", "{ratio: true}", "ratio: 1 -> true"),
        ("{ratio: 1.0}", "{ratio: 1}", ""),
        ("{flag: true}", "{flag: 1}", "flag: true -> 1"),
        ("{flag: true}", "{flag: 1.0}", "flag: true -> 1.0"),
        ("{counts: [1, 0]}", "{counts: [true, 0]}", "counts: [1, 0] -> [true, 0]"),
        ("{flags: [true, false]}", "{flags: [1.0, false]}", "flags: [true, false] -> [1.0, false]"),
        ("{limits: {a: 1}}", "{limits: {a: true}}", "limits.a: 1 -> true"),
        ("{free: {a: [1]}}", "{free: {a: [true]}}", "free.a: [1] -> [true]"),
        ("{free: [[1]]}", "{free: [[true]]}", "free: [[1]] -> [[true]]"),
        ("{free: 1}", "{free: 1.0}", "free: 1 -> 1.0"),
        ("{free: 'x'}", "{free: 'x'}", ""),
    ],
)
@pytest.mark.parametrize("sample", [True, False])
def test_equal_values_of_another_type_are_not_the_same(attributes: str, seen: str, then: str, sample: bool) -> None:
    """With a sample before it, the types that are usual for the shape have been learnt from a CI that is in order."""
    first = f"- {{kind: thing, id: first, attributes: {attributes}}}\n" if sample else ""
    one = f"{{kind: thing, key: first, attributes: {attributes}}}, " if sample else ""
    cis = f"{first}- {{kind: thing, id: a, attributes: {attributes}}}"
    text = f"seen: [{one}{{kind: thing, key: a, attributes: {seen}}}]"
    report = drift(cis, text, schema=SCHEMA)
    with at_length():
        assert drift(cis, text, schema=SCHEMA) == report
    assert shown(report) == (f"deviating a attributes.{then} error\n" if then else "")


def test_a_source_that_denies_a_value_is_heard_although_another_saw_it_as_declared() -> None:
    cis = "[{kind: thing, id: a, attributes: {packages: {curl: 8}}}, {kind: thing, id: b, attributes: {os: x}}]"
    deny = "{source: one, coverage: [{scope: kind=thing, attributes: [packages]}], seen: []}"
    seen = (
        "seen: [{kind: thing, key: a, attributes: {packages: {curl: '8'}}}, {kind: thing, key: b, attributes: {os: x}}]"
    )
    report = drift(cis, f"{deny}\n---\n{{source: two, {seen}}}", schema=SCHEMA)
    assert shown(report) == 'deviating a attributes.packages.curl: "8" -> null error\n'
    assert [(problem.code, problem.ci) for problem in report.problems] == [("contested", "a")]
    also = "{source: one, coverage: [{scope: kind=thing, attributes: ['*', packages]}], seen: []}"
    assert drift(cis, f"{also}\n---\n{{source: two, {seen}}}", schema=SCHEMA).outcomes == {
        "a": "in_sync",
        "b": "in_sync",
    }


def test_a_waived_ci_is_looked_at_closely_so_that_the_waiver_is_known_to_be_unused() -> None:
    waiver = "waivers: [{ci: a, path: attributes.os, observed: y, reason: r, approved_by: me, expires: 2027-01-01}]"
    cis, seen = "{kind: thing, id: a, attributes: {os: x}}", "seen: [{kind: thing, key: a, attributes: {os: x}}]"
    report = drift(cis, seen, schema=SCHEMA, baselines=waiver)
    assert [problem.code for problem in report.problems] == ["waiver-unused"]


def test_a_ci_that_one_source_saw_twice_is_looked_at_closely() -> None:
    cis = "{kind: thing, id: a, attributes: {os: x}}"
    one = "{kind: thing, key: a, at: '2026-11-01T02:00:01+00:00', attributes: {os: x}}"
    two = "{kind: thing, key: a, at: '2026-11-01T02:00:02+00:00', attributes: {os: y}}"
    for text in (f"seen: [{one}, {two}]", f"seen: [{two}, {one}]"):
        assert shown(drift(cis, text, schema=SCHEMA)) == 'deviating a attributes.os: "x" -> "y" error\n'


def test_a_ci_that_two_things_are_named_after_is_looked_at_closely() -> None:
    cis = "{kind: thing, id: a, attributes: {os: x}}"
    seen = "seen: [{kind: thing, key: a, attributes: {os: x}}, {kind: thing, key: A.example.org, attributes: {os: x}}]"
    assert drift(cis, seen, schema=SCHEMA).outcomes == {"a": "ambiguous"}
