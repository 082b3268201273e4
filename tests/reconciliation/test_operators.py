"""What each operator demands of each type, at any depth, and what nobody can tell."""

from __future__ import annotations

import pytest

from cmdb.testing.drift import drift, shown

SCHEMA = """
kinds:
  thing:
    attributes:
      text: string
      count: integer
      ratio: number
      flag: boolean
      level: {type: enum, of: [low, mid, high]}
      on: date
      at: datetime
      wait: duration
      size: bytes
      power: {type: quantity, unit: W}
      os: version
      ip: ip
      net: cidr
      mac: mac
      host: hostname
      link: url
      ports: {type: set, of: integer}
      steps: {type: list, of: string}
      packages: {type: map, of: version}
      nics: {type: list, by: name, of: map}
      token: {type: string, secret: true}
      tokens: {type: list, of: string}
      vault: {type: map, of: string}
"""
GOOD = {
    "text": "b", "count": "5", "ratio": "2.5", "flag": "true", "level": "mid", "on": "2026-02-01",
    "at": "2026-02-01T00:00:00Z", "wait": "1h", "size": "2 GiB", "power": "2 kW", "os": "2.0", "ip": "10.0.0.5",
    "net": "10.0.0.0/24", "mac": "02:00:00:00:00:01", "host": "web-1", "link": "https://a.example/x",
    "ports": "[22, 80]", "steps": "[a, b]", "packages": "{curl: 8.0}",
}  # fmt: skip
BAD = {
    "text": "z", "count": "9", "ratio": "9.5", "flag": "false", "level": "high", "on": "2026-09-01",
    "at": "2026-09-01T00:00:00Z", "wait": "9h", "size": "9 GiB", "power": "9 kW", "os": "9.0", "ip": "10.0.0.99",
    "net": "10.9.0.0/24", "mac": "02:00:00:00:00:99", "host": "web-9", "link": "https://z.example/x",
    "ports": "[9]", "steps": "[z]", "packages": "{wget: 9.0}",
}  # fmt: skip
ORDERED = ("count", "ratio", "level", "on", "at", "wait", "size", "power", "os", "ip", "text")
UNORDERED = ("flag", "mac", "host", "link", "ports", "steps", "packages", "net")
NUMERIC = ("count", "ratio", "flag", "wait", "size", "power")
HOLDING = ("ports", "steps", "packages")


def judged(path: str, demand: str, observed: str, **more: str) -> str:
    """The deviations, with those nobody could judge; `senseless` where the demand is."""
    baseline = f"{{baseline: b, applies_to: id=a, expect: {{attributes.{path}: {demand}}}}}"
    coverage = more.pop("coverage", '["*"]')
    others = more.pop("others", "")
    seen = (
        f"{{coverage: [{{attributes: {coverage}}}], seen: [{{kind: thing, key: a, attributes: {observed}}}{others}]}}"
    )
    cis = f"[{{kind: thing, id: a, attributes: {more.pop('declared', '{}')}}}, {{kind: thing, id: b}}]"
    report = drift(cis, seen, schema=SCHEMA, baselines=baseline)
    if report.problems:
        assert {problem.code for problem in report.problems} == {"invalid-expectation"}
        return "senseless"
    return "".join(line for line in shown(report).splitlines(keepends=True) if " a attributes" in line)


def met(path: str, demand: str, observed: str, **more: str) -> bool:
    found = judged(path, demand, f"{{{path}: {observed}}}", **more)
    assert found != "senseless"
    return found == ""


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    "demand",
    ["{good}", "{{equals: {good}}}", "{{not: {bad}}}", "{{not: {{equals: {bad}}}}}", "{{in: [{good}]}}", "{{not_in: [{bad}]}}",
     "{{any_of: [{{absent: true}}, {{equals: {good}}}]}}", "{{one_of: [{{present: true}}, {{equals: {bad}}}]}}", "{{warning: {{equals: {good}}}}}"],
)  # fmt: skip
def test_what_every_type_knows(name: str, demand: str) -> None:
    good = f"{{equals: {GOOD[name]}}}" if name == "packages" and demand == "{good}" else GOOD[name]
    if name == "packages" and "not: {bad}" in demand:
        return
    text = demand.format(good=good, bad=BAD[name])
    assert met(name, text, _as_source(name, GOOD[name]))
    assert not met(name, text, _as_source(name, BAD[name]))


