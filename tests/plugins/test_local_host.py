"""local_host against the machine the tests run on, corroborated by the tools an administrator would ask."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from cmdb_plugins._linux import NAMES
from cmdb_plugins.local_host import LocalHost

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.snapshot import Coverage, Observation
from cmdb.model.value import Value

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares with the tools of Linux")

TOLD = """
import json, sys
from cmdb.discovery.protocol import Context
from cmdb.model.snapshot import Observation
from cmdb_plugins.local_host import LocalHost

def told():
    findings = list(LocalHost().discover(Context()))
    (seen,) = [each for each in findings if isinstance(each, Observation)]
    lines = [[each.scope, each.attributes, each.status, each.reason] for each in findings if each is not seen]
    lasting = {name: value for name, value in seen.attributes.items() if name not in ("uptime", "booted")}
    return {"kind": seen.kind, "key": seen.key, "attributes": lasting, "lines": lines}
"""


def found(**options: Value) -> tuple[Observation, tuple[Coverage, ...]]:
    findings: list[Finding] = list(LocalHost(**options).discover(Context()))
    (observation,) = (each for each in findings if isinstance(each, Observation))
    return observation, tuple(each for each in findings if isinstance(each, Coverage))


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def run(script: str, *around: str) -> Value:
    """What a script prints as JSON, run inside other commands."""
    return json.loads(said(*around, sys.executable, "-c", TOLD + script))


@pytest.fixture(scope="module")
def here() -> tuple[Observation, tuple[Coverage, ...]]:
    return found()


@pytest.fixture(scope="module")
def seen(here: tuple[Observation, tuple[Coverage, ...]]) -> Mapping[str, Value]:
    return here[0].attributes


@pytest.fixture(scope="module")
def as_nobody() -> tuple[str, ...]:
    """The words before a command that is to run without root."""
    if os.geteuid() != 0:
        return ()
    words = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    python = subprocess.run([*words, sys.executable, "-c", TOLD], capture_output=True, check=False)
    if python.returncode:
        pytest.skip("this Python and its packages are closed to others than root")
    return words


def test_system_is_what_the_machine_says(seen: Mapping[str, Value]) -> None:
    assert seen["hostname"] == socket.gethostname().partition(".")[0]
    assert seen["kernel"] == said("uname", "-r").strip()
    assert seen["architecture"] == said("uname", "-m").strip()
    fields = platform.freedesktop_os_release()
    assert (seen["os"], seen["os_version"], seen["os_name"]) == (
        fields["ID"],
        fields.get("VERSION_ID"),
        fields["PRETTY_NAME"],
    )


def test_capacity_is_what_psutil_and_free_say(seen: Mapping[str, Value]) -> None:
    assert seen["cpu_count"] == psutil.cpu_count(logical=True) == int(said("getconf", "_NPROCESSORS_ONLN"))
    assert seen["cpu_model"] in said("lscpu")
    assert seen["memory"] == psutil.virtual_memory().total
    assert seen["swap"] == psutil.swap_memory().total
    if shutil.which("free"):
        memory, swap = (line.split()[1] for line in said("free", "-b").splitlines()[1:])
        assert (seen["memory"], seen["swap"]) == (int(memory), int(swap))


def test_root_file_system_has_the_size_that_statvfs_says(seen: Mapping[str, Value]) -> None:
    answer = os.statvfs("/")
    root = next(part for part in psutil.disk_partitions() if part.mountpoint == "/")
    assert seen["mounts"]["/"] == {
        "device": root.device,
        "filesystem": root.fstype,
        "size": answer.f_blocks * answer.f_frsize,
    }


def test_addresses_are_those_of_the_kernel(seen: Mapping[str, Value]) -> None:
    for name, interface in seen["interfaces"].items():
        folder = Path("/sys/class/net") / name
        assert interface["mtu"] == int((folder / "mtu").read_text())
        assert interface.get("mac", "") in (folder / "address").read_text()
        known = {each.address.partition("%")[0] for each in psutil.net_if_addrs()[name]}
        assert {cidr.partition("/")[0] for cidr in interface["addresses"]} <= known
    assert "lo" not in seen["interfaces"]
    assert not [address for address in seen["ip_addresses"] if address.startswith(("127.", "fe80:", "::1"))]
    assert set(seen["mac_addresses"]) <= {each["mac"] for each in seen["interfaces"].values() if "mac" in each}


def test_default_gateway_is_that_of_the_route(seen: Mapping[str, Value]) -> None:
    routes = [line.split() for line in said("ip", "-4", "route", "show", "default").splitlines()]
    assert seen["default_gateway"] in ([route[2] for route in routes] or [seen["default_gateway"]])


def test_name_servers_are_those_of_the_resolver(seen: Mapping[str, Value]) -> None:
    listed = re.findall(r"^nameserver (\S+)", Path("/etc/resolv.conf").read_text(), re.MULTILINE)
    assert "127.0.0.53" in listed or seen["dns_servers"] == tuple(sorted(listed))


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="no dpkg here")
def test_packages_are_those_that_dpkg_lists_as_installed(seen: Mapping[str, Value]) -> None:
    rows = [line.split() for line in said("dpkg", "--list").splitlines() if line[:2] in ("ii", "hi")]
    native = said("dpkg", "--print-architecture").strip()
    listed = {row[1].removesuffix(f":{native}"): row[2] for row in rows}
    assert seen["packages"] == listed
    assert len(listed) > 50


def test_a_new_listening_socket_is_the_only_difference() -> None:
    script = """
