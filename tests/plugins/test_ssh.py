"""ssh over real hosts, and over hosts that refuse, hang, lie or break off: each costs itself, in words, and nobody
else."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cmdb_plugins import _ssh_session
from cmdb_plugins._linux import LINUX, findings
from cmdb_plugins._linux_security import VOLATILE
from cmdb_plugins._machine import NotSeen, ThisMachine
from cmdb_plugins._probe import Sight, look
from cmdb_plugins.ssh import Ssh, unreached

import cmdb
from cmdb.discovery.loading import explained
from cmdb.discovery.protocol import Context, Finding
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot
from cmdb.testing import fleet, odd_hosts
from cmdb.testing.odd_hosts import OddHost, odd_host

real_sshd = pytest.mark.skipif(
    fleet.SSHD is None, reason="OpenSSH's server is not installed (apt install openssh-server)"
)
OWN = {"hostname", "fqdn", "interfaces", "ip_addresses", "mac_addresses", "default_gateway", "dns_servers", "mounts"}
"""What hosts in namespaces of their own have of their own."""
PASSING = {"listening_ports", "listening_udp_ports", *VOLATILE}
PATIENT = "60s"


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No agent, no keys and no known hosts of whoever runs the tests."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fleet.Fleet]:
    with fleet.fleet(tmp_path_factory.mktemp("fleet"), 5) as found:
        yield found


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "identity").write_bytes(key.export_private_key())
    return tmp_path / "identity"


def source(hosts: Mapping[str, str], identity: str | Path, **more: Any) -> Ssh:
    settings = {"user": fleet.USER, "config": "none", "known_hosts": "known", "host_timeout": PATIENT, **more}
    return Ssh(hosts=hosts, identity=str(identity), **settings)


def found(root: Path, known: str, ssh: Ssh, seconds: float = float("inf")) -> list[Finding]:
    (root / "known").write_text(known)
    return list(ssh.discover(Context(root, "fleet", seconds=seconds)))


def observed(findings: Sequence[Finding]) -> dict[str, Observation]:
    return {each.key: each for each in findings if isinstance(each, Observation)}


def failed(findings: Sequence[Finding]) -> dict[str, str]:
    """Host -> why nothing was seen of it."""
    lines = [each for each in findings if isinstance(each, Coverage)]
    return {
        line.scope.removeprefix("key="): line.reason
        for line in lines
        if line.status == "failed" and line.attributes == ("*",) and line.scope.startswith("key=")
    }


def of_odd(root: Path, identity: Path, host: OddHost, **more: Any) -> list[Finding]:
    return found(root, host.known, source({"odd": host.where}, identity, **more))


@real_sshd
def test_real_hosts_are_seen_as_they_see_themselves(tmp_path: Path, hosts: fleet.Fleet) -> None:
    findings = found(tmp_path, hosts.known, source({h.name: h.where for h in hosts.hosts}, hosts.identity))
    seen = observed(findings)
    here = {name: value for name, value in look(ThisMachine(), LINUX).values.items() if name not in OWN | PASSING}
    assert seen.keys() == {host.name for host in hosts.hosts}
    for host in hosts.hosts:
        mine = seen[host.name]
        assert here.items() <= mine.attributes.items()
        assert Coverage(f"key={host.name}") in findings
        if hosts.apart:
            assert mine.attributes["hostname"] == host.name
            assert mine.attributes["ip_addresses"] == (host.address,)
            assert mine.attributes["listening_ports"] == (22,)
    assert not failed(findings)


@real_sshd
def test_a_host_that_fails_costs_itself_only(tmp_path: Path, hosts: fleet.Fleet) -> None:
    good, changed, unknown, *_ = hosts.hosts
    known = good.known() + changed.known(good.key)
    dead = f"127.0.0.1:{fleet.free_port()}"
    with odd_hosts.mute() as silent, odd_hosts.mute(b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        where = {
            "good": good.where,
            "changed.example.org": changed.where,
            "unknown": unknown.where,
            "refused": dead,
            "silent": f"127.0.0.1:{silent}",
            "web": f"127.0.0.1:{web}",
            "nameless": "no-such-host.invalid",
        }
        findings = found(tmp_path, known, source(where, hosts.identity, host_timeout="5s", concurrency=7))
    assert observed(findings).keys() == {"good"}
    told = failed(findings)
    assert told.keys() == where.keys() - {"good"}
    assert "its host key is not the one in known_hosts" in told["changed.example.org"]
    assert told["unknown"] == "its host key is unknown: add it to known_hosts, once it has been verified"
    assert told["refused"] == "it cannot be connected to: Connection refused"
    assert told["silent"] == "it gave no answer within 5 s"
    assert "nameless" in told and "no-such-host.invalid" in told["nameless"]
    reason = told["changed.example.org"]
    assert Coverage("attributes.fqdn=changed.example.org", ("*",), "failed", reason) in findings
    assert Coverage("attributes.hostname=unknown", ("*",), "failed", told["unknown"]) in findings
    assert not [each for each in findings if isinstance(each, Coverage) and each.status == "complete"][1:]


@real_sshd
def test_who_is_not_let_in_is_told_so(tmp_path: Path, hosts: fleet.Fleet, identity: Path) -> None:
    host = hosts.hosts[0]
    told = failed(found(tmp_path, host.known(), source({host.name: host.where}, identity)))
    assert told[host.name].startswith("it does not let us in: ")


@real_sshd
def test_drift_has_the_silent_host_unobserved_and_the_others_judged(tmp_path: Path, hosts: fleet.Fleet) -> None:
    one, two, gone, *_ = hosts.hosts
    known = one.known() + two.known()
    where = {host.name: host.where for host in (one, two, gone)}
    findings = found(tmp_path, known, source(where, hosts.identity, kind="server"))
    names = [one.name, two.name, gone.name]
    architecture = observed(findings)[one.name].attributes["architecture"]
    files = {
        f"inventory/{name}.yaml": f"kind: server\nid: {name}\nattributes: {{hostname: {name}, architecture: {value}}}\n"
        for name, value in zip(names, [architecture, "vax", architecture], strict=True)
    }
    now = datetime(2026, 11, 22, tzinfo=UTC)
    run = Run(
        "fleet",
        "1",
        now,
        now,
        "kind=server",
        tuple(each for each in findings if isinstance(each, Coverage)),
        tuple(each for each in observed(findings).values()),
    )
    report = cmdb.drift(cmdb.Workspace.of(files).inventory, cmdb.Baselines(), Snapshot((run,)), as_of=now)
    assert report.outcomes == {one.name: "in_sync", two.name: "deviating", gone.name: "unobserved"}
    (why,) = (each.reason for each in report.deviations if each.ci == gone.name)
    assert "host key is unknown" in why


def test_an_empty_known_hosts_trusts_nobody(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        for known in ("", "# nothing\n", "other.example.org " + host.key):
            told = failed(found(tmp_path, known, source({"odd": host.where}, identity)))
            assert "its host key is unknown" in told["odd"]


def test_without_any_known_hosts_nobody_is_trusted(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        ssh = Ssh(hosts={"odd": host.where}, identity=str(identity), config="none", user="ada")
        assert "its host key is unknown" in failed(list(ssh.discover(Context(tmp_path))))["odd"]


def test_the_users_configuration_cannot_switch_host_keys_off(tmp_path: Path, identity: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text("Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile none\n  User ada\n")
    with odd_host(identity) as host:
        ssh = Ssh(hosts={"odd": host.where}, identity=str(identity))
        assert "its host key is unknown" in failed(list(ssh.discover(Context(tmp_path))))["odd"]


def test_the_users_configuration_is_used(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        (tmp_path / ".ssh").mkdir()
        text = f"Host odd\n  HostName 127.0.0.1\n  Port {host.port}\n  User ada\n  IdentityFile {identity}\n"
        (tmp_path / ".ssh/config").write_text(text)
        (tmp_path / ".ssh/known_hosts").write_text(host.known)
        assert observed(list(Ssh(hosts="odd").discover(Context(tmp_path)))).keys() == {"odd"}


def test_an_obedient_host_is_seen(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        seen = observed(of_odd(tmp_path, identity, host))["odd"].attributes
    here = look(ThisMachine(), LINUX).values
    assert {n: v for n, v in seen.items() if n not in PASSING} == {n: v for n, v in here.items() if n not in PASSING}


def test_what_a_profile_prints_is_no_answer(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity, odd_hosts.greets("Welcome!\nhostname is evil\n")) as host:
        seen = observed(of_odd(tmp_path, identity, host))["odd"].attributes
    assert seen["hostname"] == look(ThisMachine(), LINUX).values["hostname"]


@pytest.mark.parametrize(
    ("behaviour", "seconds", "reason"),
    [
        (odd_hosts.prints(b"This account is currently not available.\n"), PATIENT, "it gave no shell, and said: This account is currently not available."),
        (odd_hosts.prints(b""), PATIENT, "it gave no shell, and said: nothing"),
        (odd_hosts.prints(b"\xff\x00garbage", ends=False), "1s", "it gave no answer within 1 s"),
        (odd_hosts.hangs, "1s", "it gave no answer within 1 s"),
        (odd_hosts.cut_after(0), PATIENT, "the connection was cut"),
    ],
)  # fmt: skip
def test_hosts_that_give_no_shell(
    tmp_path: Path, identity: Path, behaviour: odd_hosts.Behaviour, seconds: str, reason: str
) -> None:
    with odd_host(identity, behaviour) as host:
        findings = of_odd(tmp_path, identity, host, host_timeout=seconds)
    assert failed(findings) == {"odd": reason}
    assert not observed(findings)


def test_a_host_that_never_stops_talking_is_cut_off(
    tmp_path: Path, identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_ssh_session, "LIMIT", 2**20)
    with odd_host(identity, odd_hosts.babbles) as host:
        told = failed(of_odd(tmp_path, identity, host))
    assert told["odd"].startswith("it gave no shell, and said: ")


@pytest.mark.parametrize("politely", [True, False])
def test_a_connection_cut_in_the_middle_keeps_what_was_whole(tmp_path: Path, identity: Path, politely: bool) -> None:
    with odd_host(identity, odd_hosts.cut_after(36, politely=politely)) as host:
        findings = of_odd(tmp_path, identity, host)
    (seen,) = observed(findings).values()
    here = look(ThisMachine(), LINUX).values
    assert "hostname" in seen.attributes
    assert {n: v for n, v in seen.attributes.items() if n not in PASSING}.items() <= here.items()
    (line,) = [each for each in findings if isinstance(each, Coverage) and each.reason == "the connection was cut"]
    assert (line.scope, line.status) == ("key=odd", "failed")
    assert line.attributes
    assert not seen.attributes.keys() & set(line.attributes)


def test_no_more_hosts_at_once_than_allowed(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        where = {f"odd-{number}": host.where for number in range(8)}
        skip = sorted({name for probe in LINUX for name in probe.names} - {"hostname"})
        findings = found(tmp_path, host.known, source(where, identity, concurrency=2, skip=skip))
        assert 2 <= host.crowd[0] <= 4  # a server may hear of the next connection before it hears that one has ended
    assert observed(findings).keys() == where.keys()
    assert {name for each in observed(findings).values() for name in each.attributes} == {"hostname"}


def test_hosts_that_the_time_of_the_source_does_not_reach_are_failed(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity, odd_hosts.hangs) as host:
        where = {f"odd-{number}": host.where for number in range(3)}
        findings = found(tmp_path, host.known, source(where, identity, concurrency=1), seconds=1)
    told = sorted(failed(findings).values())
    assert told == ["it gave no answer within 0.9 s", *["the time of the source was up before it was asked"] * 2]


@pytest.mark.parametrize(
    ("key", "scopes"),
    [
        ("web-1.example.org", ["key=web-1.example.org", "attributes.fqdn=web-1.example.org"]),
        ("web-1", ["key=web-1", "attributes.hostname=web-1"]),
        ("web-1:2222", ["key=web-1:2222", "attributes.hostname=web-1"]),
        ("10.0.0.5", ["key=10.0.0.5"]),
        ("2001:db8::1", ["key=2001:db8::1"]),
        ("[2001:db8::1]:22", ['key="[2001:db8::1]:22"']),
        ("the web server", ['key="the web server"']),
    ],
)
def test_a_host_that_failed_is_told_under_every_name_that_means_it(key: str, scopes: list[str]) -> None:
    assert [line.scope for line in unreached(key, "why")] == scopes
    assert {(line.attributes, line.status, line.reason) for line in unreached(key, "why")} == {
        (("*",), "failed", "why")
    }


def test_a_host_that_does_not_tell_what_it_runs_under_may_be_of_either_kind() -> None:
    values = {"hostname": "web-1"}
    for why, kind in ((NotSeen("cut", "failed"), "compute"), (NotSeen("no such facility"), "server")):
        (seen,) = observed(tuple(findings("web-1", Sight(values, {"virtualization": why})))).values()
        assert seen.kind == kind


def test_without_asyncssh_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "cmdb_plugins._ssh_session")
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        list(Ssh(hosts="a", config="none").discover(Context(tmp_path)))
    assert explained("ssh", caught.value).endswith("which is not installed; pip install 'cmdb[ssh]'")


def test_sudo_is_how_the_shell_is_asked_for(tmp_path: Path, identity: Path) -> None:
    asked: list[str] = []

    async def remember(process: odd_hosts.Process) -> None:
        asked.append(process.command or "")
        process.stderr.write(b"sudo: a password is required\n")
        process.exit(1)

    with odd_host(identity, remember) as host:
        told = failed(of_odd(tmp_path, identity, host, sudo=True))
    assert asked == ["exec sudo -n /bin/sh"]
    assert told == {"odd": "it gave no shell, and said: sudo: a password is required"}


def test_hosts_may_stand_in_a_file(tmp_path: Path, identity: Path) -> None:
    with odd_host(identity) as host:
        (tmp_path / "fleet.txt").write_text(
            f"# the fleet\nweb-1 ada@{host.where}  # by its address\n\nada@{host.where}\n"
        )
        ssh = source({"more": host.where}, identity, hosts_file="fleet.txt", skip=["packages"])
        findings = found(tmp_path, host.known, ssh)
    assert observed(findings).keys() == {"more", "web-1", host.where}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("web-1 10.0.0.1 extra\n", "line 1: a key and an address are wanted"),
        ("web-1\nweb-1\n", "web-1 stands there twice"),
        ("web-1 :22\n", "':22' is no address"),
        (None, "No such file"),
        (b"\xff", "utf-8"),
    ],
)
def test_a_wrong_file_of_hosts_is_an_error(tmp_path: Path, text: str | bytes | None, message: str) -> None:
    if text is not None:
        (tmp_path / "fleet.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(CmdbError, match=message):
        list(Ssh(hosts_file="fleet.txt", config="none").discover(Context(tmp_path)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "name at least one"),
        ({"hosts": []}, "name at least one"),
        ({"hosts": ["a", "ada@a"]}, "a stands there twice"),
        ({"hosts": ["a b"]}, "'a b' is no address"),
        ({"hosts": ["a:0"]}, "'a:0' is no address"),
        ({"hosts": ["a:99999"]}, "'a:99999' is no address"),
        ({"hosts": [1]}, "hosts such as"),
        ({"hosts": {"a": 22}}, "a is reached at an address"),
        ({"hosts": "a", "concurrency": 0}, "concurrency: a number"),
        ({"hosts": "a", "concurrency": True}, "concurrency: a number"),
        ({"hosts": "a", "host_timeout": "0s"}, "host_timeout: has to be more"),
        ({"hosts": "a", "sudo": "yes"}, "sudo: true or false"),
        ({"hosts": "a", "skip": ["nothing"]}, "there is no attribute 'nothing'"),
        ({"hosts": "a", "port": -1}, "port: a number"),
    ],
)
def test_wrong_options_are_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ssh(**options)


@pytest.mark.parametrize("files", ["gone", "known"])
def test_known_hosts_that_cannot_be_used_are_an_error(tmp_path: Path, files: str) -> None:
    (tmp_path / "known").write_text("@nonsense x y z\n")
    with pytest.raises(CmdbError, match="known_hosts: "):
        list(Ssh(hosts="a", known_hosts=files, config="none").discover(Context(tmp_path)))