def _as_source(name: str, value: str) -> str:
    """Sources send what would be no text in YAML as text, as a snapshot has it."""
    if name in ("os", "wait", "size", "power", "on", "at"):
        return f"'{value}'"
    return {"{curl: 8.0}": "{curl: '8.0'}", "{wget: 9.0}": "{wget: '9.0'}"}.get(value, value)


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize(
    ("demand", "good", "bad"),
    [
        ("{{maximum: {good}}}", True, False),
        ("{{minimum: {bad}}}", False, True),
        ("{{'<': {bad}}}", True, False),
        ("{{'<=': {good}}}", True, False),
        ("{{'>': {good}}}", False, True),
        ("{{'>=': {bad}}}", False, True),
        ("{{range: [{good}, {good}]}}", True, False),
        ("{{range: {{'>': {good}}}}}", False, True),
        ("{{range: {{minimum: {good}, '<': {bad}}}}}", True, False),
        ("{{range: '>={good}, <{bad}'}}", True, False),
        ("{{range: '>{good},<={bad}'}}", False, True),
    ],
)
def test_bounds_in_the_order_of_a_type(name: str, demand: str, good: bool, bad: bool) -> None:
    text = demand.format(good=GOOD[name], bad=BAD[name])
    assert met(name, text, _as_source(name, GOOD[name])) is good
    assert met(name, text, _as_source(name, BAD[name])) is bad


@pytest.mark.parametrize(
    ("names", "demand"),
    [
        (("flag", "mac", "host", "link"), "{minimum: x}"),
        (UNORDERED, "{'>': x}"),
        (HOLDING, "{pattern: x}"),
        (NUMERIC, "{length: 1}"),
        (NUMERIC, "{contains: x}"),
        ((*NUMERIC, "text", "ip"), "{subset_of: [1]}"),
        ((*NUMERIC, "text", "ip"), "{superset_of: [1]}"),
        ((*NUMERIC, "text", "ip"), "{each: 1}"),
        ((*NUMERIC, "text", "ip"), "{none: 1}"),
        ((*NUMERIC, "on", "ip", "ports"), "{version: '>=1'}"),
        (("count",), "{equals: many}"),
        (("count",), "{in: [1, many]}"),
        (("count",), "{in: 1}"),
        (("count",), "{range: [1]}"),
        (("count",), "{range: '1'}"),
        (("count",), "{range: 'many..'}"),
        (("count",), "{range: '>='}"),
        (("os",), "{version: '>='}"),
        (("text",), "{pattern: '['}"),
        (("text",), "{pattern: [x]}"),
        (("text",), "{absent: maybe}"),
        (("text",), "{any_of: []}"),
        (("text",), "{any_of: x}"),
        (("text",), "{one_of: [{pattern: '('}]}"),
        (("text",), "{length: {minimum: long}}"),
        (("ports",), "{each: {minimum: many}}"),
        (("text",), "{same_as: attributes.}"),
        (("text",), "{same_as: web-9}"),
        (("text",), "{same_as: {path: nothing.x}}"),
        (("text",), "{same_as: {foo: x}}"),
        (("text",), "{same_as: []}"),
        (("free",), "{minimum: true}"),
        (("free",), "{'<': [1]}"),
    ],
)
def test_what_makes_no_sense_for_a_type(names: tuple[str, ...], demand: str) -> None:
    for name in names:
        assert judged(name, demand, f"{{{name}: null}}") == "senseless", name


