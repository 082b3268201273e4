"""Systems that are not at hand: their files and the output of their commands, recorded, read by real commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cmdb_plugins import (
    _linux_network,
    _linux_packages,
    _linux_security,
    _linux_services,
    _linux_storage,
    _linux_system,
)
from cmdb_plugins._machine import Machine, NotSeen, ThisMachine
from cmdb_plugins._probe import Probe, Sight, look

from cmdb.model.value import Value

CPU = "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nflags\t\t: fpu {}\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 7B13\n"


@pytest.fixture
def machine(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


class Recorded:
    """A machine made of files and of commands that print what they once printed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        self.machine = ThisMachine(root=str(root), path=str(root / "bin"))

    def files(self, texts: Mapping[str, str]) -> Recorded:
        for path, text in texts.items():
            place = self.root / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return self

    def folder(self, path: str) -> Recorded:
        (self.root / path.lstrip("/")).mkdir(parents=True)
        return self

    def link(self, path: str, target: str) -> Recorded:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        return self

    def command(self, name: str, output: str, *, on: str = "*", code: int = 0) -> Recorded:
        """Prints `output` where the words after the command match a shell pattern."""
        place = self.root / "bin" / name
        text = place.read_text() if place.exists() else "#!/bin/sh\n"
        said = f"cat <<'SAID'\n{output}\nSAID\n" if output else ""
        place.write_text(f'{text}case "$*" in {on})\n{said}exit {code};; esac\n')
        place.chmod(0o755)
        return self


def probing(function: Callable[[Machine], Mapping[str, Value]]) -> tuple[Probe, ...]:
    """The probe that looks with a function."""
    return tuple(probe for probe in _linux_system.PROBES if probe.look is function)


def reason(sight: Sight, name: str) -> tuple[str, str]:
    why = sight.unseen[name]
    return why.status, why.reason


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ('ID="rocky"\nVERSION_ID="9.3"\nPRETTY_NAME="Rocky Linux 9.3 (Blue Onyx)"\n', ("rocky", "9.3")),
        ("ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME='Alpine Linux v3.19'\n", ("alpine", "3.19.1")),
        ('# rolling\nID=arch\n\nBUILD_ID=rolling\nPRETTY_NAME="Arch Linux"\n', ("arch", None)),
        ("NAME=Buildroot\n", ("linux", None)),
    ],
)
def test_operating_systems(machine: Recorded, release: str, expected: tuple[str, str | None]) -> None:
    machine.files({"/etc/os-release": release})
    seen = look(machine.machine, probing(_linux_system.operating_system)).values
    assert (seen["os"], seen["os_version"]) == expected


def test_os_release_may_stand_in_usr_lib(machine: Recorded) -> None:
    machine.files({"/usr/lib/os-release": "ID=void\n"})
    assert _linux_system.operating_system(machine.machine)["os"] == "void"


def test_without_os_release_the_reason_names_both_places(machine: Recorded) -> None:
    sight = look(machine.machine, probing(_linux_system.operating_system))
    assert reason(sight, "os") == ("partial", "there is no /etc/os-release; there is no /usr/lib/os-release")


@pytest.mark.parametrize(
    ("hostname", "hosts", "resolved", "expected"),
    [
        ("web-1.example.org", "", "", ("web-1", "web-1.example.org")),
        ("web-1", "127.0.1.1 web-1.example.org web-1\n", "web-1.other.org", ("web-1", "web-1.example.org")),
        ("web-1", "# 10.0.0.1 web-1.no.org web-1\n", "Web-1.Example.org.", ("web-1", "web-1.example.org")),
        ("web-1", "10.0.0.1 web-10.example.org web-10 web-1\n", "web-1", ("web-1", None)),
        ("web-1", "127.0.0.1 localhost\n", "localhost.localdomain", ("web-1", None)),
        ("localhost", "127.0.0.1 localhost.localdomain localhost\n", "localhost", ("localhost", None)),
    ],
)
def test_names(machine: Recorded, hostname: str, hosts: str, resolved: str, expected: tuple[str, str | None]) -> None:
    machine.files({"/proc/sys/kernel/hostname": f"{hostname}\n", "/etc/hosts": hosts}).command("hostname", resolved)
    seen = look(machine.machine, probing(_linux_system.names)).values
    assert (seen["hostname"], seen.get("fqdn")) == expected


