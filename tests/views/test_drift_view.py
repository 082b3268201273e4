"""Drift as people and programs get it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cmdb.model.answer import Screen
from cmdb.model.drift import DriftReport
from cmdb.model.location import Location
from cmdb.render.text import text
from cmdb.testing.drift import drift
from cmdb.views.drift import document, payload

CIS = """
- {kind: server, id: web-1, attributes: {kernel: 6.1, memory: 32 GiB, listening_ports: [22]}}
- {kind: server, id: web-2}
- {kind: server, id: db-1, name: twin}
- {kind: server, id: db-2, name: twin}
- {kind: server, id: far, environment: test}
- {kind: server, id: fine}
- {kind: server, id: fine-2}
- {kind: team, id: people}
"""
SEEN = """
coverage:
- {attributes: ["*"]}
- {scope: environment=test, status: failed, reason: permission denied}
- {scope: id=web-1, attributes: [packages], status: partial, reason: truncated}
seen:
- {key: web-1, attributes: {kernel: "5.10", memory: 17179869184, listening_ports: [22, 8080]}}
- {key: twin}
- {key: fine}
- {key: fine-2}
- {key: new, attributes: {hostname: web-9}}
- {kind: team, key: people}
"""
BASELINES = """
baseline: hardened
applies_to: kind=server,id=web-1
expect:
  attributes.kernel: {version: ">=6", severity: critical}
  attributes.packages.telnet: {absent: true}
---
waivers:
- {ci: web-1, path: attributes.memory, observed: 16 GiB, reason: half of it is on order, approved_by: me, expires: 2026-12-31}
"""


def report(seen: str = SEEN) -> DriftReport:
    """With lines, as a workspace gives it."""
    found = drift(CIS, seen, baselines=BASELINES)
    deviations = [
        replace(
            deviation,
            demanded_by=tuple(
                replace(demand, where=Location(demand.where.path, 7, 3)) if demand.where else demand
                for demand in deviation.demanded_by
            ),
        )
        for deviation in found.deviations
    ]
    return replace(found, deviations=tuple(deviations))


def shown(found: DriftReport) -> str:
    return text(document(found), Screen(80))


def test_worst_first_and_the_last_line_says_what_silence_means() -> None:
    assert (
        shown(report())
        == """\
Missing (1)
web-2 (server)
    error: looked for and not there
    declared in inventory/cis.yaml:7

Ambiguous (1)
hosts: twin may be one of these CIs, or none:
    db-1: the name twin is the same
    db-2: the name twin is the same

Deviating (1)
web-1 (server)
    critical attributes.kernel
        expected 6.1 → observed 5.10, seen by hosts
        declared in inventory/cis.yaml:7
        demanded by hardened: version >=6 in baselines/all.yaml:7
    error attributes.listening_ports.8080
        expected nothing → observed 8080, seen by hosts
        declared in inventory/cis.yaml:7

Unmanaged (1)
hosts: new (server)
    warning: seen, and declared nowhere
    known there as web-9

Excused, and not counted (1)
web-1 (server)
    error attributes.memory
        expected 32 GiB → observed 16 GiB, seen by hosts
        declared in inventory/cis.yaml:7
        excused (waiver), approved by me, until 2026-12-31
        half of it is on order
        baselines/all.yaml

Not seen, so nobody knows (2)
far (server)
    the CI itself: coverage of 'hosts' is failed: permission denied
web-1 (server)
    attributes.packages.telnet: coverage of 'hosts' is partial: truncated

How far sources looked
source  scope             attributes  status    seen  reason
hosts   environment=test  *           failed    0/1   permission denied
hosts   id=web-1          packages    partial   1/1   truncated
hosts   kind              *           complete  6/8