@pytest.mark.parametrize(
    ("path", "demand", "good", "bad"),
    [
        ("count", "{one_of: [{minimum: 3}, {maximum: 5}]}", "9", "4"),
        ("count", "{one_of: [{minimum: 3}, {maximum: 5}]}", "1", "5"),
        ("text", "{one_of: [{absent: true}, a]}", "a", "b"),
        ("text", "{one_of: [{absent: true}, a]}", "null", "b"),
        ("text", "{not: {present: true}}", "null", "a"),
        ("text", "{not: {absent: true}}", "a", "null"),
        ("text", "{not: {present: true}, optional: true}", "null", "a"),
        ("packages", "{subset_of: [curl]}", "{curl: '1', telnet: null}", "{curl: '1', telnet: '1'}"),
        ("packages", "{length: 1}", "{curl: '1', telnet: null}", "{curl: '1', telnet: '1'}"),
        ("packages", "{equals: {curl: 1}}", "{curl: '1', telnet: null}", "{curl: '2'}"),
        ("packages", "{each: {version: '>=1'}}", "{curl: '1', telnet: null}", "{curl: '0.1'}"),
        ("packages", "{none: {version: '<1'}}", "{curl: '1'}", "{curl: '0.1'}"),
        ("steps", "{each: {length: {minimum: 2}}}", "[ab]", "[ab, c]"),
        ("steps", "{each: {any_of: [a, {pattern: b.}]}}", "[a, bx]", "[a, b]"),
        ("steps", "{not: {contains: rm}}", "[ls]", "[ls, rm]"),
        ("steps", "{length: {range: '>=1, <3'}}", "[a, b]", "[a, b, c]"),
        ("ports", "{each: {range: [1, 1023]}}", "[22]", "[22, 8080]"),
        ("free", "{pattern: a}", "a", "[a]"),
        ("free", "{each: {'>': 1}}", "[2, 3]", "[1, 2]"),
        ("free", "{'>=': a}", "b", "1"),
        ("text", "{contains: [a, b]}", "cab", "cat"),
        ("nics", "{each: {contains: mtu}}", "[{name: eth0, mtu: 1}]", "[{name: eth0}]"),
    ],
)  # fmt: skip
def test_more_of_the_operators(path: str, demand: str, good: str, bad: str) -> None:
    assert met(path, demand, good)
    assert not met(path, demand, bad)


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ("{same_as: attributes.host}", {"x": True, "y": False, "X": False}),
        ("{any_of: [{absent: true}, {same_as: attributes.host}]}", {"x": True, "y": False, "null": True}),
        ("{not: {same_as: attributes.host}}", {"x": False, "y": True}),
        ("{one_of: [z, {same_as: attributes.host}]}", {"x": True, "z": True, "y": False}),
        ("{same_as: id}", {"a": True, "b": False}),
        ("{same_as: labels.gone}", {"a": True}),
        ("{same_as: {path: attributes.host}}", {"x": True, "y": False}),
    ],
)
def test_the_same_as_another_path(demand: str, expected: dict[str, bool]) -> None:
    for value, right in expected.items():
        found = judged("text", demand, f"{{text: {value}, host: X}}")
        assert (found == "") is right, value


@pytest.mark.parametrize(("host", "right"), [("a.", True), ("A", True), ("b", False)])
def test_another_value_is_read_by_the_type_it_is_held_against(host: str, right: bool) -> None:
    assert (judged("host", "{same_as: attributes.text}", f"{{host: a, text: {host}}}") == "") is right


@pytest.mark.parametrize(("steps", "right"), [("[x, x]", True), ("[x, y]", False), ("[]", True)])
def test_the_same_as_at_any_depth(steps: str, right: bool) -> None:
    assert (judged("steps", "{each: {same_as: attributes.text}}", f"{{steps: {steps}, text: x}}") == "") is right


