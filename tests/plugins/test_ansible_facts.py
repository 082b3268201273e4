"""ansible_facts over what real Ansible leaves behind, and over each shape in which people keep it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cmdb_plugins._linux import LINUX
from cmdb_plugins._machine import ThisMachine
from cmdb_plugins._probe import look
from cmdb_plugins.ansible_facts import AnsibleFacts

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage, Observation
from cmdb.model.value import Value

ANSIBLE = shutil.which("ansible", path=str(Path(sys.executable).parent))
PYTHON = "/usr/bin/python3"
real_ansible = pytest.mark.skipif(ANSIBLE is None or not Path(PYTHON).exists(), reason="ansible-core is not installed")
INVENTORY = f"""
[all]
web-1.example.org ansible_connection=local
dead ansible_host=127.0.0.1 ansible_port=1
nopy ansible_connection=local ansible_python_interpreter=/nonexistent/python
[all:vars]
ansible_python_interpreter={PYTHON}
"""
NETWORK = frozenset({"interfaces", "ip_addresses", "mac_addresses", "default_gateway"})


def told(root: Path, path: Value = ".", **options: Value) -> tuple[dict[str, Observation], list[Coverage]]:
    """Observations by key, and all coverage lines."""
    findings: list[Finding] = list(AnsibleFacts(path=path, **options).discover(Context(root)))
    seen = [each for each in findings if isinstance(each, Observation)]
    assert len({each.key for each in seen}) == len(seen)
    return {each.key: each for each in seen}, [each for each in findings if isinstance(each, Coverage)]


def write(root: Path, name: str, text: Value) -> Path:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text if isinstance(text, str) else json.dumps(text))
    return place


def ansible(home: Path, *words: str, **environment: str) -> str:
    """What ansible prints; its exit code tells only of hosts that failed."""
    (home / "inventory.ini").write_text(INVENTORY)
    own = {
        **os.environ,
        "ANSIBLE_HOME": str(home / ".home"),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_NOCOLOR": "1",
        **environment,
    }
    command = [str(ANSIBLE), "all", "-i", str(home / "inventory.ini"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=own, cwd=home, check=False).stdout


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tree, the fact cache and the printed text of one real run on three hosts."""
    home = tmp_path_factory.mktemp("ansible")
    cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(home / "cache")}
    write(home, "printed.txt", ansible(home, "-m", "setup", "--tree", str(home / "tree"), **cache))
    return home


@real_ansible
@pytest.mark.parametrize("path", ["printed.txt", "tree", "tree/*", "cache"])
def test_real_ansible_sees_what_local_host_sees(run: Path, path: str) -> None:
    (seen,) = told(run, path)[0].values()
    here = look(ThisMachine(), LINUX).values
    shared = seen.attributes.keys() & here.keys() - {"memory", "swap"}
    assert {name: seen.attributes[name] for name in shared} == {name: here[name] for name in shared}
    assert shared >= {
        "hostname",
        "os",
        "os_version",
        "kernel",
        "architecture",
        "cpu_count",
        "cpu_model",
        "mounts",
        *NETWORK,
    }
    for name in ("memory", "swap"):
        assert 0 <= here[name] - seen.attributes[name] < 1024 * 1024
    assert seen.key == "web-1.example.org"
    assert seen.at is not None
    assert seen.at.tzinfo is UTC


@real_ansible
@pytest.mark.parametrize("path", ["printed.txt", "tree"])
def test_real_hosts_that_failed_are_failed_with_ansibles_words(run: Path, path: str) -> None:
    seen, lines = told(run, path)
    failed = {line.scope: line for line in lines if line.status == "failed"}
    assert failed.keys() == {"key=dead", "key=nopy"}
    assert failed["key=dead"].attributes == ("*",)
    assert "Connection refused" in failed["key=dead"].reason
    assert "/nonexistent/python" in failed["key=nopy"].reason
    assert seen.keys() == {"web-1.example.org"}