3 CIs in sync, 1 missing, 2 ambiguous, 1 deviating, 1 unobserved, 1 thing
unmanaged: NOT everything was seen. 2 of 8 tracked CIs were not seen, or not in
full.
"""
    )


def test_nothing_is_wider_than_a_terminal() -> None:
    assert max(map(len, shown(report()).splitlines())) <= 80


def test_when_everything_was_seen_it_says_so() -> None:
    everything = "seen: [{key: web-1, attributes: {kernel: '6.1', packages: {}}}, {key: web-2}]"
    found = drift("[{kind: server, id: web-1, attributes: {kernel: 6.1}}, {kind: server, id: web-2}]", everything)
    assert shown(found).endswith("\n2 CIs in sync: everything that is tracked was seen.\n")


def test_when_nothing_was_looked_at_it_says_that() -> None:
    found = drift("{kind: server, id: a}", "coverage: []")
    assert shown(found) == "0 CIs in sync: nothing was looked at. No source tracks 1 CI.\n"


def test_lines_that_say_the_same_of_different_scopes_are_one_row() -> None:
    lines = ", ".join(f"{{scope: key=k{number}}}" for number in range(3))
    cis = "".join(f"- {{kind: server, id: k{number}}}\n" for number in range(3))
    found = drift(cis, f"{{coverage: [{lines}], seen: [{{key: k0}}, {{key: k1}}]}}")
    assert "hosts   3 scopes  *           complete  2/2" in shown(found)


def test_the_payload_has_everything_and_empty_lists_are_lists() -> None:
    made: dict[str, Any] = payload(report())
    assert list(made) == ["summary", "deviations", "not_implemented", "coverage", "problems", "incomplete"]
    assert made["summary"] == {
        "in_sync": 3,
        "deviating": 1,
        "missing": 1,
        "ambiguous": 2,
        "unobserved": 1,
        "unmanaged": 1,
        "untracked": 0,
        "unjudged": 0,
        "excused": 1,
        "deviations": 6,
        "unobserved_values": 1,
        "untracked_values": 0,
        "unlisted": 0,
        "not_implemented": 0,
    }
    kernel = next(found for found in made["deviations"] if found["path"] == "attributes.kernel")
    assert kernel == {
        "outcome": "deviating",
        "ci": "web-1",
        "key": "web-1",
        "kind": "server",
        "path": "attributes.kernel",
        "expected": "6.1",
        "observed": "5.10",
        "demanded_by": [
            {
                "baseline": None,
                "expected": "6.1",
                "severity": "error",
                "location": {"path": "inventory/cis.yaml", "line": 7, "column": 3},
            },
            {
                "baseline": "hardened",
                "expected": {"version": ">=6"},
                "severity": "critical",
                "location": {"path": "baselines/all.yaml", "line": 7, "column": 3},
            },
        ],
        "source": "hosts",
        "severity": "critical",
        "first_seen": None,
        "candidates": [],
        "excuse": None,
        "reason": "",
        "change": None,
    }
    stranger = next(found for found in made["deviations"] if found["outcome"] == "unmanaged")
    assert (stranger["ci"], stranger["key"], stranger["source"], stranger["path"]) == (None, "new", "hosts", "presence")
    memory = next(found for found in made["deviations"] if found["excuse"])
    assert (memory["excuse"]["type"], memory["excuse"]["expires"]) == ("waiver", "2026-12-31")
    twins = [found for found in made["deviations"] if found["outcome"] == "ambiguous"]
    assert [found["ci"] for found in twins] == ["db-1", "db-2"]
    assert twins[0]["candidates"] == [{"ci": name, "reason": "the name twin is the same"} for name in ("db-1", "db-2")]
    assert made["coverage"][1] == {
        "source": "hosts",
        "scope": "id=web-1",
        "attributes": ["packages"],
        "status": "partial",
        "reason": "truncated",
        "selected": 1,
        "seen": 1,
    }


def test_the_payload_is_sorted_by_ci_and_path() -> None:
    made: dict[str, Any] = payload(report())
    keys = [(found["ci"] is None, found["ci"] or "", found["path"]) for found in made["deviations"]]
    assert keys == sorted(keys)


def test_first_seen_is_told_where_it_is_known() -> None:
    found = report()
    moment = datetime(2026, 10, 1, 12, tzinfo=UTC)
    first = replace(found, deviations=(replace(found.deviations[-1], first_seen=moment),))
    assert "first seen 2026-10-01 12:00 UTC" in shown(first)
    made: dict[str, Any] = payload(first)
    assert made["deviations"][0]["first_seen"] == "2026-10-01T12:00:00+00:00"


HARDENED = """
baseline: hardened
applies_to: kind=server
expect: {attributes.packages.openssl: {version: ">=3", severity: critical}}
"""


def fleet(count: int, *, seen: str = "packages: {openssl: '1'}") -> DriftReport:
    cis = "".join(f"- {{kind: server, id: s{number}, attributes: {{os: debian}}}}\n" for number in range(count))
    things = ", ".join(f"{{key: s{number}, attributes: {{os: debian, {seen}}}}}" for number in range(count))
    return drift(cis, f"seen: [{things}]", baselines=HARDENED)


def test_one_package_on_many_hosts_is_one_line() -> None:
    assert shown(fleet(400)).startswith("""\