import socket
before = told()
with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("::1", 0), family=socket.AF_INET6) as two:
    during, ports = told(), [one.getsockname()[1], two.getsockname()[1]]
    connected = socket.create_connection(one.getsockname())
    client = told()
    connected.close()
after = told()
print(json.dumps([before, during, client, after, sorted(ports)]))
"""
    before, during, client, after, ports = run(script, *alone())
    assert before == after
    assert during["attributes"].pop("listening_ports") == ports
    assert before["attributes"].pop("listening_ports") == []
    assert during == before
    assert client["attributes"].pop("listening_ports") == ports


def test_udp_ports_of_clients_are_not_listening() -> None:
    script = """
import socket
server, client, connected = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
server.bind(("0.0.0.0", 5514))
client.sendto(b"", ("127.0.0.1", 5514))
connected.connect(("127.0.0.1", 5514))
print(json.dumps([told()["attributes"]["listening_udp_ports"], client.getsockname()[1]]))
"""
    ports, ephemeral = run(script, *alone())
    assert ports == [5514]
    assert ephemeral not in ports


def alone() -> tuple[str, ...]:
    """In a network of its own, where nobody else listens."""
    up = 'ip link set lo up && exec "$@"'
    return ("unshare", *(() if os.geteuid() == 0 else ("-r",)), "-n", "sh", "-c", up, "sh")


def test_without_root_the_same_is_seen(
    here: tuple[Observation, tuple[Coverage, ...]], as_nobody: tuple[str, ...]
) -> None:
    told = run("print(json.dumps(told()))", *as_nobody)
    mine = json.loads(json.dumps({**here[0].attributes}))
    for name in ("listening_ports", "listening_udp_ports"):  # other tests of this machine listen as they like
        assert isinstance(told["attributes"].pop(name), list)
        mine.pop(name)
    for name in ("uptime", "booted"):
        mine.pop(name)
    assert told["attributes"] == {name: value for name, value in mine.items() if name in told["attributes"]}
    hidden = {"serial_number", "uuid"}
    assert mine.keys() - told["attributes"].keys() <= hidden


def test_without_root_what_the_firmware_hides_is_failed_with_its_reason(as_nobody: tuple[str, ...]) -> None:
    script = """
from cmdb_plugins._machine import ThisMachine
from cmdb_plugins._linux_system import firmware
from cmdb_plugins._machine import NotSeen
found = firmware(ThisMachine(root=sys.argv[1], path=sys.argv[1] + "/bin"))
print(json.dumps({name: [one.status, one.reason] if isinstance(one, NotSeen) else one for name, one in found.items()}))
"""
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        folder = Path(root) / "sys/class/dmi/id"
        folder.mkdir(parents=True)
        for name, text, mode in FIRMWARE:
            (folder / name).write_text(f"{text}\n")
            (folder / name).chmod(mode)
        (Path(root) / "proc").mkdir()
        (Path(root) / "proc/cpuinfo").write_text("flags : fpu\n")
        told = json.loads(said(*as_nobody, sys.executable, "-c", TOLD + script, root))
    assert told == {
        "serial_number": ["failed", "no permission to read /sys/class/dmi/id/product_serial"],
        "uuid": ["failed", "no permission to read /sys/class/dmi/id/product_uuid"],
        "manufacturer": "LENOVO",
        "model": "ThinkSystem SR650",
        "asset_tag": ["partial", "the firmware has only a placeholder"],
        "firmware": "IVE142E-2.30",
    }


FIRMWARE = (
    ("product_serial", "J300ABCD", 0o000),
    ("product_uuid", "4c4c4544-0044", 0o000),
    ("sys_vendor", "LENOVO", 0o444),
    ("product_name", "ThinkSystem SR650", 0o444),
    ("chassis_asset_tag", "Default string", 0o444),
    ("bios_version", "IVE142E-2.30", 0o444),
)


def test_every_attribute_is_either_carried_or_named_with_a_reason(
    here: tuple[Observation, tuple[Coverage, ...]],
) -> None:
    observation, lines = here
    assert {line.scope for line in lines} == {f"key={observation.key}"}
    assert [line.attributes for line in lines if line.status == "complete"] == [("*",)]
    doubts = [line for line in lines if line.status != "complete"]
    named = {name for line in doubts for name in line.attributes}
    assert all(line.reason and "*" not in line.attributes for line in doubts)
    assert observation.attributes.keys() | {name for name in named if "." not in name} == NAMES
    assert not named & observation.attributes.keys()


@pytest.mark.skipif(Path("/run/systemd/system").exists(), reason="systemd runs here")
def test_services_nobody_manages_are_partial_not_empty(here: tuple[Observation, tuple[Coverage, ...]]) -> None:
    observation, lines = here
    (line,) = (line for line in lines if "services_enabled" in line.attributes)
    assert (line.status, "service manager" in line.reason) == ("partial", True)
    assert "services_enabled" not in observation.attributes


def test_two_looks_in_a_row_are_equal(seen: Mapping[str, Value]) -> None:
    again = dict(found()[0].attributes)
    for name in ("listening_ports", "listening_udp_ports", "uptime", "booted"):
        again[name] = seen[name]
    assert again == seen


@pytest.fixture
def own_dpkg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of this machine's package database, which real dpkg reads."""
    status = Path("/var/lib/dpkg/status")
    if not status.exists():
        pytest.skip("no dpkg here")
    shutil.copy(status, tmp_path / "status")
    monkeypatch.setenv("DPKG_ADMINDIR", str(tmp_path))
    yield tmp_path / "status"


