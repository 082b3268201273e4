"""What psutil sees of this machine, which is all there is on other systems, agrees with what the files say."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from cmdb_plugins import _portable
from cmdb_plugins._linux import LINUX, NAMES
from cmdb_plugins._machine import ThisMachine
from cmdb_plugins._probe import look
from cmdb_plugins.local_host import LocalHost, sight_of
from pytest import MonkeyPatch

from cmdb.discovery.protocol import Context
from cmdb.model.snapshot import Coverage, Observation

LISTENERS = {"listening_ports"}


@pytest.mark.skipif(sys.platform != "linux", reason="compares with the files of Linux")
def test_psutil_and_the_files_agree() -> None:
    one, other = look(ThisMachine(), _portable.PROBES), look(ThisMachine(), LINUX)
    shared = one.values.keys() & other.values.keys() - LISTENERS
    assert {name: one.values[name] for name in shared} == {name: other.values[name] for name in shared}
    assert shared >= {"hostname", "kernel", "memory", "swap", "cpu_count", "mounts", "interfaces", "ip_addresses"}


@pytest.mark.skipif(sys.platform != "linux", reason="hides the files of Linux")
def test_where_the_tools_are_missing_psutil_helps(tmp_path: Path) -> None:
    bare = ThisMachine(root=str(tmp_path), path=str(tmp_path))
    sight = sight_of(bare)
    assert sight.values["memory"] == psutil.virtual_memory().total
    assert sight.values["interfaces"]
    assert sight.unseen["packages"].status == "partial"
    assert sight.values.keys() | {name for name in sight.unseen if "." not in name} == NAMES
    assert not sight.values.keys() & sight.unseen.keys()


def test_other_systems_say_what_they_do_not_see(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    findings = list(LocalHost().discover(Context()))
    (seen,) = (each for each in findings if isinstance(each, Observation))
    lines = [each for each in findings if isinstance(each, Coverage) and each.status != "complete"]
    assert seen.kind == "server"
    assert {"hostname", "kernel", "memory", "cpu_count"} <= seen.attributes.keys()
    (line,) = (line for line in lines if "packages" in line.attributes)
    assert (line.status, line.reason) == ("partial", "local_host does not know how to look at this on darwin")


def test_ports_that_only_root_may_see_are_partial(monkeypatch: MonkeyPatch) -> None:
    def denied(_: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    sight = look(ThisMachine(), _portable.PROBES)
    assert (sight.unseen["listening_ports"].status, sight.unseen["listening_ports"].reason) == (
        "failed",
        "the system tells this only to root",
    )


@pytest.mark.parametrize(
    ("system", "expected"),
    [("Darwin", {"os": "macos", "os_version": "14.5", "os_name": "macOS 14.5"}), ("FreeBSD", {"os": "freebsd"})],
)
def test_names_of_other_systems(monkeypatch: MonkeyPatch, system: str, expected: dict[str, str]) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.mac_ver", lambda: ("14.5", ("", "", ""), "arm64"))
    seen = _portable.system(ThisMachine())
    assert {name: seen[name] for name in expected} == expected
    if system == "Darwin":
        assert "swap" not in look(ThisMachine(), _portable.PROBES).values
