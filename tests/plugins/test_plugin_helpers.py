"""What every source of hosts shares: what stays, how packages are named, how coverage is written."""

from __future__ import annotations

import string

import pytest
from cmdb_plugins._claims import Partly, lost, scope_of, told
from cmdb_plugins._lasting import (
    address_stays,
    interface_stays,
    mount_stays,
    qualified_name,
    real_mac,
    says_something,
)
from cmdb_plugins._machine import NotSeen
from cmdb_plugins._packages import Package, by_name, full_version
from hypothesis import given
from hypothesis import strategies as st

from cmdb.model.snapshot import Coverage, Observation
from cmdb.model.value import Value

STAYING = (
    "eth0",
    "ens3",
    "enp0s31f6",
    "eno1np0",
    "bond0",
    "team0",
    "br0",
    "vmbr0",
    "eth0.100",
    "vlan20",
    "wlan0",
    "wg0",
    "ib0",
)
PASSING = (
    "lo",
    "veth12ab",
    "docker0",
    "br-0123456789ab",
    "virbr0",
    "vnet3",
    "cni0",
    "cali123",
    "tun0",
    "ifb0",
    "dummy0",
    "sit0",
)


@pytest.mark.parametrize("name", STAYING)
def test_interfaces_that_stay(name: str) -> None:
    assert interface_stays(name)


@pytest.mark.parametrize("name", PASSING)
def test_interfaces_that_pass(name: str) -> None:
    assert not interface_stays(name)


@pytest.mark.parametrize(
    ("device", "point", "filesystem", "expected"),
    [
        ("/dev/vda1", "/", "ext4", True),
        ("/dev/vda1", "/var/lib/docker", "ext4", False),
        ("/dev/vda1", "/var/lib/postgresql", "ext4", True),
        ("/dev/vda1", "/running", "ext4", True),
        ("/dev/vda1", "/run/user/1000/doc", "fuse.portal", False),
        ("nas:/x", "/mnt", "nfs4", True),
        ("tank/x", "/tank", "zfs", True),
        ("tmpfs", "/tmp", "tmpfs", False),
        ("overlay", "/", "overlay", False),
        ("/dev/loop1", "/snap/core/1", "squashfs", False),
        ("/dev/sr0", "/cd", "iso9660", False),
        ("/dev/vda", "/etc/hosts", "ext4", False),
    ],
)
def test_mounts_that_stay(device: str, point: str, filesystem: str, expected: bool) -> None:
    assert mount_stays(device, point, filesystem) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.1", True),
        ("2001:db8::1", True),
        ("fe80::1%eth0", False),
        ("169.254.1.1", False),
        ("::", False),
        ("x", False),
    ],
)
def test_addresses_that_stay(address: str, expected: bool) -> None:
    assert address_stays(address) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AA-BB-CC-00-00-01", "aa:bb:cc:00:00:01"),
        ("00:00:00:00:00:00", None),
        ("ff:ff:ff:ff:ff:ff", None),
        ("80:00:02:08:fe:80:00:00:00:00:00:00", None),
        (None, None),
    ],
)
def test_macs(text: str | None, expected: str | None) -> None:
    assert real_mac(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Web-1.Example.ORG.", "web-1.example.org"),
        ("web-1", None),
        ("", None),
        ("localhost.localdomain", None),
        ("web-1.localdomain", None),
        ("1.0.0.127.in-addr.arpa", None),
    ],
)
def test_qualified_names(name: str, expected: str | None) -> None:
    assert qualified_name(name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "None",
        "System Product Name",
        "Asset-1234567890",
        "Default string",
        "To Be Filled By O.E.M.",
        "0000-0000",
        "FFFFFFFF",
        "\0",
    ],
)
def test_firmware_that_says_nothing(text: str) -> None:
    assert says_something(text) is None


@pytest.mark.parametrize("text", [" CZC1234567\0\n", "System x3650 M5", "10000000abcd", "VMware-56 4d", "0012", "OEM1"])
def test_firmware_that_says_something(text: str) -> None:
    assert says_something(text) == text.strip("\0\n ")


names = st.text(string.ascii_lowercase, min_size=1, max_size=3)
versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2}){0,2}(~rc[0-9])?(-[0-9])?", fullmatch=True)
packages = st.lists(st.builds(Package, names, versions, st.sampled_from(["", "all", "amd64", "i386"])), max_size=8)


@given(packages, st.randoms())
def test_the_order_of_packages_does_not_matter(some: list[Package], random: Value) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert by_name(shuffled) == by_name(some)


@given(packages)
def test_every_package_is_named_and_every_version_is_one_that_is_installed(some: list[Package]) -> None:
    listed = by_name(some)
    assert {name.partition(":")[0] for name in listed} == {package.name for package in some}
    assert set(listed.values()) <= {package.version for package in some}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("5.14.0-70.el9", "5.14.0-362.el9"),
        ("1.0~rc1", "1.0"),
        ("9.0", "1:1.0"),
        ("1.0", "1.0.1"),
        ("1.9", "1.10"),
        ("1.0a", "1.0.1"),
    ],
)
def test_the_newest_of_several_versions_stands_for_all(older: str, newer: str) -> None:
    assert by_name([Package("k", older), Package("k", newer)]) == {"k": newer}
    assert by_name([Package("k", newer), Package("k", older)]) == {"k": newer}


def test_full_versions() -> None:
    assert [full_version(epoch, "1.2", "3") for epoch in ("", "(none)", "0", "2")] == [
        "1.2-3",
        "1.2-3",
        "1.2-3",
        "2:1.2-3",
    ]


@pytest.mark.parametrize(
    ("key", "scope"),
    [
        ("web-1.example.org", "key=web-1.example.org"),
        ('aws_instance.web["a b"]', r'key="aws_instance.web[\"a b\"]"'),
        ("a,b", 'key="a,b"'),
        ("", 'key=""'),
    ],
)
def test_scopes_of_keys(key: str, scope: str) -> None:
    assert scope_of(key) == scope


def test_what_was_seen_is_claimed_and_the_rest_is_named_by_its_reason() -> None:
    hidden = NotSeen("needs root")
    values = {
        "b": 1,
        "a": None,
        "c": hidden,
        "d": NotSeen("needs root"),
        "e": NotSeen("hung", "failed"),
        "f": Partly((1,), "more"),
    }
    assert list(told("server", "k", values, name="n")) == [
        Coverage("key=k", ("*",)),
        Coverage("key=k", ("e",), "failed", "hung"),
        Coverage("key=k", ("f",), "partial", "more"),
        Coverage("key=k", ("c", "d"), "partial", "needs root"),
        Observation("server", "k", {"b": 1, "a": None, "f": (1,)}, name="n"),
    ]
    assert lost("k", "gone") == Coverage("key=k", ("*",), "failed", "gone")