@pytest.mark.parametrize(
    ("online", "count"), [("0-1\n", 2), ("0\n", 1), ("0,2-5,7\n", 6), ("", 2)], ids=["two", "one", "gaps", "listed"]
)
def test_processors_online(machine: Recorded, online: str, count: int) -> None:
    machine.files({"/proc/cpuinfo": CPU})
    if online:
        machine.files({"/sys/devices/system/cpu/online": online})
    assert _linux_system.processor(machine.machine) == {"cpu_count": count, "cpu_model": "AMD EPYC 7B13"}


def test_processors_of_arm_are_named_by_lscpu(machine: Recorded) -> None:
    machine.files({"/proc/cpuinfo": "processor\t: 0\nBogoMIPS\t: 108.00\nCPU part\t: 0xd08\n"})
    machine.command("lscpu", "Architecture:   aarch64\nModel name:             Cortex-A72")
    assert _linux_system.processor(machine.machine) == {"cpu_count": 1, "cpu_model": "Cortex-A72"}


def test_what_is_written_in_no_known_way_costs_only_itself(machine: Recorded) -> None:
    machine.files({"/proc/meminfo": "MemTotal: many kB\n", "/etc/hosts": "", "/proc/sys/kernel/hostname": "a\n"})
    sight = look(machine.machine, _linux_system.PROBES)
    assert sight.values["hostname"] == "a"
    assert reason(sight, "memory")[0] == "failed"
    assert "cannot make sense of what the machine says" in reason(sight, "memory")[1]


@pytest.mark.parametrize(("detected", "code", "expected"), [("kvm", 0, "kvm"), ("none", 1, "none"), ("lxc", 0, "lxc")])
def test_virtualization_by_systemd(machine: Recorded, detected: str, code: int, expected: str) -> None:
    machine.command("systemd-detect-virt", detected, code=code)
    assert _linux_system.virtualization(machine.machine) == {"virtualization": expected}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/proc/cpuinfo": CPU.format("")}, "none"),
        ({"/proc/cpuinfo": CPU.format("hypervisor")}, "vm-other"),
        ({"/proc/cpuinfo": CPU.format("hypervisor"), "/sys/class/dmi/id/sys_vendor": "QEMU\n"}, "kvm"),
        ({"/proc/cpuinfo": CPU.format("hypervisor"), "/sys/class/dmi/id/sys_vendor": "VMware, Inc.\n"}, "vmware"),
        ({"/proc/cpuinfo": CPU.format("hypervisor"), "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n"}, "amazon"),
        ({"/proc/cpuinfo": CPU.format("hypervisor"), "/.dockerenv": ""}, "docker"),
        ({"/run/.containerenv": 'engine="podman"\n'}, "podman"),
    ],
)
def test_virtualization_without_systemd(machine: Recorded, files: Mapping[str, str], expected: str) -> None:
    assert _linux_system.virtualization(machine.files(files).machine) == {"virtualization": expected}


def test_inside_a_container_the_firmware_is_the_hosts(machine: Recorded) -> None:
    machine.files({"/sys/class/dmi/id/product_serial": "J300ABCD\n"}).command("systemd-detect-virt", "docker")
    sight = look(machine.machine, probing(_linux_system.firmware))
    assert not sight.values
    assert reason(sight, "serial_number") == ("partial", "inside a container the firmware speaks of the host")


def test_firmware_of_a_board_with_a_device_tree(machine: Recorded) -> None:
    tree = "/sys/firmware/devicetree/base"
    machine.files({f"{tree}/model": "Raspberry Pi 4 Model B Rev 1.4\0", f"{tree}/serial-number": "10000000abcd\0"})
    machine.files({"/proc/cpuinfo": "processor : 0\n"})
    sight = look(machine.machine, probing(_linux_system.firmware))
    assert sight.values == {"model": "Raspberry Pi 4 Model B Rev 1.4", "serial_number": "10000000abcd"}
    assert reason(sight, "uuid") == ("partial", "the machine does not tell")


