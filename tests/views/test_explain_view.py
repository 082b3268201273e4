"""Why a CI got its verdict: identity, coverage, every demand with its line, every excuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cmdb.model.answer import Answer, Screen
from cmdb.model.explanation import Explanation
from cmdb.model.problem import CmdbError, Severity
from cmdb.render.json import render
from cmdb.render.text import text
from cmdb.testing.drift import NOW, snapshot
from cmdb.testing.text import workspace
from cmdb.views.drift_explain import document, payload

FILES = {
    "cmdb.yaml": "sources: {hosts: {covers: kind=server}}\n",
    "inventory/servers.yaml": """
    - kind: server
      id: web-1
      aliases: [former]
      keys: {hosts: web-1.example.org}
      attributes:
        memory: 32 GiB
        listening_ports: [22, 443]
        serial_number: A1
        uptime: 3d
        os: debian
      relations: {connects_to: sw-1}
    - {kind: server, id: web-2, attributes: {memory: 32 GiB}}
    - {kind: server, id: twin-1, name: twin}
    - {kind: server, id: twin-2, name: twin}
    - {kind: server, id: gone, lifecycle: retired, attributes: {os: x}}
    - {kind: server, id: soon, lifecycle: planned}
    - {kind: server, id: far, environment: test, attributes: {memory: 1 GiB}}
    - {kind: server, id: db.north.example.org}
    - {kind: network_device, id: sw-1}
    """,
    "baselines/linux.yaml": """
    baseline: linux
    applies_to: kind=server
    expect:
      attributes.kernel: {version: ">=6.1"}
      attributes.packages.telnetd: {absent: true}
      attributes.packages.*: {not: "0"}
      labels.tier: web
    ignore:
    - {path: attributes.os, reason: set by the installer}
    - {path: attributes.model, reason: no matter}
    ---
    waivers:
    - {ci: web-1, path: attributes.kernel, observed: 5.10, reason: vendor driver, approved_by: me, expires: 2026-12-31}
    - {ci: web-1, path: attributes.memory, observed: 1 GiB, reason: smaller, expires: 2026-12-31}
    - {ci: web-1, path: attributes.kernel, observed: 5.9, reason: old, expires: 2026-01-31}
    - {ci: far, path: attributes.memory, observed: 2 GiB, reason: x, expires: 2026-12-31}
    """,
}
SEEN = """
coverage:
- {scope: kind=server, attributes: ["*", packages]}
- {scope: environment=test, attributes: ["*"], status: failed, reason: "403"}
seen:
- key: web-1.example.org
  at: "2026-11-01T02:00:05Z"
  attributes: {memory: 33285996544, kernel: "5.10", listening_ports: [22, 443, 8080], packages: {curl: "8"}, os: rhel}
- {kind: virtual_machine, key: web-2, attributes: {kernel: 6.1.0}}
- {key: TWIN}
- {key: db.south.example.org}
- {key: gone}
"""


def explained(ci: str, seen: str = SEEN) -> Explanation:
    return workspace(FILES).explain(snapshot(seen), NOW, ci)


def shown(found: Explanation) -> str:
    return text(document(found), Screen(100))


def standings(found: Explanation) -> dict[str, str]:
    return {one.path: one.standing for one in found.judgements}


def test_everything_about_one_ci_for_people() -> None:
    assert (
        shown(explained("web-1"))
        == """\
web-1 (server, live) in inventory/servers.yaml:2: deviating

Who it is
hosts: web-1.example.org is this CI: its key for 'hosts' is web-1.example.org
it can be recognised by, strongest first:
    key hosts: web-1.example.org
    serial_number A1
    name web-1, former
    not declared, so no evidence: uuid, cloud_id, fqdn

How far sources looked
source  scope        attributes   status    reason
hosts   kind=server  *, packages  complete

What is demanded
presence: as it should be
    declared true in inventory/servers.yaml:2
    coverage of hosts is complete
attributes.kernel: excused
    linux demands version >=6.1 in baselines/linux.yaml:5
    observed 5.10 by hosts
    coverage of hosts: it reports the value, though no coverage line names it
attributes.listening_ports: deviating
    declared [22, 443] in inventory/servers.yaml:8
    observed [22, 443, 8080] by hosts
    attributes.listening_ports.8080: observed 8080
    coverage of hosts: it reports the value, though no coverage line names it
attributes.memory: as it should be
    declared 32 GiB in inventory/servers.yaml:7
    observed 31 GiB by hosts
    coverage of hosts: it reports the value, though no coverage line names it
attributes.os: ignored
    declared debian in inventory/servers.yaml:11
    observed rhel by hosts
    baseline 'linux' ignores attributes.os
    coverage of hosts: it reports the value, though no coverage line names it
attributes.packages.curl: as it should be
    linux demands not 0 in baselines/linux.yaml:7
    observed 8 by hosts
    coverage of hosts is complete
attributes.packages.telnetd: as it should be
    linux demands absent in baselines/linux.yaml:6
    observed nothing by hosts
    coverage of hosts is complete
