"""What became of deviations of earlier runs: put right only where somebody looked and found it right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from cmdb.model.baseline import Baselines
from cmdb.model.drift import DeviationId, DriftReport
from cmdb.reconciliation.engine import judge
from cmdb.testing.drift import NOW, Scene, declared, drift, scenes, snapshot

WEB = "{id: web, kind: server, attributes: {memory: 32 GiB, listening_ports: [22, 80]}}"
MEMORY = DeviationId("deviating", "attributes.memory", "web")
PORT = DeviationId("deviating", "attributes.listening_ports.8080", "web")
KERNEL = DeviationId("deviating", "attributes.kernel", "web")
TELNET = DeviationId("deviating", "attributes.packages.telnet", "web")
MISSING = DeviationId("missing", "presence", "web")
DOUBT = DeviationId("ambiguous", "presence", "web")
RETIRED = DeviationId("deviating", "lifecycle", "web")
UPLINK = DeviationId("deviating", "relations.connects_to.sw-2", "web")
UPTIME = DeviationId("deviating", "attributes.uptime", "web")
CURL = DeviationId("deviating", "attributes.packages.curl", "web")
STRANGER = DeviationId("unmanaged", "presence", source="hosts", key="new", kind="server")

ALL = "coverage: [{attributes: ['*', memory, listening_ports, packages, kernel]}]"
SEEN = f"{{seen: [{{key: web, attributes: {{memory: 32 GiB, listening_ports: [22, 80], kernel: '6.1'}}}}], {ALL}}}"
CURLY = "{seen: [{key: web, attributes: {packages: {curl: '1', vim: '1'}}}]}"
BASELINE = """
baseline: linux
applies_to: kind=server
expect: {attributes.kernel: {version: ">=6"}, attributes.packages.telnet: {absent: true}}
"""
IGNORING = BASELINE + "ignore: [{path: attributes.listening_ports, reason: x}]\n"


def fate(known: DeviationId, report: DriftReport) -> str:
    return report.fates[known].ending


@pytest.mark.parametrize(
    ("known", "cis", "seen", "then"),
    [
        (MEMORY, WEB, SEEN, "resolved"),
        (MEMORY, WEB, "{seen: [{key: web, attributes: {memory: 16 GiB}}]}", "lasting"),
        # seen, but not that
        (MEMORY, WEB, "{seen: [{key: web}]}", "unseen"),
        (MEMORY, WEB, "{seen: [{key: web}], coverage: [{attributes: ['*', memory], status: partial}]}", "unseen"),
        # seen to be gone, which is a deviation
        (MEMORY, WEB, "{seen: [{key: web, attributes: {memory: ~}}]}", "lasting"),
        # nobody looked, or not everywhere, or not in time
        (MEMORY, WEB, "{source: dns, coverage: [{scope: kind=dns_zone}]}", "unseen"),
        (MEMORY, WEB, "{coverage: [{status: failed}]}", "unseen"),
        (MEMORY, WEB, SEEN.replace("{seen", "{finished: 2026-01-01T00:00:00Z, seen"), "unseen"),
        # the CI is gone, so its memory was not seen
        (MEMORY, WEB, f"{{{ALL}}}", "unseen"),
        # accepted
        (MEMORY, WEB.replace("32", "16"), "{seen: [{key: web, attributes: {memory: 16 GiB}}]}", "resolved"),
        # nobody asks any more
        (MEMORY, "{id: web, kind: server}", SEEN, "dropped"),
        (MEMORY, "{id: other, kind: server}", SEEN, "dropped"),
        (MEMORY, WEB.replace("kind: server", "kind: server, lifecycle: retired"), SEEN, "dropped"),
        # elements of sets
        (PORT, WEB, SEEN, "resolved"),
        (PORT, WEB, "{seen: [{key: web, attributes: {listening_ports: [22, 80, 8080]}}]}", "lasting"),
        (PORT, WEB, "{seen: [{key: web}]}", "unseen"),
        # demanded by a baseline
        (KERNEL, WEB, SEEN, "resolved"),
        (KERNEL, WEB, "{seen: [{key: web}]}", "unseen"),
        (TELNET, WEB, SEEN, "resolved"),
        (TELNET, WEB, "{seen: [{key: web}]}", "unseen"),
        (TELNET, WEB, "{seen: [{key: web, attributes: {packages: {telnet: '1'}}}]}", "lasting"),
        # existence
        (MISSING, WEB, "{seen: [{key: web}]}", "resolved"),
        (MISSING, WEB, "{}", "lasting"),
        (MISSING, WEB, "{coverage: [{status: partial}]}", "unseen"),
        (MISSING, WEB.replace("kind: server", "kind: server, lifecycle: planned"), "{}", "resolved"),
        (MISSING, WEB, "{seen: [{key: x, attributes: {hostname: web}}, {key: y, attributes: {hostname: web}}]}", "dropped"),
        (DOUBT, WEB, "{seen: [{key: web}]}", "resolved"),
        (DOUBT, WEB, "{}", "dropped"),
        (DOUBT, WEB, "{coverage: [{status: partial}]}", "unseen"),
        (RETIRED, WEB.replace("kind: server", "kind: server, lifecycle: retired"), "{}", "resolved"),
        (RETIRED, WEB.replace("kind: server", "kind: server, lifecycle: retired"), "{coverage: [{status: failed}]}", "unseen"),
        (RETIRED, WEB.replace("kind: server", "kind: server, lifecycle: retired"), SEEN, "lasting"),
        (RETIRED, WEB, SEEN, "resolved"),
        (
            RETIRED,
            WEB.replace("kind: server", "kind: server, lifecycle: retired"),
            "{seen: [{key: x, attributes: {hostname: web}}, {key: y, attributes: {hostname: web}}]}",
            "unseen",
        ),
        (replace(MISSING, outcome="deviating"), WEB, SEEN, "dropped"),
        # a map's keys, and what is never compared with declarations
        (UPTIME, "{id: web, kind: server, attributes: {uptime: 5}}", "{seen: [{key: web, attributes: {uptime: 5}}]}", "dropped"),
        (CURL, "{id: web, kind: server, attributes: {packages: {curl: '1'}}}", CURLY, "resolved"),
        (CURL, "{id: web, kind: server, attributes: {packages: {vim: '1'}}}", CURLY, "dropped"),
        # a renamed CI keeps its history
        (MEMORY, WEB.replace("id: web", "id: new-web, aliases: [web]"), SEEN, "resolved"),
        (MISSING, WEB.replace("id: web", "id: new-web, aliases: [web]"), "{}", "lasting"),
        # unmanaged things
        (STRANGER, WEB, "{seen: [{key: web}]}", "resolved"),
        (STRANGER, WEB, "{seen: [{key: web}], coverage: [{status: partial}]}", "unseen"),
        (STRANGER, WEB, "{seen: [{key: web}], coverage: [{scope: 'kind=server,environment=test'}]}", "unseen"),
        (STRANGER, WEB, "{seen: [{key: web}], coverage: [{scope: key=new}]}", "resolved"),
        (STRANGER, WEB, "{seen: [{key: web}], coverage: [{scope: key=old}]}", "unseen"),
        (STRANGER, WEB, "{seen: [{key: web}], coverage: [{attributes: [memory]}]}", "unseen"),
        (STRANGER, WEB, "{source: dns, seen: [{key: web}]}", "unseen"),
        (STRANGER, WEB, "{seen: [{key: web}, {key: new}]}", "lasting"),
        (STRANGER, WEB.replace("id: web", "id: web, keys: {hosts: new}"), "{seen: [{key: new}]}", "resolved"),
        (STRANGER, WEB, "{seen: [{key: new, attributes: {hostname: web}}, {key: web}]}", "dropped"),
        (STRANGER, "{id: t, kind: team}", "{seen: [{key: new}]}", "dropped"),
    ],
)  # fmt: skip
def test_what_became_of_a_deviation(known: DeviationId, cis: str, seen: str, then: str) -> None:
    assert fate(known, drift(cis, seen, baselines=BASELINE, watched=[known])) == then


def test_a_ci_that_was_forbidden_and_is_gone() -> None:
    forbidding = "{baseline: b, applies_to: kind=server, expect: {presence: {absent: true}}}"
    known = replace(MISSING, outcome="deviating")
    cis = WEB.replace("kind: server", "kind: server, lifecycle: planned")
    assert fate(known, drift(cis, "{}", baselines=forbidding, watched=[known])) == "resolved"
    assert fate(known, drift(cis, "{coverage: [{status: failed}]}", baselines=forbidding, watched=[known])) == "unseen"


def test_a_renamed_ci_bears_its_new_id() -> None:
    report = drift(WEB.replace("id: web", "id: new-web, aliases: [web]"), "{}", watched=[MISSING])
    assert report.fates[MISSING].id == replace(MISSING, ci="new-web")


def test_what_is_ignored_from_now_on_was_not_put_right() -> None:
    seen = "{seen: [{key: web, attributes: {listening_ports: [22, 80]}}]}"
    assert fate(PORT, drift(WEB, seen, baselines=IGNORING, watched=[PORT])) == "dropped"


@pytest.mark.parametrize(
    ("seen", "then"),
    [("sw-1", "resolved"), ("sw-2", "lasting"), ("sw-9", "resolved")],
)
def test_relations(seen: str, then: str) -> None:
    cis = """