@pytest.mark.parametrize(
    ("link", "file", "expected"),
    [
        ("/usr/share/zoneinfo/Europe/Berlin", "", "Europe/Berlin"),
        ("../usr/share/zoneinfo/posix/Asia/Tokyo", "", "Asia/Tokyo"),
        ("", "America/New_York\n", "America/New_York"),
    ],
)
def test_time_zones(machine: Recorded, link: str, file: str, expected: str) -> None:
    if link:
        machine.link("/etc/localtime", link)
    if file:
        machine.files({"/etc/timezone": file})
    assert _linux_system.clock(machine.machine)["timezone"] == expected


@pytest.mark.parametrize(
    ("command", "output", "expected"),
    [
        ("timedatectl", "       Universal time: x\nSystem clock synchronized: yes\n  NTP service: active", True),
        ("timedatectl", "      NTP enabled: yes\n NTP synchronized: no", False),
        ("chronyc", "A9FEA97B,169.254.169.123,4,1700000000.0,0.1,0.1,0.1,-1,0,0,0.1,0.1,16.1,Normal", True),
        ("chronyc", "7F7F0101,,0,0.0,0,0,0,0,0,0,0,0,0,Not synchronised", False),
        ("busybox", "    return value: 0 (clock synchronized)", True),
        ("busybox", "    return value: 5 (clock not synchronized)", False),
    ],
)
def test_clocks(machine: Recorded, command: str, output: str, expected: bool) -> None:
    machine.folder("/run/systemd/system").command(command, output)
    assert _linux_system.clock(machine.machine)["ntp_synchronised"] is expected


IP = [
    {"ifname": "lo", "flags": ["LOOPBACK"], "mtu": 65536, "addr_info": [{"local": "127.0.0.1", "prefixlen": 8}]},
    {
        "ifname": "bond0",
        "flags": ["UP"],
        "mtu": 9000,
        "address": "3C:EC:EF:00:00:01",
        "addr_info": [
            {"local": "10.0.0.5", "prefixlen": 24, "scope": "global", "dynamic": True, "valid_life_time": 3000},
            {"local": "2001:db8::5", "prefixlen": 64, "scope": "global"},
            {"local": "2001:db8::dead:beef", "prefixlen": 64, "scope": "global", "temporary": True},
            {"local": "fe80::1", "prefixlen": 64, "scope": "link"},
        ],
    },
    {"ifname": "eth0.100", "flags": [], "mtu": 1500, "address": "3c:ec:ef:00:00:01", "addr_info": []},
    {"ifname": "docker0", "mtu": 1500, "address": "02:42:00:00:00:01", "addr_info": [{"local": "172.17.0.1"}]},
    {"ifname": "br-0123456789ab", "mtu": 1500, "addr_info": []},
    {"ifname": "veth12ab34c", "mtu": 1500, "addr_info": []},
    {"ifname": "wg0", "mtu": 1420, "addr_info": [{"local": "10.9.0.1", "prefixlen": 32, "scope": "global"}]},
    {},
]


def test_interfaces_that_stay_with_addresses_that_stay(machine: Recorded) -> None:
    machine.command("ip", json.dumps(IP), on="'-j address show'")
    assert _linux_network.interfaces(machine.machine) == {
        "interfaces": {
            "bond0": {"mac": "3c:ec:ef:00:00:01", "mtu": 9000, "addresses": ("10.0.0.5/24", "2001:db8::5/64")},
            "eth0.100": {"mac": "3c:ec:ef:00:00:01", "mtu": 1500, "addresses": ()},
            "wg0": {"mtu": 1420, "addresses": ("10.9.0.1/32",)},
        },
        "ip_addresses": ("10.0.0.5", "10.9.0.1", "2001:db8::5"),
        "mac_addresses": ("3c:ec:ef:00:00:01",),
    }


@pytest.mark.parametrize(
    ("four", "six", "expected"),
    [
        ([{"gateway": "10.0.0.1", "metric": 100}, {"gateway": "10.0.0.2", "metric": 50}], [], "10.0.0.2"),
        ([{"nexthops": [{"gateway": "10.0.0.9"}, {"gateway": "10.0.0.8"}]}], [], "10.0.0.9"),
        ([{"dev": "ppp0"}], [{"gateway": "fe80::1"}], "fe80::1"),
        ([{"via": {"family": "inet6", "host": "fe80::2"}}], [], "fe80::2"),
        ([], [], None),
    ],
)
def test_gateways(machine: Recorded, four: Value, six: Value, expected: str | None) -> None:
    machine.command("ip", json.dumps(four), on="'-j -4 route show default'")
    machine.command("ip", json.dumps(six), on="'-j -6 route show default'")
    assert _linux_network.gateway(machine.machine) == {"default_gateway": expected}


