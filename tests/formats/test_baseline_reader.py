"""What the reader of baseline files makes of them, and where it finds what is wrong."""

from __future__ import annotations

import pytest

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.places import Places
from cmdb.model.baseline import Baseline
from cmdb.model.keypath import format_path
from cmdb.model.plain import value


def read(text: str) -> Baseline:
    (baseline,), waivers, problems, unread = read_baselines("b.yaml", text.encode())
    assert (waivers, problems, unread) == ([], [], False)
    return baseline


def wrong(text: str) -> list[str]:
    """Every problem as `line:column code message`."""
    _, _, problems, unread = read_baselines("b.yaml", text.encode())
    assert unread is any(problem.severity.label == "error" for problem in problems)
    located = Places({"b.yaml": text.encode()}.get).located(problems)
    return [f"{str(p.where).removeprefix('b.yaml:')} {p.code}: {p.message}" for p in located]


def test_graded_demands_are_several_expectations() -> None:
    baseline = read(
        "baseline: b\nexpect:\n  attributes.kernel: {present: true, severity: note, warning: {version: '>=2'}, critical: 1.10, optional: true}\n"
    )
    found = [
        (value(e.operators), None if e.severity is None else e.severity.label, e.optional) for e in baseline.expect
    ]
    assert found == [
        ({"present": True}, "note", True),
        ({"version": ">=2"}, "warning", True),
        ({"equals": 1.1}, "critical", True),
    ]
    assert {format_path(e.path) for e in baseline.expect} == {"attributes.kernel"}


@pytest.mark.parametrize(
    ("extends", "names", "given"),
    [
        ("a", ("a",), ({},)),
        ("[a, b]", ("a", "b"), ({}, {})),
        ("{name: a}", ("a",), ({},)),
        ("[{name: a, with: {x: 1, y: [p, q]}}, a]", ("a", "a"), ({"x": 1, "y": ("p", "q")}, {})),
        ("~", (), ()),
    ],
)
def test_extends(extends: str, names: tuple[str, ...], given: tuple[object, ...]) -> None:
    baseline = read(f"baseline: b\nextends: {extends}\n")
    assert (baseline.extends, tuple(map(value, baseline.given))) == (names, given)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("baseline: b\nextends: [{with: {x: 1}}]", ["2:11 invalid-field: the name of a baseline is expected here"]),
        ("baseline: b\nextends: [[a]]", ["2:11 invalid-field: the name of a baseline is expected here"]),
        ("baseline: b\nextends: [{name: a, wiht: {}}]", ["2:11 invalid-field: a baseline to extend is a name, or {name: …, with: {…}}"]),
        ("baseline: b\nextends: [{name: a, with: {x: {y: 1}}}]", ["2:28 invalid-field: the value of parameter 'x' is a single value or a list of such"]),
        ("baseline: b\nextends: [{name: a, with: {x: ~}}]", ["2:28 invalid-field: the value of parameter 'x' is a single value or a list of such"]),
        ("baseline: b\nparameters: {a: {}, '1': x}\nexpect: {owner: '${a}'}", [
            "2:14 invalid-field: the value of parameter 'a' is a single value or a list of such",
            "2:21 baseline-parameter: nothing in baseline 'b' uses its parameter '1'",
            "2:21 invalid-field: '1' is no name of a parameter"]),
        ("baseline: b\nparameters: {a: 1, c: '${a}'}\nexpect: {owner: '${a}${c}'}", ["2:20 invalid-field: a default is a value, without parameters"]),
        ("baseline: b\nparameters: {least: 1}\nexpect:\n  owner: ${leest}", [
            "2:14 baseline-parameter: nothing in baseline 'b' uses its parameter 'least'",
            "4:3 baseline-parameter: baseline 'b' has no parameter 'leest'"]),
        ("baseline: b\nignore:\n- {path: 'attributes.\"${x}\"', reason: y}", ["3:3 baseline-parameter: baseline 'b' has no parameter 'x'"]),
        ("baseline: b\neffective: 2026-02-01\nexpires: 2026-01-31", ["3:1 invalid-field: it expires on 2026-01-31, before it takes effect on 2026-02-01"]),
        ("baseline: b\nexpect:\n  attribues.kernel: 1", ["3:3 invalid-field: 'attribues.kernel' begins with no field of a CI"]),
        ("baseline: b\nexpect:\n  kernel: 1", ["3:3 invalid-field: 'kernel' begins with no field of a CI"]),
        ("baseline: b\nexpect:\n  owner: {any_of: [x, {not: {patern: y}}]}", ["3:30 unknown-field: there is no operator 'patern'"]),
        ("baseline: b\nexpect:\n  owner:\n    each:\n      severity: error", ["5:7 unknown-field: there is no operator 'severity'"]),
        ("baseline: b\nexpect:\n  owner: {warning: {inn: [x]}}", ["3:21 unknown-field: there is no operator 'inn'"]),
        ("baseline: b\nexpect:\n  owner: {warning: {}}", ["3:11 invalid-field: this expects nothing"]),
        ("baseline: b\nexpect:\n  owner: {}", ["3:3 invalid-field: this expects nothing"]),
        ("baseline: b\nexpect:\n  owner: {optional: true}", ["3:3 invalid-field: this expects nothing"]),
        ("baseline: b\nexpect:\n  owner: {severity: error, warning: x}", ["3:3 invalid-field: a severity without a demand of its own"]),
        ("baseline: b\nexpect:\n  owner: {present: true, severity: [x]}", ["3:26 invalid-field: a severity is one of note, warning, error, critical"]),
        ("baseline: b\nunmanaged: [{reason: x}]", ["2:13 invalid-field: this allows everything"]),
        ("baseline: b\nunmanaged: [{reason: x, kind: server, where: {owner: y}}]", ["2:39 invalid-field: only attributes are known of what nobody declares"]),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(text: str, then: list[str]) -> None:
    assert wrong(text) == then


def test_an_equals_holds_any_mapping() -> None:
    baseline = read("baseline: b\nexpect: {attributes.x: {equals: {foo: 1, warning: 2}}}")
    assert value(baseline.expect[0].operators) == {"equals": {"foo": 1, "warning": 2}}