- {id: web, kind: server, relations: {connects_to: [sw-1]}}
- {id: sw-1, kind: network_device}
- {id: sw-2, kind: network_device}
"""
    sight = f"{{seen: [{{key: web, relations: {{connects_to: [{{kind: network_device, key: {seen}}}]}}}}], "
    sight += "coverage: [{scope: kind=server, attributes: ['*', relations.connects_to]}]}"
    assert fate(UPLINK, drift(cis, sight, watched=[UPLINK])) == then
    assert fate(UPLINK, drift(cis, "{seen: [{key: web}]}", watched=[UPLINK])) == "unseen"


@pytest.mark.parametrize(
    ("known", "inventory", "baselines", "then"),
    [
        (MEMORY, (), (), "resolved"),
        (MEMORY, ("inventory/x.yaml",), (), "resolved"),
        (MEMORY, (), ("baselines/x.yaml",), "unseen"),
        (replace(MEMORY, ci="gone"), (), (), "dropped"),
        (replace(MEMORY, ci="gone"), ("inventory/x.yaml",), (), "unseen"),
        (TELNET, ("inventory/x.yaml",), (), "unseen"),
        (STRANGER, (), (), "resolved"),
        (STRANGER, ("inventory/x.yaml",), (), "unseen"),
    ],
)
def test_a_file_that_did_not_load_ends_nothing(
    known: DeviationId, inventory: tuple[str, ...], baselines: tuple[str, ...], then: str
) -> None:
    report = judge(
        replace(declared(WEB), unread=inventory),
        Baselines(unread=baselines),
        snapshot(SEEN),
        as_of=NOW,
        watched=[known],
    )
    assert fate(known, report) == then


@pytest.mark.parametrize(
    ("seen", "evidence"),
    [
        ("{finished: 2026-11-01T02:30:00Z}", {"hosts": datetime(2026, 11, 1, 2, 30, tzinfo=UTC)}),
        # a clock that is ahead does not freeze history
        ("{finished: 2030-01-01T00:00:00Z}", {"hosts": NOW}),
        # too old to count
        ("{finished: 2026-01-01T00:00:00Z}", {}),
        ("{run: x, started: ~, finished: ~, seen: [{key: web, at: 2026-11-01T01:00:00Z}]}", {"hosts": NOW - timedelta(hours=2)}),
        ("{run: x, started: ~, finished: ~}", {"hosts": NOW}),
    ],
)  # fmt: skip
def test_when_each_source_saw_what_it_did(seen: str, evidence: dict[str, datetime]) -> None:
    assert drift(WEB, seen, config="sources: {dns: {covers: kind=dns_zone}}").evidence == evidence


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(scenes(sources=2), scenes(sources=2))
def test_watching_changes_no_verdict_and_what_is_found_lasts(before: Scene, after: Scene) -> None:
    known = [found.id for found in before.judge().deviations if found.outcome != "unobserved"]
    alone, report = after.judge(), after.judge(watched=known)
    assert report == alone
    found = {deviation.id for deviation in report.deviations}
    unseen = {(deviation.ci, deviation.path) for deviation in report.deviations if deviation.outcome == "unobserved"}
    for one, end in report.fates.items():
        assert (end.ending == "lasting") == (end.id in found)
        assert end.ending != "resolved" or (one.ci, one.path) not in unseen