attributes.serial_number: not looked at
    declared A1 in inventory/servers.yaml:9
    no coverage line names it, and no source reports it for any CI of this kind
attributes.uptime: not compared
    declared 3d in inventory/servers.yaml:10
    it changes all the time, so it is not compared with what is declared
labels.tier: not looked at
    linux demands equals web in baselines/linux.yaml:8
    no coverage line names it, and no source reports it for any CI of this kind
relations.connects_to: not looked at
    declared [sw-1] in inventory/servers.yaml:12
    no coverage line names it, and no source reports it for any CI of this kind

What excuses
waiver: attributes.kernel = 5.10, approved by me, until 2026-12-31
    in force
    vendor driver
    baselines/linux.yaml:14
waiver: attributes.memory = 1 GiB, until 2026-12-31
    excuses nothing: what was seen is another value, or is right
    smaller
    baselines/linux.yaml:15
waiver: attributes.kernel = 5.9, until 2026-01-31
    expired, so it excuses nothing
    old
    baselines/linux.yaml:16
ignore of linux: attributes.os
    in force
    set by the installer
    baselines/linux.yaml:10
ignore of linux: attributes.model
    excuses nothing: what was seen is another value, or is right
    no matter
    baselines/linux.yaml:11
"""
    )


def test_a_ci_that_nobody_saw_and_what_came_near() -> None:
    found = explained("web-2")
    assert (found.outcome, found.sightings) == ("missing", ())
    assert [(one.key, one.reason) for one in found.near] == [
        ("web-2", "web-2 is called alike, but was seen as a virtual_machine, and a server is none")
    ]
    north = explained("db.north.example.org").near
    assert [one.reason for one in north] == ["db.south.example.org is called alike, but its domain is another"]
    assert standings(found)["presence"] == "missing"
    assert standings(found)["attributes.memory"] == "not_judged"
    assert "looked for, and not there" in shown(found)


def test_a_ci_that_may_be_what_was_seen() -> None:
    found = explained("twin-1")
    assert found.outcome == "ambiguous"
    assert [(one.key, [c.ci for c in one.candidates]) for one in found.doubts] == [("TWIN", ["twin-1", "twin-2"])]
    assert standings(found)["presence"] == "ambiguous"
    assert "hosts: TWIN may be this CI, or another:\n    twin-1: the name twin is the same" in shown(found)


def test_a_ci_of_which_nobody_knows_and_one_that_nobody_looks_for() -> None:
    far = explained("far")
    assert (far.outcome, standings(far)["presence"], far.blind, far.worst) == ("unobserved", "unobserved", True, None)
    assert [(told.status, told.reason) for told in far.judgements[0].coverage] == [("failed", "403")]
    assert [row.coverage.status for row in far.coverage] == ["failed", "complete"]
    assert [one.effect for one in far.pardons if one.type == "waiver"] == ["not_seen"]
    switch = explained("sw-1")
    assert (switch.outcome, switch.coverage, switch.blind) == (None, (), True)
    assert "untracked: no source is there for it" in shown(switch)
    assert "No coverage line selects it." in shown(switch)


def test_before_and_after_service() -> None:
    assert standings(explained("gone")) == {"lifecycle": "deviating", "attributes.os": "ignored", **_LINUX}
    soon = explained("soon")
    assert (soon.outcome, standings(soon)["lifecycle"]) == ("in_sync", "met")


_LINUX = dict.fromkeys(("attributes.kernel", "attributes.packages.telnetd", "labels.tier"), "not_judged")


def test_a_former_id_will_do_and_an_unknown_one_is_refused() -> None:
    assert explained("former").ci == "web-1"
    with pytest.raises(CmdbError, match="there is no CI 'web-7'"):
        explained("web-7")


def test_the_worst_of_it_and_the_whole_for_programs() -> None:
    found = explained("web-1")
    assert (found.worst, found.blind) == (Severity.ERROR, False)
    answer = Answer("drift", "findings", lambda: document(found), lambda: payload(found))
    made: dict[str, Any] = json.loads(render(answer, Screen()))
    assert (made["format"], made["summary"]) == ("cmdb.drift/1", {"outcome": "deviating", "judgements": 11})
    assert made["ci"] == {
        "id": "web-1",
        "kind": "server",
        "lifecycle": "live",
        "location": {"path": "inventory/servers.yaml", "line": 2, "column": 3},
        "baselines": ["linux"],
    }
    assert made["identity"]["sightings"] == [
        {"source": "hosts", "key": "web-1.example.org", "rule": "key",
         "reason": "its key for 'hosts' is web-1.example.org", "at": "2026-11-01T02:00:05+00:00"}
    ]  # fmt: skip
    ports = next(one for one in made["judgements"] if one["path"] == "attributes.listening_ports")
    assert ports["deviations"] == [{"path": "attributes.listening_ports.8080", "outcome": "deviating"}]
    assert ports["observed"] == [22, 443, 8080]
    assert ports["demanded_by"][0]["location"] == {"path": "inventory/servers.yaml", "line": 8, "column": 5}
    assert [one["effect"] for one in made["pardons"]] == ["excuses", "unused", "expired", "excuses", "unused"]