Deviating (400)
400 CIs (server): s0, s1, s10 and 397 more
    critical attributes.packages.openssl
        expected version >=3 → observed 1, seen by hosts
        demanded by hardened: version >=3 in baselines/all.yaml

""")
    assert len(payload(fleet(400))["deviations"]) == 400


def test_a_few_are_listed_one_by_one() -> None:
    assert shown(fleet(5)).splitlines()[:2] == ["Deviating (5)", "5 CIs (server): s0, s1, s2 and 2 more"]
    assert shown(fleet(4)).splitlines()[:2] == ["Deviating (4)", "s0 (server)"]


def test_only_what_is_the_same_throughout_is_told_together() -> None:
    cis = "".join(
        f"- {{kind: server, id: s{number}, attributes: {{os: debian, model: m{number}}}}}\n" for number in range(6)
    )
    things = ", ".join(
        f"{{key: s{number}, attributes: {{os: {'rhel' if number < 5 else 'suse'}, model: x}}}}" for number in range(6)
    )
    lines = shown(drift(cis, f"seen: [{things}]")).splitlines()
    assert lines[:5] == [
        "Deviating (6)",
        "5 CIs (server): s0, s1, s2 and 2 more",
        "    error attributes.os",
        "        expected debian → observed rhel, seen by hosts",
        "        declared",
    ]
    assert [line for line in lines if line.startswith("s")][:6] == [f"s{number} (server)" for number in range(6)]


def test_what_is_missing_unmanaged_or_not_seen_for_one_reason_is_told_together() -> None:
    cis = "".join(f"- {{kind: server, id: s{number}}}\n" for number in range(20))
    some = ", ".join(f"{{key: {'new' if number < 6 else 's'}{number}}}" for number in range(20))
    lines = shown(drift(cis, f"seen: [{some}]")).splitlines()
    assert lines[:4] == [
        "Missing (6)",
        "6 CIs (server): s0, s1, s2 and 3 more",
        "    error: looked for and not there",
        "    declared",
    ]
    assert "Unmanaged (6)" in lines
    assert "6 things (server): hosts: new0, hosts: new1, hosts: new2 and 3 more" in lines
    blind = shown(drift(cis, "{coverage: [{status: failed, reason: '403'}]}"))
    assert blind.startswith("""\
Not seen, so nobody knows (20)
20 CIs (server): s0, s1, s10 and 17 more
    the CI itself: coverage of 'hosts' is failed: 403
""")


def test_a_shared_excuse_is_told_once() -> None:
    waivers = "".join(
        f"- {{ci: s{number}, path: attributes.packages.openssl, observed: 1, reason: r, approved_by: me, expires: 2027-01-01}}\n"
        for number in range(6)
    )
    cis = "".join(f"- {{kind: server, id: s{number}}}\n" for number in range(6))
    things = ", ".join(f"{{key: s{number}, attributes: {{packages: {{openssl: '1'}}}}}}" for number in range(6))
    found = drift(cis, f"seen: [{things}]", baselines=f"{HARDENED.strip()}\n---\nwaivers:\n{waivers}")
    text_ = shown(found)
    assert text_.count("excused (waiver), approved by me, until 2027-01-01") == 1
    assert "6 CIs (server)" in text_