@real_ansible
def test_real_packages_a_line_per_host_join_the_other_facts(run: Path) -> None:
    write(run, "joined/packages.txt", ansible(run, "-m", "package_facts", "-o"))
    alone, lines = told(run, "joined")
    assert alone["web-1.example.org"].attributes.keys() == {"packages"}
    assert {line.scope for line in lines if line.status == "failed"} == {"key=dead", "key=nopy"}
    if shutil.which("dpkg-query"):
        assert alone["web-1.example.org"].attributes["packages"] == look(ThisMachine(), LINUX).values["packages"]
    shutil.copy(run / "printed.txt", run / "joined")
    joined = told(run, "joined")[0]["web-1.example.org"]
    assert {"hostname", "kernel", "packages"} <= joined.attributes.keys()
    assert (joined.kind, alone["web-1.example.org"].kind) == (told(run, "tree")[0]["web-1.example.org"].kind, "compute")


@real_ansible
def test_a_real_cut_recording_costs_the_host_it_cuts(run: Path) -> None:
    whole = (run / "printed.txt").read_text()
    write(run, "cut/all.txt", f"{whole}\nweb-2 | SUCCESS => {{\n" + whole.partition("SUCCESS => {\n")[2][:900])
    seen, lines = told(run, "cut")
    assert seen.keys() == {"web-1.example.org"}
    (line,) = (line for line in lines if line.scope == "key=web-2")
    assert (line.status, line.attributes) == ("failed", ("*",))
    assert line.reason.startswith("cut/all.txt: what starts in line ")


FACTS: dict[str, Value] = {
    "ansible_hostname": "web-1",
    "ansible_fqdn": "web-1.example.org",
    "ansible_distribution": "Rocky",
    "ansible_distribution_version": "9.3",
    "ansible_date_time": {"iso8601": "2026-11-01T02:00:05Z"},
    "ansible_virtualization_role": "host",
    "ansible_virtualization_type": "kvm",
}
RESULT = {"ansible_facts": FACTS, "changed": False}


