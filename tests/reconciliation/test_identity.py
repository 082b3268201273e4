"""Which CI an observation is, and when nobody may say so."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.model.drift import DriftReport
from cmdb.reconciliation.placeholders import placeholder
from cmdb.testing.drift import drift, line

KINDS = """
kinds:
  appliance:
    identity: [[asset], [hostname, rack]]
    attributes: {asset: string, hostname: hostname, rack: string, cloud: {type: string, unique: true}}
  blue_appliance: {extends: appliance, identity: [[colour]], attributes: {colour: string}}
"""
UUID = "4c4c4544-0042-3510-8052-b4c04f4e3732"


def verdict(cis: str, seen: str, **more: Any) -> dict[str, str]:
    """What each CI came to, and what happened to things seen."""
    report = drift(cis, seen, schema=KINDS, **more)
    return {**report.outcomes, **{f"{d.source}:{d.key}": d.outcome for d in report.deviations if d.ci is None}}


def candidates(report: DriftReport) -> dict[str, list[str]]:
    return {str(d.ci): [c.ci for c in d.candidates] for d in report.deviations if d.outcome == "ambiguous"}


@pytest.mark.parametrize(
    ("cis", "seen", "then"),
    [
        pytest.param(
            "[{kind: server, id: a, keys: {hosts: x}}, {kind: server, id: b}]",
            "seen: [{key: x, attributes: {hostname: b}}]",
            {"a": "in_sync", "b": "missing"},
            id="a key in Git decides before any name",
        ),
        pytest.param(
            "{kind: server, id: a, keys: {other: x}}",
            "seen: [{key: x}]",
            {"a": "missing", "hosts:x": "unmanaged"},
            id="a key of another source is none",
        ),
        pytest.param(
            "[{kind: server, id: a, attributes: {serial_number: S1}}, {kind: server, id: b}]",
            "seen: [{key: x, attributes: {serial_number: S1, hostname: b}}]",
            {"a": "in_sync", "b": "missing"},
            id="a rule of the kind decides before names",
        ),
        pytest.param(
            f"[{{kind: server, id: a, attributes: {{uuid: {UUID}}}}}, {{kind: server, id: b, attributes: {{serial_number: S2}}}}]",
            f"seen: [{{key: x, attributes: {{serial_number: S2, uuid: {UUID[:-1]}3}}}}]",
            {"a": "missing", "b": "in_sync"},
            id="the first rule with candidates decides",
        ),
        pytest.param(
            "{kind: appliance, id: a, attributes: {hostname: H.example.org, rack: r1}}",
            "seen: [{kind: appliance, key: x, attributes: {hostname: h.example.org., rack: r1}}]",
            {"a": "in_sync"},
            id="both sides of a rule are normalised",
        ),
        pytest.param(
            "{kind: appliance, id: a, attributes: {hostname: h.example.org, rack: r1}}",
            "seen: [{kind: appliance, key: x, attributes: {hostname: h.example.net, rack: r1}}]",
            {"a": "missing", "hosts:x": "unmanaged"},
            id="a rule needs all of its attributes to be the same",
        ),
        pytest.param(
            "{kind: appliance, id: a, attributes: {rack: r1}}",
            "seen: [{kind: appliance, key: x, attributes: {hostname: h, rack: r1}}]",
            {"a": "missing", "hosts:x": "unmanaged"},
            id="a rule needs all of its attributes on both sides",
        ),
        pytest.param(
            "{kind: blue_appliance, id: a, attributes: {colour: navy}}",
            "seen: [{kind: appliance, key: x, attributes: {colour: navy}}]",
            {"a": "in_sync"},
            id="a CI of a descendant, by a rule of its own kind",
        ),
        pytest.param(
            "{kind: appliance, id: a, attributes: {asset: '1'}}",
            "seen: [{kind: blue_appliance, key: x, attributes: {asset: '1'}}]",
            {"a": "in_sync"},
            id="a CI of an ancestor",
        ),
        pytest.param(
            "[{kind: server, id: a}, {kind: virtual_machine, id: b}]",
            "seen: [{kind: virtual_machine, key: a}]",
            {"a": "missing", "b": "missing", "hosts:a": "unmanaged"},
            id="a CI of another kind is no candidate, key or not",
        ),
        pytest.param(
            "{kind: server, id: a, attributes: {asset_tag: A1}}",
            "seen: [{key: x, name: A, attributes: {asset_tag: A2}}]",
            {"a": "deviating"},
            id="names are the last resort of every kind",
        ),
    ],
)
def test_the_order_of_evidence(cis: str, seen: str, then: dict[str, str]) -> None:
    assert verdict(cis, seen) == then


@pytest.mark.parametrize(
    "ci", ["id: WEB-1", "id: x, aliases: [Web-1]", "id: x, name: web-1", "id: x, attributes: {hostname: web-1}"]
)
@pytest.mark.parametrize("seen", ["key: web-1", "key: k, name: WEB-1", "key: k, attributes: {hostname: Web-1.}"])
def test_names_of_either_side_match_whatever_their_case(ci: str, seen: str) -> None:
    assert (
        verdict(f"{{kind: server, {ci}}}", f"seen: [{{{seen}}}]") | {} != {}
        and "missing" not in verdict(f"{{kind: server, {ci}}}", f"seen: [{{{seen}}}]").values()
    )


@pytest.mark.parametrize(
    ("declared", "seen", "matches"),
    [
        ("web-1", "web-1.example.org", True),
        ("web-1.example.org", "web-1", True),
        ("web-1.example.org", "web-1.example.net", False),
        ("web-1.example.org", "WEB-1.EXAMPLE.ORG", True),
        ("web-1", "web-10", False),
        ("10", "10.0.0.5", False),
    ],
)
def test_the_domain_counts_only_where_both_sides_have_one(declared: str, seen: str, matches: bool) -> None:
    then = {declared: "in_sync"} if matches else {declared: "missing", f"hosts:{seen}": "unmanaged"}
    assert verdict(f"{{kind: server, id: {declared!r}}}", f"seen: [{{key: {seen!r}}}]") == then


@pytest.mark.parametrize(
    "value",
    ["", " ", "None", "none", "Default string", "To Be Filled By O.E.M.", "00000000-0000-0000-0000-000000000000",
     "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "Not Specified",
     "System Serial Number", None, (), ("", None)],
)  # fmt: skip
def test_placeholders_are_no_evidence(value: object) -> None:
    assert placeholder(value)


@pytest.mark.parametrize("value", ["f", "F00", "web-1", "0012", "S1", 7, "0f0f0f0f", ("", "S1")])
def test_identifiers_are_evidence(value: object) -> None:
    assert not placeholder(value)


def test_a_placeholder_neither_matches_nor_contradicts() -> None:
    cis = """
    - {kind: server, id: a, attributes: {serial_number: Default string}}
    - {kind: server, id: b, attributes: {serial_number: S1}}
    """
    seen = """
    seen:
    - {key: x, attributes: {serial_number: Default string}}
    - {key: y, attributes: {hostname: b, serial_number: To Be Filled By O.E.M.}}
    """
    assert verdict(cis, seen) == {"a": "missing", "b": "deviating", "hosts:x": "unmanaged"}


def test_more_than_one_candidate_is_ambiguous_and_none_of_them_missing() -> None:
    report = drift(
        "[{kind: server, id: a, name: db}, {kind: server, id: b, aliases: [db]}, {kind: server, id: c}]",
        "seen: [{key: k, attributes: {hostname: db}}]",
    )
    assert report.outcomes == {"a": "ambiguous", "b": "ambiguous", "c": "missing"}
    assert candidates(report) == {"a": ["a", "b"], "b": ["a", "b"]}
    assert {c.reason for d in report.deviations for c in d.candidates} == {"the name db is the same"}
    assert [d.key for d in report.deviations] == ["k", "k", None]


def test_hardware_swapped_in_place_contradicts_a_unique_attribute() -> None:
    report = drift(
        "[{kind: server, id: a, attributes: {serial_number: OLD}}, {kind: server, id: spare, attributes: {serial_number: NEW}}]",
        "seen: [{key: x, attributes: {hostname: a, serial_number: NEW2}}, {key: y, attributes: {serial_number: NEW}}]",
    )
    assert report.outcomes == {"a": "ambiguous", "spare": "in_sync"}
    assert [c.reason for d in report.deviations for c in d.candidates] == [
        "the name a is the same, but serial_number was declared OLD and seen NEW2"
    ]


def test_whoever_declares_the_contradicting_value_is_a_candidate_too() -> None:
    cis = """
    - {kind: appliance, id: a, attributes: {asset: '1', cloud: i-1}}
    - {kind: appliance, id: b, attributes: {asset: '2', cloud: i-2}}
    """
    report = drift(cis, "seen: [{kind: appliance, key: x, attributes: {asset: '1', cloud: i-2}}]", schema=KINDS)
    assert report.outcomes == {"a": "ambiguous", "b": "ambiguous"}
    assert candidates(report) == {"a": ["a", "b"], "b": ["a", "b"]}


def test_even_a_key_in_git_does_not_outweigh_a_contradiction() -> None:
    cis = "{kind: server, id: a, keys: {hosts: x}, attributes: {serial_number: S1}}"
    assert verdict(cis, "seen: [{key: x, attributes: {serial_number: S2}}]") == {"a": "ambiguous"}


def test_a_cloned_machine_makes_two_keys_of_one_source_on_one_ci() -> None:
    clone = f"uuid: {UUID}, mac_addresses: ['52:54:00:12:34:56']"
    report = drift(
        f"{{kind: virtual_machine, id: a, attributes: {{{clone}}}}}",
        f"seen: [{{kind: virtual_machine, key: k1, attributes: {{{clone}}}}}, {{kind: virtual_machine, key: k2, attributes: {{{clone}}}}}]",
    )
    assert [line(found) for found in report.deviations] == ["ambiguous a presence: true -> true error"]
    assert report.deviations[0].reason == "may be what was seen as hosts: k1, hosts: k2"
    assert "'hosts' has several keys for it: k1, k2" in report.deviations[0].candidates[0].reason


def test_the_key_that_git_names_is_judged_while_its_clone_is_ambiguous() -> None:
    report = drift(
        f"{{kind: virtual_machine, id: a, keys: {{hosts: k1}}, attributes: {{uuid: {UUID}, os: debian}}}}",
        f"""
        seen:
        - {{kind: virtual_machine, key: k1, attributes: {{uuid: {UUID}, os: ubuntu}}}}
        - {{kind: virtual_machine, key: k2, attributes: {{uuid: {UUID}, os: debian}}}}
        """,
    )
    assert [line(found) for found in report.deviations] == [
        'deviating a attributes.os: "debian" -> "ubuntu" error',
        "ambiguous a presence: true -> true error",
    ]
    assert report.outcomes == {"a": "ambiguous"}


def test_two_sources_may_know_a_ci_by_different_keys() -> None:
    report = drift("{kind: server, id: a}", "{seen: [{key: a}]}\n---\n{source: cloud, seen: [{key: a.example.org}]}")
    assert report.outcomes == {"a": "in_sync"}


def test_addresses_that_change_hands_are_no_identity() -> None:
    cis = """
    - {kind: server, id: a, attributes: {ip_addresses: [10.0.0.5]}}
    - {kind: server, id: b, attributes: {ip_addresses: [10.0.0.6]}}
    """
    seen = "seen: [{key: a, attributes: {ip_addresses: [10.0.0.6]}}, {key: b, attributes: {ip_addresses: [10.0.0.5]}}]"
    assert verdict(cis, seen) == {"a": "deviating", "b": "deviating"}


def test_a_kind_nobody_declared_is_a_warning_and_no_crash() -> None:
    report = drift("{kind: server, id: a}", "seen: [{key: a}, {kind: spaceship, key: a}]")
    assert [problem.code for problem in report.problems] == ["observed-kind"]
    assert report.outcomes == {"a": "in_sync"}


def test_an_observation_that_is_ambiguous_is_not_unmanaged() -> None:
    cis = "[{kind: server, id: a, name: x}, {kind: server, id: b, name: x}]"
    assert verdict(cis, "seen: [{key: X}]") == {"a": "ambiguous", "b": "ambiguous"}
