"""Templates with parameters: what is filled in where, what replaces what, and what is wrong with them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.formats.places import Places
from cmdb.model.keypath import format_path
from cmdb.model.parameters import filled, literal, used
from cmdb.model.plain import value
from cmdb.model.value import Value
from cmdb.reconciliation.declared import judge_declared
from cmdb.reconciliation.inheritance import Family
from cmdb.testing.drift import declared, demanded, drift

PACKAGE = """
- baseline: package
  parameters: {name: ~, least: ">=1"}
  expect:
    attributes.packages."${name}": {version: "${least}"}
  ignore: [{path: 'attributes.sysctl."${name}"', reason: x}]
"""


def rules(baselines: str, *selected: str) -> list[tuple[str, Value, str]]:
    """What the selected baselines expect together."""
    family = Family(demanded(baselines).baselines)
    assert family.problems == []
    claims = family.rules(selected).claims
    return [(format_path(c.expectation.path), value(c.expectation.operators), c.baseline) for c in claims]


@pytest.mark.parametrize(
    ("more", "then"),
    [
        pytest.param(
            "- {baseline: b, applies_to: kind, extends: [{name: package, with: {name: curl}}]}",
            [("attributes.packages.curl", {"version": ">=1"}, "b")],
            id="the default",
        ),
        pytest.param(
            "- {baseline: b, applies_to: kind, extends: [{name: package, with: {name: a.b, least: 1.10}}]}",
            [('attributes.packages."a.b"', {"version": 1.1}, "b")],
            id="a value is one segment, and keeps its text",
        ),
        pytest.param(
            "- {baseline: b, applies_to: kind, extends: [{name: package, with: {name: curl}}, {name: package, with: {name: wget, least: '>=2'}}]}",
            [("attributes.packages.curl", {"version": ">=1"}, "b"), ("attributes.packages.wget", {"version": ">=2"}, "b")],
            id="one template twice",
        ),
        pytest.param(
            "- {baseline: mid, parameters: {which: curl}, extends: [{name: package, with: {name: 'lib${which}', least: '>=3'}}]}\n"
            "- {baseline: b, applies_to: kind, extends: [{name: mid, with: {which: ssl}}]}",
            [("attributes.packages.libssl", {"version": ">=3"}, "b")],
            id="handed on",
        ),
        pytest.param(
            "- {baseline: b, applies_to: kind, extends: [{name: package, with: {name: curl}}], expect: {attributes.packages.curl: {absent: true}}}",
            [("attributes.packages.curl", {"absent": True}, "b")],
            id="replaced by the path that it comes to",
        ),
    ],
)  # fmt: skip
def test_what_a_template_comes_to(more: str, then: list[tuple[str, Value, str]]) -> None:
    assert rules(PACKAGE + more, "b") == then


def test_lists_and_parts_of_texts() -> None:
    baselines = """
    - {baseline: t, parameters: {ports: [22], low: 2, high: 3.0}, expect: {
        attributes.a: {subset_of: "${ports}"}, attributes.b: {version: ">=${low},<${high}"}, attributes.c: {any_of: [{in: "${ports}"}, "$${low}"]}}}
    - {baseline: b, applies_to: kind, extends: [{name: t, with: {ports: [80, 443]}}]}
    """
    assert rules(baselines, "b") == [
        ("attributes.a", {"subset_of": (80, 443)}, "b"),
        ("attributes.b", {"version": ">=2,<3.0"}, "b"),
        ("attributes.c", {"any_of": ({"in": (80, 443)}, "${low}")}, "b"),
    ]


def test_the_type_reads_the_text_of_a_parameter() -> None:
    baselines = """
    - {baseline: t, parameters: {kernel: ~}, expect: {attributes.kernel: "${kernel}"}}
    - {baseline: b, applies_to: kind=server, extends: {name: t, with: {kernel: 1.10}}}
    """
    for seen, count in (("1.10", 0), ("1.1", 1)):
        observed = f"seen: [{{key: a, attributes: {{kernel: '{seen}'}}}}]"
        assert len(drift("{kind: server, id: a}", observed, baselines=baselines).deviations) == count


def test_a_template_that_selects_too_keeps_what_nobody_replaces() -> None:
    baselines = """
    - {baseline: t, applies_to: kind, parameters: {name: curl}, expect: {'attributes.packages."${name}"': {present: true}, owner: x}}
    - {baseline: b, applies_to: kind, extends: {name: t, with: {name: wget}}, expect: {owner: y}}
    """
    assert rules(baselines, "t", "b") == [
        ("attributes.packages.curl", {"present": True}, "t"),
        ("attributes.packages.wget", {"present": True}, "t"),
        ("owner", {"equals": "y"}, "b"),
    ]


def test_ignore_rules_have_parameters_too() -> None:
    more = "- {baseline: b, applies_to: kind, extends: [{name: package, with: {name: net}}]}"
    (ignored,) = Family(demanded(PACKAGE + more).baselines).rules(("b",)).ignored
    assert format_path(ignored.rule.path) == "attributes.sysctl.net"


def test_a_dollar_without_parameters_is_written_twice() -> None:
    baselines = (
        "{baseline: b, applies_to: kind, expect: {'attributes.x.\"$${a}\"': '$${HOME} $5 ${', attributes.y: $x}}"
    )
    assert rules(baselines, "b") == [
        ('attributes.x."${a}"', {"equals": "${HOME} $5 ${"}, "b"),
        ("attributes.y", {"equals": "$x"}, "b"),
    ]


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("baseline: b\nextends: [{name: package, with: {nam: x}}]", ["2:11 'package' needs a value for its parameter 'name'", "2:34 'package' has no parameter 'nam'"]),
        ("baseline: b\nextends: package", ["2:1 'package' needs a value for its parameter 'name'"]),
        ("baseline: b\nextends:\n  - name: package\n    with:\n      name: [x]", ["5:7 'name' of baseline 'package' stands inside a text or a key path, and this is a list"]),
        ("baseline: b\nparameters: {n: ~}\napplies_to: kind\nextends: {name: package, with: {name: '${n}'}}", ["2:14 'n' of baseline 'b' has no default, and it applies to CIs by itself"]),
        ("baseline: b\nparameters: {n: [x]}\nextends: [{name: package, with: {name: '${n}'}}]", ["2:14 'n' of baseline 'b' stands inside a text or a key path, and this is a list"]),
        ("baseline: b\nparameters: {n: x}\nextends: [{name: package, with: {name: 'a${n}', least: '${n}'}}]", []),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(text: str, then: list[str]) -> None:
    files = {"baselines/all.yaml": f"{text}\n---{PACKAGE}".encode()}
    problems = judge_declared(
        declared("{kind: server, id: a}"), demanded(files["baselines/all.yaml"].decode()), date(2026, 11, 1)
    )
    located = Places(files.get).located(problem for problem in problems if problem.code == "baseline-parameter")
    said = [f"{p.where}: {p.message}".replace("baselines/all.yaml:", "") for p in located]
    assert [
        line.replace("the parameter ", "").replace("baseline 'package' ", "'package' ", 1).replace(": ", " ", 1)
        for line in said
    ] == [line.replace("baseline 'package' ", "'package' ", 1) for line in then]


def test_senseless_values_name_the_line_that_gives_them() -> None:
    text = """\