@pytest.mark.parametrize(
    ("name", "text", "path", "key"),
    [
        ("facts/web", RESULT, "facts", "web"),
        ("facts/web.example.org", RESULT, "facts/*", "web.example.org"),
        ("facts/web.json", FACTS, "facts", "web"),
        ("facts/a/b/web.json", RESULT, "facts", "web"),
        ("facts/web", FACTS, "facts/web", "web"),
        ("setup.json", RESULT, "setup.json", "web-1.example.org"),
        ("setup.json", [RESULT], "setup.json", "web-1.example.org"),
        ("facts/s1_web", {"__payload__": json.dumps(FACTS)}, "facts", "web"),
        ("x/hosts.json", {"web": RESULT, "other": {"ansible_host": "x"}, "note": "x"}, "x", "web"),
        ("x.json", {"inventory_hostname": "web", **FACTS}, "x.json", "web"),
        ("x.jsonl", json.dumps({"host": "web", **RESULT}) + "\n\n" + json.dumps({"ping": "pong"}), "x.jsonl", "web"),
        ("x.txt", f"web | SUCCESS => {json.dumps(RESULT, indent=4)}\n", "x.txt", "web"),
        ("x.txt", f"\x1b[0;32mweb | SUCCESS => {json.dumps(RESULT)}\x1b[0m\n", "x.txt", "web"),
        ("x.txt", f"PLAY [all] ***\n\nok: [web] => {json.dumps(RESULT)}\n\nPLAY RECAP\n", "x.txt", "web"),
        ("x.json", {"plays": [{"tasks": [{"hosts": {"web": RESULT}}]}], "stats": {}}, "x.json", "web"),
        ("x.jsonl", '{"_event": "start"}\n' + json.dumps({"_event": "ok", "hosts": {"web": RESULT}}), "x.jsonl", "web"),
        (
            "facts/web",
            {"nodename": "n", "distribution": "Rocky", "distribution_version": "9.3", "hostname": "web-1"},
            "facts",
            "web",
        ),
        ("facts/web", "\ufeff" + json.dumps(RESULT), "facts", "web"),
    ],
)
def test_shapes_in_which_facts_are_kept(tmp_path: Path, name: str, text: Value, path: str, key: str) -> None:
    write(tmp_path, name, text)
    seen, lines = told(tmp_path, path)
    assert seen[key].attributes["os"] == "rocky"
    assert seen[key].attributes["hostname"] == "web-1"
    assert {line.status for line in lines if line.scope == f"key={key}"} == {"complete"}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (
            "f/web-2.json",
            '{"ansible_facts": {"ansible_host',
            "f/web-2.json: neither facts as JSON nor what ansible prints",
        ),
        ("f/web-2", "", "f/web-2: is empty"),
        ("f/web-2", " \n", "f/web-2: is empty"),
        ("f/web-2", "[" * 100_000, "f/web-2: neither facts as JSON"),
        ("f/web-2", "hello: world\n", "f/web-2: neither facts as JSON"),
        ("f/web-2", {"hello": "world"}, "f/web-2: holds no facts of any host"),
        ("f/web-2", "5", "f/web-2: holds no facts of any host"),
        ("f/web-2", {"ansible_facts": {}}, "the recording holds no facts that say anything"),
        ("f/web-2", {"msg": "no such module", "changed": False}, "no such module"),
        ("f/web-2", {"failed": True, "module_stderr": "Traceback\nboom"}, "Traceback boom"),
        ("f/web-2", {"unreachable": True}, "Ansible gives no reason"),
        ("f/all.txt", "web-2 | UNREACHABLE!: no route\n", "no route"),
        ("f/all.txt", "web-2 | FAILED | rc=2 >>\nls: no such file\n", "ls: no such file"),
        ("f/all.txt", 'fatal: [web-2]: UNREACHABLE! => {"msg": "no route", "unreachable": true}\n', "no route"),
        ("f/all.txt", 'fatal: [web-2]: FAILED! => {"msg": "no space"}\n', "no space"),
    ],
)
def test_what_cannot_be_read_costs_its_host_and_says_why(tmp_path: Path, name: str, text: Value, reason: str) -> None:
    write(tmp_path, name, text)
    write(tmp_path, "f/web-1", RESULT)
    seen, lines = told(tmp_path, "f")
    assert seen.keys() == {"web-1"}
    (line,) = (line for line in lines if line.scope == "key=web-2")
    assert (line.status, line.attributes) == ("failed", ("*",))
    assert line.reason.startswith(reason)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    write(tmp_path, "f/web-1", RESULT)
    (tmp_path / "f/web-2").write_bytes(b"{\xff}")
    _, lines = told(tmp_path, "f")
    assert [line.reason for line in lines if line.status == "failed"] == ["f/web-2: is no text: byte 2 is not UTF-8"]


def test_a_line_that_is_cut_costs_the_file_not_its_hosts(tmp_path: Path) -> None:
    write(tmp_path, "all.jsonl", json.dumps({"host": "web-1", **RESULT}) + '\n{"host": "web-2", "ansible_f')
    seen, lines = told(tmp_path, "all.jsonl")
    assert seen.keys() == {"web-1"}
    assert [(line.scope, line.reason) for line in lines if line.status == "failed"] == [
        ("key=all", "all.jsonl: line 2 is cut off or garbled")
    ]


@pytest.mark.parametrize("path", ["nowhere", "*.json", "nowhere/**/x"])
def test_a_path_that_means_no_file_is_an_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(CmdbError, match="there is no file"):
        told(tmp_path, path)


def test_several_paths_absolute_ones_and_hidden_files(tmp_path: Path) -> None:
    write(tmp_path, "a/web-1", RESULT)
    write(tmp_path, "b/web-2.json", RESULT)
    write(tmp_path, "a/.hidden", "no facts")
    write(tmp_path, "a/.git/config", "no facts")
    seen, lines = told(tmp_path, [str(tmp_path / "a"), "b/*.json", "a/*", "b"])
    assert seen.keys() == {"web-1", "web-2"}
    assert {line.status for line in lines} == {"complete"}


@pytest.mark.parametrize("path", ["", (), [""], [5]])
def test_a_wrong_path_is_refused(path: Value) -> None:
    with pytest.raises(ValueError, match="path"):
        AnsibleFacts(path=path)


