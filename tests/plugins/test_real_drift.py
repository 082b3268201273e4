"""A machine declared as it was seen is in sync, and a real change to it is the one deviation, from local_host to the verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cmdb_plugins.ansible_facts import AnsibleFacts
from cmdb_plugins.local_host import LocalHost

from cmdb.discovery.protocol import Context, Finding
from cmdb.formats.snapshot_shapes import parse_line
from cmdb.model.drift import DriftReport
from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot
from cmdb.reconciliation.engine import judge
from cmdb.testing.drift import line
from cmdb.testing.text import workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the files of Linux")

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
LISTENING = """
import json, socket
from cmdb.discovery.protocol import Context
from cmdb.formats.snapshot_shapes import line_of
from cmdb_plugins.local_host import LocalHost

def look():
    return [line_of(each) for each in LocalHost().discover(Context())]

before = look()
with socket.create_server(("127.0.0.1", 0)) as server:
    print(json.dumps([before, look(), server.getsockname()[1]]))
"""


def seen(findings: list[Finding]) -> Observation:
    (observation,) = (each for each in findings if isinstance(each, Observation))
    return observation


def verdict(declared: Observation, findings: list[Finding], extra: str = "") -> DriftReport:
    """The machine as it was first seen, written down as a CI, against what was seen later."""
    attributes = {name: value for name, value in declared.attributes.items() if value is not None}
    ci = {"kind": declared.kind, "id": "here", "keys": {"local": declared.key}, "attributes": attributes}
    ws = workspace({"inventory/here.yaml": json.dumps(ci), "baselines/extra.yaml": extra})
    assert not ws.inventory.problems
    coverage = tuple(each for each in findings if isinstance(each, Coverage))
    run = Run(
        "local", "r", started=NOW, finished=NOW, covers="id=here", coverage=coverage, observations=(seen(findings),)
    )
    return judge(ws.inventory, ws.baselines, Snapshot((run,)), as_of=NOW)


def look() -> list[Finding]:
    return list(LocalHost().discover(Context()))


def test_a_machine_declared_as_it_was_seen_is_in_sync() -> None:
    findings = look()
    report = verdict(seen(findings), findings)
    assert (report.deviations, report.problems, report.incomplete) == ((), (), ())
    assert report.outcomes == {"here": "in_sync"}


def test_a_new_listening_port_is_the_one_deviation() -> None:
    network = ("unshare", *(() if os.geteuid() == 0 else ("-r",)), "-n")
    said = subprocess.run([*network, sys.executable, "-c", LISTENING], capture_output=True, text=True, check=True)
    before, after, port = json.loads(said.stdout)
    first, second = ([parse_line(text.encode()) for text in lines] for lines in (before, after))
    told = [[each for each in lines if isinstance(each, Observation | Coverage)] for lines in (first, second)]
    report = verdict(seen(list(told[0])), list(told[1]))
    assert [line(found) for found in report.deviations] == [
        f"deviating here attributes.listening_ports.{port}: null -> {port} error"
    ]
    assert report.incomplete == ()


def test_a_removed_package_is_the_one_deviation() -> None:
    findings = look()
    declared = seen(findings)
    if "packages" not in declared.attributes:
        pytest.skip("no package manager here")
    rest = {name: version for name, version in declared.attributes["packages"].items() if name != "tar"}
    later = Observation(declared.kind, declared.key, {**declared.attributes, "packages": rest})
    others = [each for each in findings if each is not declared]
    report = verdict(declared, [*others, later])
    version = declared.attributes["packages"]["tar"]
    assert [line(found) for found in report.deviations] == [
        f'deviating here attributes.packages.tar: "{version}" -> null error'
    ]


@pytest.mark.skipif(Path("/run/systemd/system").exists(), reason="systemd runs here")
def test_what_could_not_be_looked_at_is_unobserved_not_missing() -> None:
    findings = look()
    demand = "baseline: b\napplies_to: kind=virtual_machine\nexpect: {attributes.services_failed: {subset_of: []}}\n"
    if seen(findings).kind != "virtual_machine":
        demand = demand.replace("virtual_machine", "server")
    report = verdict(seen(findings), findings, demand)
    assert [(found.outcome, found.path) for found in report.deviations] == [
        ("unobserved", "attributes.services_failed")
    ]
    assert "no service manager" in report.deviations[0].reason
    assert report.incomplete


def test_a_host_that_ansible_could_not_reach_is_unobserved_not_missing(tmp_path: Path) -> None:
    printed = 'here | UNREACHABLE! => {"msg": "no route", "unreachable": true}\n'
    (tmp_path / "facts.txt").write_text(printed)
    findings = list(AnsibleFacts(path="facts.txt").discover(Context(tmp_path)))
    ws = workspace({"inventory/here.yaml": "{kind: server, id: here, keys: {local: here}, attributes: {os: debian}}"})
    coverage = tuple(each for each in findings if isinstance(each, Coverage))
    run = Run("local", "r", started=NOW, finished=NOW, covers="kind=server", coverage=coverage)
    report = judge(ws.inventory, ws.baselines, Snapshot((run,)), as_of=NOW)
    assert report.outcomes == {"here": "unobserved"}
    assert {found.outcome for found in report.deviations} == {"unobserved"}
    assert any("no route" in found.reason for found in report.deviations)