- baseline: t
  parameters: {least: 1}
  expect:
    attributes.cpu_count: {minimum: "${least}"}
- baseline: b
  applies_to: kind=server
  extends:
    - name: t
      with:
        least: many
"""
    problems = judge_declared(declared("{kind: server, id: a}"), demanded(text), date(2026, 11, 1))
    (problem,) = Places({"baselines/all.yaml": text.encode()}.get).located(problems)
    assert (problem.code, str(problem.where)) == ("invalid-expectation", "baselines/all.yaml:4:28")
    assert [str(related.where) for related in problem.related] == ["baselines/all.yaml:10:9"]


def test_many_ways_to_one_ancestor_take_no_time() -> None:
    text = "- {baseline: b0, ignore: [{path: owner, reason: x}], expect: {owner: x}}\n"
    for number in range(1, 40):
        above = f"b{number - 1}"
        text += f"- {{baseline: l{number}, extends: {above}}}\n- {{baseline: r{number}, extends: {above}}}\n"
        text += f"- {{baseline: b{number}, applies_to: kind, extends: [l{number}, r{number}]}}\n"
    rules = Family(demanded(text).baselines).rules(("b39",))
    assert (len(rules.claims), len(rules.ignored)) == (1, 1)


TEXTS = st.text(st.sampled_from("ab$${}{ "), max_size=8)


@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2)))
def test_what_is_written_literally_comes_back_and_uses_nothing(raw: Value) -> None:
    written = literal(raw)
    assert list(used(written)) == []
    assert value(filled(written, {})) == value(raw)