@pytest.mark.parametrize(("option", "word"), [({"color": "blue"}, "color"), ({"max_age": "a while"}, "duration")])
def test_options_are_checked(option: Mapping[str, Value], word: str) -> None:
    with pytest.raises((TypeError, ValueError), match=word):
        told(Path(), ".", **option)


@pytest.mark.parametrize(
    ("clock", "max_age", "reason"),
    [
        ({"iso8601": "2026-11-01T02:00:05Z"}, None, None),
        ({"iso8601": "2001-11-01T02:00:05Z"}, "36500d", None),
        ({"iso8601": "2001-11-01T02:00:05Z"}, "7d", "its facts are of 2001-11-01 02:00 UTC, which is too old"),
        ({"iso8601": "2001-11-01T02:00:05Z"}, 3600, "its facts are of 2001-11-01 02:00 UTC, which is too old"),
        ({}, "7d", "its facts are of nobody knows when, which is too old"),
    ],
)
def test_facts_that_are_too_old_are_told_and_not_trusted(
    tmp_path: Path, clock: Value, max_age: Value, reason: str | None
) -> None:
    write(tmp_path, "web", {"ansible_facts": {**FACTS, "ansible_date_time": clock}})
    seen, lines = told(tmp_path, max_age=max_age)
    assert seen.keys() == {"web"}
    assert [line for line in lines if line.status != "complete"] == (
        [Coverage("key=web", ("*",), "failed", reason)] if reason else []
    )


def test_the_later_of_two_recordings_wins_and_missing_facts_are_filled_in(tmp_path: Path) -> None:
    later = {**FACTS, "ansible_date_time": {"iso8601": "2026-11-02T02:00:05+01:00"}, "ansible_kernel": "6.2"}
    write(tmp_path, "a/web", {"ansible_facts": {**later, "ansible_distribution_version": "9.4"}})
    write(tmp_path, "b/web", {"ansible_facts": {**FACTS, "ansible_kernel": "6.1", "ansible_machine": "x86_64"}})
    (seen,) = told(tmp_path)[0].values()
    assert seen.attributes["kernel"] == "6.2"
    assert seen.attributes["os_version"] == "9.4"
    assert seen.attributes["architecture"] == "x86_64"
    assert seen.at == datetime(2026, 11, 2, 1, 0, 5, tzinfo=UTC)


def test_what_was_not_gathered_is_neither_claimed_nor_denied(tmp_path: Path) -> None:
    write(tmp_path, "web", RESULT)
    (seen,), lines = told(tmp_path)[0].values(), told(tmp_path)[1]
    assert lines == [Coverage("key=web", ("*",))]
    assert seen.attributes.keys() == {"hostname", "fqdn", "os", "os_version", "virtualization"}


def test_a_module_that_failed_costs_only_what_other_facts_do_not_say(tmp_path: Path) -> None:
    write(tmp_path, "setup/web", RESULT)
    write(tmp_path, "packages/web", {"failed": True, "msg": "Could not detect a package manager"})
    (seen,), lines = told(tmp_path)[0].values(), told(tmp_path)[1]
    (failed,) = (line for line in lines if line.status == "failed")
    assert failed.reason == "Could not detect a package manager"
    assert "packages" in failed.attributes
    assert not {"*", *seen.attributes} & set(failed.attributes)


def test_a_host_that_was_unreachable_once_is_not_trusted(tmp_path: Path) -> None:
    write(tmp_path, "one/web", RESULT)
    write(tmp_path, "two/web", {"unreachable": True, "msg": "no route"})
    seen, lines = told(tmp_path)
    assert seen.keys() == {"web"}
    assert Coverage("key=web", ("*",), "failed", "no route") in lines