def test_a_removed_package_is_the_only_difference(own_dpkg: Path, seen: Mapping[str, Value]) -> None:
    paragraphs = own_dpkg.read_text("utf-8").split("\n\n")
    own_dpkg.write_text("\n\n".join(each for each in paragraphs if "Package: tar\n" not in each), "utf-8")
    after = found()[0].attributes
    assert seen["packages"].keys() - after["packages"].keys() == {"tar"}
    assert {**after["packages"], "tar": seen["packages"]["tar"]} == seen["packages"]


def test_a_package_that_left_only_its_configuration_is_not_installed(own_dpkg: Path) -> None:
    text = own_dpkg.read_text("utf-8")
    tar = next(each for each in text.split("\n\n") if "Package: tar\n" in each)
    own_dpkg.write_text(text.replace(tar, tar.replace("install ok installed", "deinstall ok config-files")), "utf-8")
    assert "tar" not in found()[0].attributes["packages"]


def test_a_second_architecture_has_a_name_of_its_own(own_dpkg: Path, seen: Mapping[str, Value]) -> None:
    text = own_dpkg.read_text("utf-8").rstrip()
    foreign = "i386" if "Architecture: i386" not in text else "riscv64"
    own_dpkg.write_text(
        f"{text}\n\nPackage: libc6\nStatus: install ok installed\nMulti-Arch: same\nArchitecture: {foreign}\n"
        "Maintainer: m <m@example.org>\nVersion: 2.0-1\nDescription: c\n\n",
        "utf-8",
    )
    assert found()[0].attributes["packages"] == {**seen["packages"], f"libc6:{foreign}": "2.0-1"}


def test_skipped_attributes_are_neither_carried_nor_claimed() -> None:
    observation, lines = found(skip=["packages", "mounts", "fqdn"])
    assert not {"packages", "mounts", "fqdn"} & observation.attributes.keys()
    assert not {"packages", "mounts", "fqdn"} & {name for line in lines for name in line.attributes}
    assert found(skip="packages")[0].attributes.keys() == {*observation.attributes, "mounts"}


def test_the_name_stays_the_key_even_where_it_is_skipped(here: tuple[Observation, tuple[Coverage, ...]]) -> None:
    observation, _ = found(skip=["hostname", "virtualization"])
    assert (observation.key, observation.kind) == (here[0].key, here[0].kind)
    assert "hostname" not in observation.attributes


def test_the_kind_may_be_said() -> None:
    assert found(kind="hypervisor", skip=sorted(NAMES))[0].kind == "hypervisor"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"skip": ["colour"]}, "there is no attribute 'colour'"),
        ({"skip": 5}, "skip"),
        ({"skip": [""]}, "skip"),
        ({"kind": 5}, "kind"),
        ({"command_timeout": 0}, "command_timeout: has to be more than nothing"),
        ({"command_timeout": "soon"}, "command_timeout: 'soon' is no duration"),
        ({"command_timeout": True}, "command_timeout"),
    ],
)
def test_wrong_options_are_refused(options: Mapping[str, Value], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        LocalHost(**options)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError):
        found(hostname="web-1")
