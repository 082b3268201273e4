"""One deviation for each CI and path: what is compared with what, and where a difference is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.testing.drift import drift, shown

SCHEMA = """
kinds:
  thing:
    attributes:
      text: string
      count: integer
      ratio: number
      size: {type: bytes, tolerance: 5%}
      version: version
      flag: boolean
      uptime: {type: duration, volatile: true}
      token: {type: string, secret: true}
      ports: {type: set, of: integer}
      hosts: {type: set, of: hostname}
      limits: {type: map, of: integer}
      closed: {type: map, of: string, closed: true}
      nics: {type: list, of: map, by: name}
      steps: {type: list, of: string}
      disks: {type: map, of: map}
"""


def judged(declared: str, observed: str, **more: Any) -> str:
    cis = f"{{kind: thing, id: a, attributes: {declared}}}"
    return shown(drift(cis, f"seen: [{{kind: thing, key: a, attributes: {observed}}}]", schema=SCHEMA, **more))


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ("{text: x}", "{text: x}"),
        ("{version: 1.10}", "{version: '1.10'}"),
        ("{version: 2.0}", "{version: '2'}"),
        ("{count: 16}", "{count: 16.0}"),
        ("{size: 32 GiB}", "{size: 34359738368}"),
        ("{size: 100}", "{size: 95}"),
        ("{size: 100}", "{size: 105}"),
        ("{uptime: 1d}", "{uptime: 5}"),
        ("{ports: [443, 22]}", "{ports: [22, 443, 22]}"),
        ("{hosts: [A.example.org]}", "{hosts: [a.example.org.]}"),
        ("{limits: {a: 1}}", "{limits: {a: 1, b: 2}}"),
        ("{closed: {a: x}}", "{closed: {a: x, b: null}}"),
        (
            "{nics: [{name: eth0, mtu: 1500}, {name: eth1}]}",
            "{nics: [{name: eth1}, {name: eth0, mtu: 1500, speed: 1}]}",
        ),
        ("{steps: [a, b]}", "{steps: [a, b]}"),
        ("{free: {a: [1, {b: true}]}}", "{free: {a: [1, {b: true}], c: 2}}"),
        ("{limits: {}}", "{limits: null}"),
        ("{ports: []}", "{ports: null}"),
        ("{text: x}", "{text: x, other: y}"),
    ],
)
def test_these_mean_the_same(declared: str, observed: str) -> None:
    assert judged(declared, observed) == ""


@pytest.mark.parametrize(
    ("declared", "observed", "then"),
    [
        ("{text: x}", "{text: y}", 'text: "x" -> "y"'),
        ("{text: x}", "{text: null}", 'text: "x" -> null'),
        ("{size: 100}", "{size: 94}", "size: 100 -> 94"),
        ("{version: 1.10}", "{version: '1.1'}", 'version: "1.10" -> "1.1"'),
        ("{ports: [22, 443]}", "{ports: [22, 8080]}", "ports.443: 443 -> null|ports.8080: null -> 8080"),
        ("{hosts: [a.example.org]}", "{hosts: []}", 'hosts."a.example.org": "a.example.org" -> null'),
        ("{ports: [22]}", "{ports: null}", "ports.22: 22 -> null"),
        ("{limits: {a: 1, b: 2}}", "{limits: {a: 3, c: 4}}", "limits.a: 1 -> 3|limits.b: 2 -> null"),
        ("{limits: {a: 1}}", "{limits: null}", "limits.a: 1 -> null"),
        ('{limits: {"x.y": 1}}', "{limits: {}}", 'limits."x.y": 1 -> null'),
        ("{closed: {a: x}}", "{closed: {a: x, b: y}}", 'closed.b: null -> "y"'),
        (
            "{nics: [{name: eth0, mtu: 1500}, {name: eth1}]}",
            "{nics: [{name: eth0, mtu: 9000}, {name: eth2}]}",
            'nics[name=eth0].mtu: 1500 -> 9000|nics[name=eth1]: {"name": "eth1"} -> null'
            '|nics[name=eth2]: null -> {"name": "eth2"}',
        ),
        ("{steps: [a, b]}", "{steps: [b, a]}", 'steps: ["a", "b"] -> ["b", "a"]'),
        ("{steps: [a]}", "{steps: null}", 'steps: ["a"] -> null'),
        ("{disks: {sda: {size: 1, model: m}}}", "{disks: {sda: {size: 2, model: m}}}", "disks.sda.size: 1 -> 2"),
        ("{disks: {sda: {size: 1}}}", "{disks: {}}", 'disks.sda: {"size": 1} -> null'),
        ("{free: [1]}", "{free: [2]}", "free: [1] -> [2]"),
        ("{free: {a: 1}}", "{free: x}", 'free: {"a": 1} -> "x"'),
    ],
)
def test_these_differ_and_there(declared: str, observed: str, then: str) -> None:
    lines = judged(declared, observed).replace("deviating a attributes.", "").replace(" error", "").splitlines()
    assert "|".join(lines) == then


@pytest.mark.parametrize(
    ("declared", "observed"), [("1", "true"), ("1", "1.0"), ("true", "1"), ("[1]", "[true]"), ("{a: 1}", "{a: true}")]
)
def test_without_a_type_one_true_and_one_point_zero_are_different_values(declared: str, observed: str) -> None:
    assert judged(f"{{free: {declared}}}", f"{{free: {observed}}}") != ""


@pytest.mark.parametrize(
    ("declared", "observed", "then", "reason"),
    [
        ("{count: 1}", "{count: many}", 'attributes.count: 1 -> "many"', "is no whole number"),
        ("{version: 15.8}", "{version: 15.8}", 'attributes.version: "15.8" -> 15.8', "loses digits"),
        ("{limits: {a: 1, b: 2}}", "{limits: {a: x, b: 2}}", 'attributes.limits.a: 1 -> "x"', "is no whole number"),
        ("{ports: [22]}", "{ports: [22, ssh]}", 'attributes.ports.ssh: null -> "ssh"', "is no whole number"),
        ("{ports: [22]}", "{ports: 22}", "attributes.ports: [22] -> 22", "is no set"),
        ("{limits: {a: 1}}", "{limits: [1]}", 'attributes.limits: {"a": 1} -> [1]', "is no mapping"),
        (
            "{nics: [{name: a}]}",
            "{nics: [{mtu: 1}]}",
            'attributes.nics: [{"name": "a"}] -> [{"mtu": 1}]',
            "has no name",
        ),
    ],
)
def test_what_a_type_refuses_is_a_deviation_with_the_raw_value_and_why(
    declared: str, observed: str, then: str, reason: str
) -> None:
    cis = f"{{kind: thing, id: a, attributes: {declared}}}"
    report = drift(cis, f"seen: [{{kind: thing, key: a, attributes: {observed}}}]", schema=SCHEMA)
    assert shown(report) == f"deviating a {then} error\n"
    assert reason in report.deviations[0].reason


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ("{token: 'vault:a'}", "{token: {redacted: true}}"),
        ("{token: 'vault:a'}", "{token: clear}"),
        ("{text: x}", "{text: {redacted: true}}"),
        ("{limits: {a: 1}}", "{limits: {a: {redacted: true}}}"),
        ("{limits: {a: 1}}", "{limits: {redacted: true}}"),
        ("{ports: [22]}", "{ports: [{redacted: true}]}"),
        ("{steps: [a, b]}", "{steps: [a, {redacted: true}]}"),
        ("{free: [a, {k: b}]}", "{free: [a, {k: {redacted: true}}]}"),
    ],
)
def test_a_secret_proves_presence_and_is_never_compared(declared: str, observed: str) -> None:
    assert judged(declared, observed) == ""


def test_a_secret_that_is_not_there_is_a_deviation() -> None:
    assert judged("{token: 'vault:a'}", "{token: null}") == 'deviating a attributes.token: "vault:a" -> null error\n'


def test_a_secret_in_the_clear_is_never_shown() -> None:
    assert "hunter2" not in judged(
        "{token: 'vault:a'}",
        "{token: hunter2}",
        baselines="{baseline: b, applies_to: kind=thing, expect: {attributes.token: {absent: true}}}",
    )


def test_sources_that_disagree_are_contested_and_the_first_one_configured_is_judged() -> None:
    seen = """
    source: a-cmdb
    seen: [{kind: thing, key: a, attributes: {text: x, count: 1, ports: [1]}}]
    ---
    source: z-agent
    seen: [{kind: thing, key: a, attributes: {text: y, count: 1, ports: [1], free: z}}]
    """
    cis = "{kind: thing, id: a, attributes: {text: x, count: 1, ports: [1]}}"
    config = "sources: {z-agent: {covers: kind=thing}, a-cmdb: {covers: kind=thing}}"
    report = drift(cis, seen, schema=SCHEMA, config=config)
    assert shown(report) == 'deviating a attributes.text: "x" -> "y" error\n'
    assert [(p.code, p.severity.label, p.ci, p.key_path) for p in report.problems] == [
        ("contested", "warning", "a", "attributes.text")
    ]
    assert report.deviations[0].source == "z-agent"
    assert shown(drift(cis, seen, schema=SCHEMA)) == ""


def test_sources_may_complete_each_other() -> None:
    seen = """
    {source: one, seen: [{kind: thing, key: a, attributes: {text: x}}]}
    ---
    {source: two, seen: [{kind: thing, key: a, attributes: {count: 2}}]}
    """
    assert shown(drift("{kind: thing, id: a, attributes: {text: x, count: 1}}", seen, schema=SCHEMA)) == (
        "deviating a attributes.count: 1 -> 2 error\n"
    )


def relations(
    declared: str, observed: str, *, attributes: str = '["*", relations.connects_to]', status: str = "complete"
) -> str:
    cis = f"""
    - {{kind: server, id: a, relations: {{connects_to: {declared}}}}}
    - {{kind: network_device, id: sw-1}}
    - {{kind: network_device, id: sw-2, aliases: [old-2]}}
    - {{kind: network_device, id: sw-3, lifecycle: planned}}
    """
    line = f"{{scope: kind=server, attributes: {attributes}, status: {status}}}"
    return shown(drift(cis, f"{{coverage: [{line}], seen: [{{key: a, relations: {observed}}}]}}"))


SW_1 = "{kind: network_device, attributes: {hostname: sw-1}}"
SW_2 = "{kind: network_device, key: SW-2.example.org}"
SW_9 = "{kind: network_device, key: sw-9}"


@pytest.mark.parametrize(
    ("declared", "observed", "then"),
    [
        ("sw-1", f"{{connects_to: [{SW_1}]}}", ""),
        ("[sw-1, {name: g, at_least: 1, of: [old-2, sw-1]}]", f"{{connects_to: [{SW_1}, {SW_2}]}}", ""),
        ("sw-1", "{}", 'deviating a relations.connects_to.sw-1: "sw-1" -> null error\n'),
        (
            "sw-1",
            f"{{connects_to: [{SW_1}, {SW_2}]}}",
            'deviating a relations.connects_to.sw-2: null -> "sw-2" error\n',
        ),
        ("sw-1", f"{{connects_to: [{SW_9}]}}", 'deviating a relations.connects_to.sw-1: "sw-1" -> null error\n'),
        ("sw-1", f"{{connects_to: [{SW_1}, {SW_9}], uses: [{SW_2}]}}", ""),
        ("[sw-1, sw-3]", f"{{connects_to: [{SW_1}]}}", ""),
    ],
)
def test_relations_are_sets_of_the_types_that_are_declared_and_named(declared: str, observed: str, then: str) -> None:
    assert relations(declared, observed) == then


def test_a_relation_type_that_no_coverage_names_is_not_judged() -> None:
    assert relations("sw-1", f"{{connects_to: [{SW_2}]}}", attributes='["*"]') == ""


def test_far_ends_under_partial_coverage_prove_what_they_are_and_no_more() -> None:
    assert relations("sw-1", f"{{connects_to: [{SW_2}]}}", status="partial") == (
        'unobserved a relations.connects_to.sw-1: "sw-1" -> null note\n'
        'deviating a relations.connects_to.sw-2: null -> "sw-2" error\n'
    )
    assert relations("sw-1", "{}", status="failed") == 'unobserved a relations.connects_to: ["sw-1"] -> null note\n'


def test_a_far_end_with_two_candidates_may_be_either() -> None:
    cis = """
    - {kind: server, id: a, relations: {connects_to: sw-1}}
    - {kind: network_device, id: sw-1, name: switch}
    - {kind: network_device, id: sw-2, name: switch}
    """
    text = """
    coverage: [{scope: kind=server, attributes: ["*", relations.connects_to]}]
    seen: [{key: a, relations: {connects_to: [{kind: network_device, key: switch}]}}]
    """
    assert shown(drift(cis, text)) == 'unobserved a relations.connects_to.sw-1: "sw-1" -> null note\n'


def test_a_symmetric_relation_is_declared_on_either_end() -> None:
    cis = """
    - {kind: network_device, id: a, relations: {linked_to: b}}
    - {kind: network_device, id: b, relations: {linked_to: c}}
    - {kind: network_device, id: c}
    """
    text = """
    coverage: [{attributes: ["*", relations.linked_to]}]
    seen:
    - {kind: network_device, key: a, relations: {linked_to: [{kind: network_device, key: b}]}}
    - kind: network_device
      key: b
      relations: {linked_to: [{kind: network_device, key: a}, {kind: network_device, key: c}]}
    - {kind: network_device, key: c}
    """
    assert shown(drift(cis, text)) == ""


def test_far_ends_are_never_unmanaged() -> None:
    assert "unmanaged" not in relations("sw-1", f"{{connects_to: [{SW_1}, {SW_9}]}}")