def attributes(tmp_path: Path, **facts: Value) -> tuple[Observation, dict[str, Coverage]]:
    """What becomes of facts given without their prefix; lines that are not complete, by attribute."""
    write(tmp_path, "facts/web", {"ansible_facts": {f"ansible_{name}": value for name, value in facts.items()}})
    seen, lines = told(tmp_path, "facts")
    return seen["web"], {name: line for line in lines if line.status != "complete" for name in line.attributes}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"distribution": "RedHat", "distribution_version": "8.9"}, ("rhel", "8.9")),
        (
            {"distribution": "Debian", "distribution_version": "12.5", "distribution_major_version": "12"},
            ("debian", "12"),
        ),
        ({"distribution": "CentOS", "distribution_version": "7.9", "distribution_major_version": "7"}, ("centos", "7")),
        (
            {"distribution": "Ubuntu", "distribution_version": "22.04", "distribution_major_version": "22"},
            ("ubuntu", "22.04"),
        ),
        ({"distribution": "Archlinux", "distribution_version": "N/A"}, ("arch", None)),
        ({"distribution": "openSUSE Leap", "distribution_version": "15.5"}, ("opensuse-leap", "15.5")),
        (
            {"distribution": "Microsoft Windows Server 2022", "os_family": "Windows", "distribution_version": "10.0"},
            ("windows", "10.0"),
        ),
    ],
)
def test_systems_are_called_as_os_release_calls_them(tmp_path: Path, facts: Value, expected: tuple[str, str]) -> None:
    seen, _ = attributes(tmp_path, **facts)
    assert (seen.attributes["os"], seen.attributes["os_version"]) == expected


@pytest.mark.parametrize(
    ("role", "type_", "vendor", "expected", "kind"),
    [
        ("host", "kvm", "Dell", "none", "server"),
        ("NA", "NA", "Dell", "none", "server"),
        ("guest", "kvm", "QEMU", "kvm", "virtual_machine"),
        ("guest", "kvm", "Amazon EC2", "amazon", "virtual_machine"),
        ("guest", "VMware", "VMware, Inc.", "vmware", "virtual_machine"),
        ("guest", "VirtualPC", "Microsoft Corporation", "microsoft", "virtual_machine"),
        ("guest", "openstack", "OpenStack Foundation", "kvm", "virtual_machine"),
    ],
)
def test_technologies_are_called_as_systemd_calls_them(
    tmp_path: Path, role: str, type_: str, vendor: str, expected: str, kind: str
) -> None:
    seen, _ = attributes(tmp_path, virtualization_role=role, virtualization_type=type_, system_vendor=vendor)
    assert (seen.attributes["virtualization"], seen.kind) == (expected, kind)


def test_facts_that_do_not_tell_guest_from_metal_may_be_of_either(tmp_path: Path) -> None:
    assert attributes(tmp_path, hostname="web-1")[0].kind == "compute"
    assert next(iter(told(tmp_path, "facts", kind="pos_terminal")[0].values())).kind == "pos_terminal"


def test_firmware_that_ansible_could_not_read_is_partial(tmp_path: Path) -> None:
    firmware = {
        "product_serial": "NA",
        "product_uuid": "4C4C4544-0044",
        "system_vendor": "Dell Inc.",
        "product_name": "R640",
    }
    seen, doubts = attributes(tmp_path, virtualization_role="NA", virtualization_type="NA", **firmware)
    assert {"uuid": "4c4c4544-0044", "manufacturer": "Dell Inc.", "model": "R640"}.items() <= seen.attributes.items()
    assert doubts.keys() == {"serial_number"}
    assert doubts["serial_number"].status == "partial"


def test_firmware_inside_a_container_is_the_hosts(tmp_path: Path) -> None:
    seen, doubts = attributes(
        tmp_path, virtualization_role="guest", virtualization_type="docker", product_serial="J300", product_uuid="4c4c"
    )
    assert seen.attributes == {"virtualization": "docker"}
    assert doubts.keys() == {"serial_number", "uuid"}