def test_gateway_without_the_ip_command(machine: Recorded) -> None:
    head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    rows = "eth1\t00000000\t0201A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    machine.files({"/proc/net/route": f"{head}{rows}eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"})
    assert _linux_network.gateway(machine.machine) == {"default_gateway": "192.168.1.1"}


def test_name_servers_behind_the_stub(machine: Recorded) -> None:
    machine.files(
        {
            "/etc/resolv.conf": "# stub\nnameserver 127.0.0.53\noptions edns0\n",
            "/run/systemd/resolve/resolv.conf": "nameserver 9.9.9.9\nnameserver fe80::1%eth0\n nameserver 1.1.1.1\n",
        }
    )
    assert _linux_network.name_servers(machine.machine) == {"dns_servers": ("1.1.1.1", "9.9.9.9", "fe80::1")}


SOCKETS = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def test_ports_with_reserved_ones_and_without_a_second_family(machine: Recorded) -> None:
    machine.files(
        {
            "/proc/net/tcp": SOCKETS
            + "   0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 1 1 0 100 0 0 10 0\n"
            + "   1: 0100007F:1538 0100007F:A000 01 0:0 00:0 0 999 0 2 1 0 20 4 30 10 -1\n"
            + "   2: 0100007F:1538 00000000:0000 0A 0:0 00:0 0 999 0 3 1 0 100 0 0 10 0\n",
            "/proc/net/udp": SOCKETS
            + "  10: 00000000:0035 00000000:0000 07 0:0 00:0 0 0 0 4 2 0 0\n"
            + "  11: 00000000:CA6C 00000000:0000 07 0:0 00:0 0 0 0 5 2 0 0\n"
            + "  12: 00000000:9C40 00000000:0000 07 0:0 00:0 0 0 0 6 2 0 0\n",
            "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
            "/proc/sys/net/ipv4/ip_local_reserved_ports": "50000,51820-51821\n",
        }
    )
    assert _linux_network.ports(machine.machine) == {
        "listening_ports": (22, 5432),
        "listening_udp_ports": (53, 51820),
    }


MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sda1 /etc/resolv.conf ext4 rw 0 0
systemd-1 /efi autofs rw 0 0
/dev/sda2 /efi vfat rw 0 0
/dev/mapper/vg-two\040words /srv/two\040words xfs rw 0 0
nas:/export /mnt/nas nfs4 rw 0 0
//files/share /mnt/share cifs rw 0 0
tank/data /tank zfs rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
/dev/sdb1 /media/usb vfat rw 0 0
/dev/sdc1 /secret ext4 rw 0 0
overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
"""


def test_mounts_that_stay_and_the_sizes_that_are_hidden(machine: Recorded) -> None:
    machine.files({"/proc/self/mounts": MOUNTS})
    sizes = "4096 1000 /\n512 2001 /srv/two words"
    machine.command("stat", sizes, on="'-f -c %S %b %n / /srv/two words /secret'", code=1)
    found = dict(_linux_storage.mounts(machine.machine))
    assert found.pop("mounts") == {
        "/": {"device": "/dev/sda1", "filesystem": "ext4", "size": 4096000},
        "/mnt/nas": {"device": "nas:/export", "filesystem": "nfs4"},
        "/mnt/share": {"device": "//files/share", "filesystem": "cifs"},
        "/secret": {"device": "/dev/sdc1", "filesystem": "ext4"},
        "/srv/two words": {"device": "/dev/mapper/vg-two words", "filesystem": "xfs", "size": 1024512},
        "/tank": {"device": "tank/data", "filesystem": "zfs"},
    }
    assert found.keys() == {
        'mounts."/mnt/nas".size',
        'mounts."/mnt/share".size',
        'mounts."/secret".size',
        'mounts."/tank".size',
    }
    assert all(isinstance(why, NotSeen) for why in found.values())


def test_a_mount_keeps_its_size_to_itself_where_stat_fails(machine: Recorded) -> None:
    machine.files({"/proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\n"}).command("stat", "no", code=2)
    sight = look(machine.machine, _linux_storage.PROBES)
    assert sight.values == {"mounts": {"/": {"device": "/dev/sda1", "filesystem": "ext4"}}}
    assert reason(sight, 'mounts."/".size') == ("failed", "stat -f ended with 2 and said: no")


RPM = (
    "bash\t(none)\t5.1.8\t6.el9\tx86_64\nopenssl\t1\t3.0.7\t25.el9\tx86_64\nglibc\t(none)\t2.34\t83.el9\tx86_64\n"
    "glibc\t(none)\t2.34\t83.el9\ti686\ntzdata\t0\t2024a\t1.el9\tnoarch\ngpg-pubkey\t(none)\t350d275d\t6279464b\t(none)\n"
    "kernel\t(none)\t5.14.0\t362.el9\tx86_64\nkernel\t(none)\t5.14.0\t70.el9\tx86_64"
)
APK = "C:Q1x\nP:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\n\nP:busybox\nV:1.36.1-r15\nA:x86_64\nr:a:b\n\n"


@pytest.mark.parametrize("folder", ["/lib/apk/db", "/usr/lib/apk/db"])
def test_packages_of_alpine(machine: Recorded, folder: str) -> None:
    machine.files({f"{folder}/installed": APK})
    assert _linux_packages.packages(machine.machine) == {"packages": {"busybox": "1.36.1-r15", "musl": "1.2.4-r2"}}


def test_packages_of_a_red_hat(machine: Recorded) -> None:
    machine.command("rpm", RPM)
    assert _linux_packages.packages(machine.machine)["packages"] == {
        "bash": "5.1.8-6.el9",
        "glibc": "2.34-83.el9",
        "glibc:i686": "2.34-83.el9",
        "kernel": "5.14.0-362.el9",
        "openssl": "1:3.0.7-25.el9",
        "tzdata": "2024a-1.el9",
    }


def test_packages_of_an_arch(machine: Recorded) -> None:
    machine.command("pacman", "acl 2.3.2-1\nlinux 6.7.arch3-1")
    assert _linux_packages.packages(machine.machine) == {"packages": {"acl": "2.3.2-1", "linux": "6.7.arch3-1"}}


@pytest.mark.parametrize(("output", "code"), [("dpkg-query: no packages found", 1), ("", 0)])
def test_a_package_manager_without_packages_is_not_in_charge(machine: Recorded, output: str, code: int) -> None:
    machine.command("dpkg-query", output, code=code).command("rpm", RPM)
    assert "bash" in _linux_packages.packages(machine.machine)["packages"]


def test_no_package_manager_is_not_no_packages(machine: Recorded) -> None:
    sight = look(machine.machine, _linux_packages.PROBES)
    assert not sight.values
    assert reason(sight, "packages")[0] == "partial"


UNITS = """cron.service              enabled enabled
getty@.service            enabled enabled
● ssh.service             enabled enabled"""


def test_services_of_systemd(machine: Recorded) -> None:
    machine.folder("/run/systemd/system")
    machine.command("systemctl", UNITS, on="'list-unit-files --state=enabled '*")
    machine.command("systemctl", "nginx.service loaded failed failed A web server, not x.service", on="list-units*")
    assert _linux_services.services(machine.machine) == {
        "services_enabled": ("cron", "getty@", "ssh"),
        "services_failed": ("nginx",),
    }


def test_services_of_a_systemd_that_does_not_answer(machine: Recorded) -> None:
    machine.folder("/run/systemd/system").command("systemctl", "Failed to connect to bus", code=1)
    sight = look(machine.machine, _linux_services.PROBES)
    assert reason(sight, "services_failed") == (
        "failed",
        "systemctl list-units ended with 1 and said: Failed to connect to bus",
    )


def test_no_service_enabled_is_an_empty_set_where_systemd_answers(machine: Recorded) -> None:
    machine.folder("/run/systemd/system").command("systemctl", "")
    assert _linux_services.services(machine.machine) == {"services_enabled": (), "services_failed": ()}


def test_services_of_openrc(machine: Recorded) -> None:
    machine.folder("/run/openrc").folder("/etc/runlevels/sysinit")
    machine.files({"/etc/runlevels/boot/hostname": "", "/etc/runlevels/default/sshd": ""})
    sight = look(machine.machine, _linux_services.PROBES)
    assert sight.values == {"services_enabled": ("hostname", "sshd")}
    assert reason(sight, "services_failed")[0] == "partial"


METAL = {"/proc/cpuinfo": CPU.format("")}
EFIVARS = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (METAL, {"fips_mode": False, "selinux": "disabled", "secure_boot": False}),
        (
            {**METAL, "/proc/sys/crypto/fips_enabled": "1\n", "/sys/fs/selinux/enforce": "1", EFIVARS: "\6\0\0\0\1"},
            {"fips_mode": True, "selinux": "enforcing", "secure_boot": True},
        ),
        (
            {**METAL, "/proc/sys/crypto/fips_enabled": "0\n", "/sys/fs/selinux/enforce": "0", EFIVARS: "\6\0\0\0\0"},
            {"fips_mode": False, "selinux": "permissive", "secure_boot": False},
        ),
        ({**METAL, "/.dockerenv": ""}, {"fips_mode": False}),
    ],
)
def test_what_guards_a_machine(machine: Recorded, files: Mapping[str, str], expected: Mapping[str, Value]) -> None:
    machine.files(files)
    sight = look(machine.machine, _linux_security.PROBES[:1])
    assert sight.values == expected
    assert all(why.status == "partial" for why in sight.unseen.values())


def test_accounts_are_those_that_have_a_shell(machine: Recorded) -> None:
    machine.files(
        {
            "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nsync:x:4:65534::/bin:/bin/sync\n"
            "ada:x:1000:1000:Ada:/home/ada:/bin/zsh\nplain:x:1001:1001::/home/plain:\nhalf:x:\nno:x:2:2::/:/bin/false\n"
        }
    )
    assert look(machine.machine, _linux_security.PROBES[1:2]).values == {"accounts": ("ada", "plain", "root")}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/run/reboot-required": "*** System restart required ***"}, True),
        ({"/usr/share/update-notifier/notify-reboot-required": "#!/bin/sh"}, False),
        ({}, None),
    ],
)
def test_a_restart_that_is_due(machine: Recorded, files: Mapping[str, str], expected: bool | None) -> None:
    machine.files({**files, "/proc/uptime": "3661.25 7000.00\n", "/proc/stat": "cpu 1 2\nbtime 1793491200\nctxt 5\n"})
    seen = look(machine.machine, _linux_security.PROBES[2:])
    assert (seen.values["uptime"], seen.values["booted"]) == (3661, "2026-11-01T00:00:00+00:00")
    assert seen.values.get("reboot_required") is expected
    assert ("reboot_required" in seen.unseen) is (expected is None)


def test_storage_is_the_capacity_of_the_disks(machine: Recorded) -> None:
    machine.files(METAL)
    for name, removable, sectors in [
        ("sda", 0, 2048), ("nvme0n1", 0, 4096), ("sdb", 1, 64), ("loop0", 0, 8), ("dm-0", 0, 2048), ("md0", 0, 2048),
        ("zram0", 0, 512), ("sr0", 1, 100), ("mmcblk0", 0, 16), ("mmcblk0boot0", 0, 8),
    ]:  # fmt: skip
        machine.files({f"/sys/block/{name}/removable": f"{removable}\n", f"/sys/block/{name}/size": f"{sectors}\n"})
    assert look(machine.machine, _linux_storage.PROBES[1:]).values == {"storage": (2048 + 4096 + 16) * 512}


def test_the_disks_that_a_container_sees_are_the_hosts(machine: Recorded) -> None:
    machine.files({**METAL, "/.dockerenv": "", "/sys/block/sda/removable": "0", "/sys/block/sda/size": "8"})
    assert reason(look(machine.machine, _linux_storage.PROBES[1:]), "storage")[0] == "partial"


def test_names_and_kernel_of_other_systems_than_linux(machine: Recorded) -> None:
    machine.command("uname", "bsd-1.example.org", on="-n").command("uname", "14.1-RELEASE", on="-r")
    machine.command("uname", "amd64", on="-m")
    sight = look(machine.machine, probing(_linux_system.names) + probing(_linux_system.kernel))
    assert sight.values == {
        "hostname": "bsd-1",
        "fqdn": "bsd-1.example.org",
        "kernel": "14.1-RELEASE",
        "architecture": "amd64",
    }
