"""Traps of identity, as text: what is declared, what was seen, and what has to come out, with the reasons people get."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cmdb.testing.drift import drift, line


@dataclass(frozen=True)
class Trap:
    """One trap. `then` are the deviations as lines, `reasons` all reasons of candidates and deviations."""

    name: str
    cis: str
    seen: str
    then: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    config: str = ""


UUID = "4c4c4544-0042-3510-8052-b4c04f4e3732"
ONE = "sources: {one: {covers: kind=server}, two: {covers: kind=server}}"

TRAPS = (
    Trap(
        "a cloned VM with the same UUID and MAC, and nobody knows which is which",
        f"{{kind: virtual_machine, id: app-1, attributes: {{uuid: {UUID}, mac_addresses: ['52:54:00:00:00:01']}}}}",
        f"""
        seen:
        - {{kind: virtual_machine, key: vm-1, name: app-1, attributes: {{uuid: {UUID}, mac_addresses: ['52:54:00:00:00:01']}}}}
        - {{kind: virtual_machine, key: vm-2, name: app-1-copy, attributes: {{uuid: {UUID}, mac_addresses: ['52:54:00:00:00:01']}}}}
        """,
        ("ambiguous app-1 presence: true -> true error",),
        (f"uuid {UUID} is the same, but 'hosts' has several keys for it: vm-1, vm-2",
         "may be what was seen as hosts: vm-1, hosts: vm-2"),
    ),
    Trap(
        "a clone that was declared by copy and paste",
        f"[{{kind: virtual_machine, id: a, attributes: {{uuid: {UUID}}}}}, {{kind: virtual_machine, id: b, attributes: {{uuid: {UUID}}}}}]",
        f"seen: [{{kind: virtual_machine, key: a, attributes: {{uuid: {UUID}}}}}]",
        ("ambiguous a presence: true -> true error", "ambiguous b presence: true -> true error"),
        (f"uuid {UUID} is the same", "may be what was seen as hosts: a"),
    ),
    Trap(
        "DHCP gave the addresses to others: addresses are values, not identity",
        "[{kind: server, id: a, attributes: {ip_addresses: [10.0.0.5]}}, {kind: server, id: b, attributes: {ip_addresses: [10.0.0.6]}}]",
        "seen: [{key: a, attributes: {ip_addresses: [10.0.0.6]}}, {key: b, attributes: {ip_addresses: [10.0.0.5]}}]",
        ('deviating a attributes.ip_addresses."10.0.0.5": "10.0.0.5" -> null error',
         'deviating a attributes.ip_addresses."10.0.0.6": null -> "10.0.0.6" error',
         'deviating b attributes.ip_addresses."10.0.0.5": null -> "10.0.0.5" error',
         'deviating b attributes.ip_addresses."10.0.0.6": "10.0.0.6" -> null error'),
    ),
    Trap(
        "a virtual address that moved with its cluster: one thing more to declare, no other machine",
        "[{kind: server, id: lb-1, attributes: {ip_addresses: [10.0.0.1, 10.0.0.9]}}, {kind: server, id: lb-2, attributes: {ip_addresses: [10.0.0.2]}}]",
        "seen: [{key: lb-1, attributes: {ip_addresses: [10.0.0.1]}}, {key: lb-2, attributes: {ip_addresses: [10.0.0.2, 10.0.0.9]}}]",
        ('deviating lb-1 attributes.ip_addresses."10.0.0.9": "10.0.0.9" -> null error',
         'deviating lb-2 attributes.ip_addresses."10.0.0.9": null -> "10.0.0.9" error'),
    ),
    Trap(
        "hardware swapped in place, under the old name",
        "{kind: server, id: web-1, attributes: {serial_number: OLD}}",
        "seen: [{key: web-1.example.org, attributes: {hostname: web-1, serial_number: NEW}}]",
        ("ambiguous web-1 presence: true -> true error",),
        ("the name web-1 is the same, but serial_number was declared OLD and seen NEW",
         "may be what was seen as hosts: web-1.example.org"),
    ),
    Trap(
        "hardware swapped with a machine that is declared too",
        "[{kind: server, id: web-1, attributes: {serial_number: S1, hostname: web-1}}, {kind: server, id: spare, attributes: {serial_number: S2}}]",
        "seen: [{key: k, attributes: {hostname: web-1, serial_number: S2}}]",
        ("missing web-1 presence: true -> null error",),
    ),
    Trap(
        "host names that differ in case",
        "{kind: server, id: WEB-1}",
        "seen: [{key: web-1.EXAMPLE.org.}]",
    ),
    Trap(
        "host names that differ in their domain are two machines",
        "{kind: server, id: web-1.example.org}",
        "seen: [{key: web-1.example.net}]",
        ("missing web-1.example.org presence: true -> null error", "unmanaged hosts:web-1.example.net presence: null -> true warning"),
    ),
    Trap(
        "a short name that fits two domains",
        "[{kind: server, id: db.north.example.org}, {kind: server, id: db.south.example.org}]",
        "seen: [{key: db}]",
        ("ambiguous db.north.example.org presence: true -> true error", "ambiguous db.south.example.org presence: true -> true error"),
        ("may be what was seen as hosts: db", "the name db is the same"),
    ),
    Trap(
        "a host that was installed anew: same hardware, other name and system",
        "{kind: server, id: web-1, attributes: {serial_number: S1, hostname: web-1, os: debian}}",
        "seen: [{key: localhost, attributes: {serial_number: S1, hostname: localhost, os: rhel}}]",
        ('deviating web-1 attributes.hostname: "web-1" -> "localhost" error',
         'deviating web-1 attributes.os: "debian" -> "rhel" error'),
    ),
    Trap(
        "two sources that spell one serial number in different ways",
        "{kind: server, id: a, attributes: {serial_number: ab-12}}",
        """
        {source: one, seen: [{key: x, attributes: {serial_number: ab-12}}]}
        ---
        {source: two, seen: [{key: y, attributes: {serial_number: " AB-12 "}}]}
        """,
        config=ONE,
    ),
    Trap(
        "placeholders where the serial number belongs, on a whole batch",
        "[{kind: server, id: a, attributes: {serial_number: S1}}, {kind: server, id: b}]",
        """
        seen:
        - {key: a, attributes: {serial_number: To Be Filled By O.E.M.}}
        - {key: b, attributes: {serial_number: To Be Filled By O.E.M.}}
        - {key: c, attributes: {serial_number: Default string, uuid: FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}}
        """,
        ('deviating a attributes.serial_number: "S1" -> "To Be Filled By O.E.M." error',
         "unmanaged hosts:c presence: null -> true warning"),
    ),
    Trap(
        "NAT: two machines that one source knows by one address",
        "[{kind: server, id: a, keys: {hosts: 198.51.100.7}}, {kind: server, id: b, keys: {hosts: 198.51.100.7}}]",
        "seen: [{key: 198.51.100.7}]",
        ("ambiguous a presence: true -> true error", "ambiguous b presence: true -> true error"),
        ("its key for 'hosts' is 198.51.100.7", "may be what was seen as hosts: 198.51.100.7"),
    ),
    Trap(
        "NAT: the same private address on two sites says nothing",
        "[{kind: server, id: a, attributes: {ip_addresses: [192.168.1.10]}}, {kind: server, id: b, attributes: {ip_addresses: [192.168.1.10]}}]",
        "seen: [{key: a, attributes: {ip_addresses: [192.168.1.10]}}, {key: b, attributes: {ip_addresses: [192.168.1.10]}}]",
    ),
    Trap(
        "a source that went blind, and one that still sees",
        "[{kind: server, id: a}, {kind: server, id: b}]",
        "{source: one, coverage: [{status: failed, reason: '401'}]}\n---\n{source: two, coverage: [{status: partial, reason: cut}], seen: [{key: a}]}",
        ("unobserved b presence: true -> null note",),
        ("coverage of 'two' is partial: cut; coverage of 'one' is failed: 401",),
        config=ONE,
    ),
    Trap(
        "a source that went blind and says it saw everything",
        "[{kind: server, id: a}, {kind: server, id: b}, {kind: server, id: c}]",
        "seen: []",
        tuple(f"unobserved {name} presence: true -> null note" for name in "abc"),
        ("suspected outage",),
    ),
    Trap(
        "an alias that another CI was given as its name",
        "[{kind: server, id: new, aliases: [old]}, {kind: server, id: other, name: OLD}]",
        "seen: [{key: old}]",
        ("ambiguous new presence: true -> true error", "ambiguous other presence: true -> true error"),
        ("may be what was seen as hosts: old", "the name old is the same"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_nothing_is_merged_or_lost_in_silence(trap: Trap) -> None:
    report = drift(trap.cis, trap.seen, config=trap.config)
    values = ("attributes.serial_number",) if "spell" in trap.name else ()
    found = [one for one in report.deviations if one.path not in values]
    assert tuple(map(line, found)) == trap.then
    reasons = {c.reason for one in found for c in one.candidates} | {one.reason for one in found if one.reason}
    assert reasons - {"known there as web-1"} == set(trap.reasons)


def test_a_spelling_that_differs_is_told_but_makes_no_other_machine() -> None:
    for spelt in ("AB-12", " ab-12 "):
        text = f"seen: [{{key: x, attributes: {{serial_number: {spelt!r}}}}}]"
        report = drift("{kind: server, id: a, attributes: {serial_number: ab-12}}", text)
        assert report.outcomes == {"a": "deviating"}
        named = f"seen: [{{key: a, attributes: {{serial_number: {spelt!r}}}}}]"
        assert drift("{kind: server, id: a, attributes: {serial_number: ab-12}}", named).outcomes == {"a": "deviating"}


def test_a_pattern_does_not_make_the_spelling_count() -> None:
    schema = "kinds: {box: {identity: [[asset]], attributes: {asset: {type: string, pattern: '[A-Za-z0-9-]+'}}}}"
    cis = "{kind: box, id: a, attributes: {asset: X-1}}"
    report = drift(cis, "seen: [{kind: box, key: k, attributes: {asset: x-1}}]", schema=schema)
    assert report.outcomes == {"a": "deviating"}