@pytest.mark.parametrize(
    ("processor", "expected"),
    [
        (
            ["0", "GenuineIntel", "Intel(R)  Xeon(R) Gold", "1", "GenuineIntel", "Intel(R) Xeon(R) Gold"],
            "Intel(R) Xeon(R) Gold",
        ),
        (["0", "ARMv7 Processor rev 4 (v7l)", "1", "ARMv7 Processor rev 4 (v7l)"], "ARMv7 Processor rev 4 (v7l)"),
        (["0", "POWER9"], "POWER9"),
        ("Apple M1", "Apple M1"),
        (["0", "1"], None),
    ],
)
def test_processors(tmp_path: Path, processor: Value, expected: str | None) -> None:
    seen, _ = attributes(tmp_path, hostname="a", processor=processor, processor_vcpus=8)
    assert (seen.attributes.get("cpu_model"), seen.attributes["cpu_count"]) == (expected, 8)


def test_mounts_with_and_without_a_size(tmp_path: Path) -> None:
    rows = [
        {"device": "/dev/sda1", "mount": "/", "fstype": "ext4", "size_total": 1000, "size_available": 5, "uuid": "x"},
        {"device": "/dev/sdb1", "mount": "/data", "fstype": "xfs"},
        {"device": "nas:/x", "mount": "/mnt", "fstype": "nfs", "size_total": 5},
        {"device": "/dev/loop1", "mount": "/snap/core/1", "fstype": "squashfs", "size_total": 5},
    ]
    seen, doubts = attributes(tmp_path, mounts=rows)
    assert seen.attributes["mounts"] == {
        "/": {"device": "/dev/sda1", "filesystem": "ext4", "size": 1000},
        "/data": {"device": "/dev/sdb1", "filesystem": "xfs"},
        "/mnt": {"device": "nas:/x", "filesystem": "nfs"},
    }
    assert doubts.keys() == {'mounts."/data".size', 'mounts."/mnt".size'}


def test_interfaces_and_their_addresses(tmp_path: Path) -> None:
    seen, _ = attributes(
        tmp_path,
        interfaces=["lo", "eth0", "br-lan", "docker0"],
        eth0={
            "macaddress": "AA:BB:CC:00:00:01",
            "mtu": 1500,
            "ipv4": {"address": "10.0.0.5", "prefix": "24"},
            "ipv4_secondaries": [{"address": "10.0.0.6", "prefix": "24"}],
            "ipv6": [
                {"address": "fe80::1", "prefix": "64", "scope": "link"},
                {"address": "2001:db8::5", "prefix": "64", "scope": "global"},
            ],
        },
        br_lan={"macaddress": "00:00:00:00:00:00", "mtu": 1500},
        docker0={"ipv4": {"address": "172.17.0.1", "prefix": "16"}},
        default_ipv4={"gateway": "10.0.0.1"},
        dns={"nameservers": ["9.9.9.9", "1.1.1.1"]},
    )
    assert seen.attributes == {
        "interfaces": {
            "br-lan": {"addresses": (), "mtu": 1500},
            "eth0": {
                "mac": "aa:bb:cc:00:00:01",
                "mtu": 1500,
                "addresses": ("10.0.0.5/24", "10.0.0.6/24", "2001:db8::5/64"),
            },
        },
        "ip_addresses": ("10.0.0.5", "10.0.0.6", "2001:db8::5"),
        "mac_addresses": ("aa:bb:cc:00:00:01",),
        "default_gateway": "10.0.0.1",
        "dns_servers": ("1.1.1.1", "9.9.9.9"),
    }


def test_interfaces_without_their_details_are_not_claimed(tmp_path: Path) -> None:
    seen, doubts = attributes(tmp_path, hostname="a", interfaces=["lo", "eth0"])
    assert seen.attributes == {"hostname": "a"}
    assert not doubts


def test_no_default_route_is_seen_to_be_absent(tmp_path: Path) -> None:
    assert attributes(tmp_path, default_ipv4={}, default_ipv6={})[0].attributes == {"default_gateway": None}


def test_a_local_stub_hides_the_name_servers(tmp_path: Path) -> None:
    seen, doubts = attributes(tmp_path, hostname="a", dns={"nameservers": ["127.0.0.53"]})
    assert "dns_servers" not in seen.attributes
    assert doubts["dns_servers"].status == "partial"