@pytest.mark.parametrize(
    ("other", "then"),
    [
        ("os: '2.0.0'", ""),
        ("os: '3'", "deviating"),
        ("os: null", "deviating"),
        ("text: x", "unobserved"),
        ("os: {redacted: true}", ""),
    ],
)
@pytest.mark.parametrize(
    "demand", ["{same_as: b}", "{same_as: {ci: b, path: attributes.os}}", "{any_of: [9, {same_as: b}]}"]
)
def test_the_same_as_another_ci(demand: str, other: str, then: str) -> None:
    others = f", {{kind: thing, key: b, attributes: {{{other}}}}}"
    assert judged("os", demand, "{os: '2'}", others=others).partition(" ")[0] == then


def test_what_it_compares_with_may_be_declared_where_no_source_looks() -> None:
    cis = "[{kind: thing, id: a}, {kind: thing, id: b, attributes: {text: x}}]"
    baseline = "{baseline: b, applies_to: id=a, expect: {attributes.host: {same_as: {ci: b, path: attributes.text}}}}"
    for host, count in (("x", 0), ("y", 1)):
        seen = f"seen: [{{kind: thing, key: a, attributes: {{host: {host}}}}}, {{kind: thing, key: b}}]"
        assert len(drift(cis, seen, schema=SCHEMA, baselines=baseline).deviations) == count


def test_a_demand_that_nobody_can_judge_does_not_hide_one_that_fails() -> None:
    baselines = """
    - {baseline: one, applies_to: id=a, expect: {attributes.os: {same_as: b}}}
    - {baseline: two, applies_to: id=a, expect: {attributes.os: {version: ">=3"}}}
    """
    seen = "seen: [{kind: thing, key: a, attributes: {os: '2'}}, {kind: thing, key: b}]"
    report = drift("[{kind: thing, id: a}, {kind: thing, id: b}]", seen, schema=SCHEMA, baselines=baselines)
    assert shown(report) == 'deviating a attributes.os: {"version": ">=3"} -> "2" error\n'


@pytest.mark.parametrize(
    ("path", "demand", "observed", "right"),
    [
        ("token", "{not: x}", "{redacted: true}", True),
        ("token", "{any_of: [{absent: true}]}", "{redacted: true}", False),
        ("token", "{not: {present: true}}", "{redacted: true}", False),
        ("token", "{each: x}", "{redacted: true}", None),
        ("tokens", "{subset_of: [a]}", "[a, {redacted: true}]", True),
        ("tokens", "{subset_of: [a]}", "[b, {redacted: true}]", False),
        ("tokens", "{contains: c}", "[a, {redacted: true}]", True),
        ("tokens", "{superset_of: [c]}", "[a]", False),
        ("tokens", "{each: {pattern: a}}", "[a, {redacted: true}]", True),
        ("tokens", "{each: {pattern: a}}", "[b, {redacted: true}]", False),
        ("tokens", "{length: 2}", "[a, {redacted: true}]", True),
        ("tokens", "{length: 1}", "[a, {redacted: true}]", False),
        ("tokens", "[a, b]", "[a, {redacted: true}]", True),
        ("tokens", "[a, b]", "[c, {redacted: true}]", False),
        ("tokens", "[a]", "[a, {redacted: true}]", False),
        ("vault", "{equals: {a: x, b: y}}", "{a: x, b: {redacted: true}}", True),
        ("vault", "{equals: {a: x, b: y}}", "{a: z, b: {redacted: true}}", False),
        ("vault", "{equals: {a: x}}", "{a: x, b: {redacted: true}}", False),
        ("vault", "{subset_of: [a]}", "{a: x, b: {redacted: true}}", False),
    ],
)
def test_of_a_secret_only_what_is_visible_counts(path: str, demand: str, observed: str, right: bool | None) -> None:
    found = judged(path, demand, f"{{{path}: {observed}}}")
    assert (found == "senseless") if right is None else ((found == "") is right)