def test_packages_of_every_manager(tmp_path: Path) -> None:
    rows: list[dict[str, Value]] = [
        {"name": "openssl", "version": "3.0.7", "release": "25.el9", "epoch": 1, "arch": "x86_64", "source": "rpm"},
        {"name": "glibc", "version": "2.34", "release": "83.el9", "epoch": None, "arch": "x86_64", "source": "rpm"},
        {"name": "glibc", "version": "2.34", "release": "83.el9", "epoch": None, "arch": "i686", "source": "rpm"},
        {"name": "musl", "version": "1.2.4", "release": "r2", "source": "apk"},
        {"name": "zlib1g:i386", "version": "1:1.2.13", "arch": "i386", "source": "apt"},
        {"name": "tar", "version": "1.34", "arch": "x86_64", "source": "apt"},
    ]
    packages: dict[str, list[Value]] = {}
    for row in rows:
        packages.setdefault(row["name"], []).append(row)
    write(tmp_path, "facts/web", {"ansible_facts": {"packages": packages}})
    assert told(tmp_path, "facts")[0]["web"].attributes["packages"] == {
        "glibc": "2.34-83.el9",
        "glibc:i686": "2.34-83.el9",
        "musl": "1.2.4-r2",
        "openssl": "1:3.0.7-25.el9",
        "tar": "1.34",
        "zlib1g:i386": "1:1.2.13",
    }


def services(tmp_path: Path, **services: Mapping[str, str]) -> tuple[Observation, list[Coverage]]:
    rows = {
        f"{name}.service": {"name": f"{name}.service", "source": "systemd", **row} for name, row in services.items()
    }
    write(
        tmp_path, "facts/web", {"ansible_facts": {"services": {**rows, "old": {"source": "sysv", "state": "running"}}}}
    )
    seen, lines = told(tmp_path, "facts")
    return seen["web"], lines


def test_services_of_systemd(tmp_path: Path) -> None:
    seen, lines = services(
        tmp_path, ssh={"status": "enabled", "state": "running"}, cron={"status": "disabled", "state": "stopped"}
    )
    assert seen.attributes == {"services_enabled": ("ssh",), "services_failed": ()}
    assert {line.status for line in lines} == {"complete"}


def test_a_failed_service_may_be_enabled_too(tmp_path: Path) -> None:
    seen, lines = services(tmp_path, ssh={"status": "enabled"}, nginx={"status": "failed", "state": "stopped"})
    assert seen.attributes == {"services_enabled": ("ssh",), "services_failed": ("nginx",)}
    assert [(line.attributes, line.status) for line in lines if line.status != "complete"] == [
        (("services_enabled",), "partial")
    ]


def test_services_without_systemd_are_partial_not_empty(tmp_path: Path) -> None:
    write(
        tmp_path,
        "facts/web",
        {"ansible_facts": {**FACTS, "services": {"cron": {"source": "sysv", "state": "running"}}}},
    )
    seen, lines = told(tmp_path, "facts")
    assert "services_enabled" not in seen["web"].attributes
    assert [line.attributes for line in lines if line.status == "partial"] == [("services_enabled", "services_failed")]


def test_listening_ports_where_they_were_gathered(tmp_path: Path) -> None:
    rows = [{"port": 443, "address": "0.0.0.0"}, {"port": 22, "address": "::"}, {"port": 22, "address": "0.0.0.0"}]
    write(tmp_path, "facts/web", {"ansible_facts": {"tcp_listen": rows, "udp_listen": []}})
    assert told(tmp_path, "facts")[0]["web"].attributes == {"listening_ports": (22, 443)}


def test_facts_that_make_no_sense_cost_only_themselves(tmp_path: Path) -> None:
    seen, doubts = attributes(tmp_path, hostname="web-1", mounts=[{"device": 5}], memtotal_mb="much", dns="x")
    assert seen.attributes == {"hostname": "web-1"}
    assert {doubts[name].status for name in ("mounts", "memory", "dns_servers")} == {"failed"}


def test_the_environment_among_the_facts_is_not_read(tmp_path: Path) -> None:
    seen, lines = attributes(tmp_path, hostname="web-1", env={"TOKEN": "s3cret-in-the-clear"}, local={"x": "s3cret"})
    assert "s3cret" not in repr((seen, lines))