@pytest.mark.parametrize("demand", ["{'>': 3}", "{one_of: [1, 2]}", "{same_as: attributes.count}", "{not: {in: [1]}}"])
def test_absent_unseen_and_optional(demand: str) -> None:
    optional = f"{demand[:-1]}, optional: true}}"
    assert judged("ratio", demand, "{ratio: null, count: 1}").startswith("deviating a attributes.ratio")
    assert judged("ratio", optional, "{ratio: null, count: 1}") == ""
    assert judged("ratio", demand, "{}") == ""
    unseen = ", {kind: thing, key: b, attributes: {ratio: 1, count: 1}}"
    assert judged("ratio", demand, "{}", others=unseen).startswith("unobserved a attributes.ratio")
    assert judged("ratio", optional, "{}", others=unseen).startswith("unobserved a attributes.ratio")


def test_grades_are_one_deviation_with_the_gravest_that_fails() -> None:
    demand = "{present: true, warning: {version: '>=3'}, critical: {version: '>=2'}}"
    for version, then in (("3", ""), ("2", "warning"), ("1", "critical")):
        assert judged("os", demand, f"{{os: '{version}'}}").strip().rpartition(" ")[2] == then
    assert judged("os", "{optional: true, warning: {version: '>=3'}}", "{os: null}") == ""


RELATED = "[{kind: server, id: a}, {kind: network_device, id: sw-1}, {kind: network_device, id: sw-2, name: twin}, {kind: network_device, id: sw-3, name: twin}]"


@pytest.mark.parametrize(
    ("path", "demand", "far", "then"),
    [
        ("connects_to", "{subset_of: [sw-1]}", "[sw-1]", ""),
        ("connects_to", "{subset_of: [sw-1]}", "[sw-1, sw-9]", "deviating"),
        ("connects_to", "{contains: sw-1}", "[sw-1, sw-9]", ""),
        ("connects_to", "{contains: sw-9}", "[sw-9]", "deviating"),
        ("connects_to", "sw-1", "[sw-1]", ""),
        ("connects_to", "[sw-1, sw-2]", "[sw-1]", "deviating"),
        ("connects_to", "{length: 1}", "[sw-1, sw-9]", "deviating"),
        ("connects_to", "{length: 1}", "[]", "deviating"),
        ("connects_to", "{each: {pattern: 'sw-.*'}}", "[sw-1]", ""),
        ("connects_to.sw-1", "{present: true}", "[sw-1]", ""),
        ("connects_to.sw-1", "{present: true}", "[sw-2]", "deviating"),
        ("connects_to.sw-1", "{absent: true}", "[sw-1]", "deviating"),
        ("connects_to.sw-2", "{present: true}", "[twin]", "unobserved"),
        ("connects_to.sw-1", "{present: true}", "[twin, sw-1]", ""),
        ("connects_to", "{contains: sw-2}", "[twin]", "unobserved"),
        ("connects_to", "{contains: sw-1}", "[twin, sw-1]", ""),
        ("connects_to", "{subset_of: [sw-1]}", "[twin, sw-1]", "unobserved"),
        ("connects_to", "{superset_of: [sw-9]}", "[twin]", "deviating"),
        ("conects_to", "{contains: sw-1}", "[sw-1]", "senseless"),
    ],
)
def test_expected_relations(path: str, demand: str, far: str, then: str) -> None:
    baseline = f"{{baseline: b, applies_to: id=a, expect: {{relations.{path}: {demand}}}}}"
    ends = ", ".join(
        f"{{kind: network_device, key: {end}, attributes: {{hostname: {end}}}}}" for end in far[1:-1].split(", ") if end
    )
    seen = f"{{coverage: [{{scope: kind=server}}], seen: [{{kind: server, key: a, relations: {{connects_to: [{ends}]}}}}]}}"
    report = drift(RELATED, seen, baselines=baseline)
    if then == "senseless":
        assert [problem.code for problem in report.problems] == ["invalid-expectation"]
    else:
        assert [found.outcome for found in report.deviations] == [then] * bool(then)
