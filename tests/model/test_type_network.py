from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, normalise, order
from cmdb.model.value import Value

IP = Attribute("address", "ip")
CIDR = Attribute("prefix", "cidr")
MAC = Attribute("mac", "mac")
HOSTNAME = Attribute("hostname", "hostname")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("2001:DB8:0:0::0010", "2001:db8::10"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::", "::"),
        ("::FFFF:C000:20A", "::ffff:192.0.2.10"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_addresses(raw: str, value: str) -> None:
    assert normalise(IP, raw) == value


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("192.0.2.10/24", "leave the prefix out"),
        ("192.0.2.256", "write it as 192.0.2.10 or 2001:db8::10"),
        ("192.0.2.010", "is no IP address"),
        ("192.0.2", "is no IP address"),
        ("١٩٢.0.2.1", "is no IP address"),
        ("192.0.2.10\n", "is no IP address"),
        ("db1", "is no IP address"),
        (3221225994, "3221225994 is no IP address"),
        (True, "true is no IP address"),
        ("", "'' is no IP address"),
    ],
)
def test_what_is_no_address_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(IP, raw)


def test_addresses_are_ordered_by_number() -> None:
    addresses = ["2001:db8::a", "192.0.10.1", "2001:db8::9", "192.0.2.10", "192.0.2.9"]
    found = sorted(addresses, key=lambda address: order(IP, address))
    assert found == ["192.0.2.9", "192.0.2.10", "192.0.10.1", "2001:db8::9", "2001:db8::a"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("10.0.0.1/24", "10.0.0.1/24"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::/64", "2001:db8::/64"),
        ("2001:DB8::1/64", "2001:db8::1/64"),
        ("fe80::1%eth0/64", "fe80::1%eth0/64"),
    ],
)
def test_networks_and_interfaces_keep_their_host_bits(raw: str, value: str) -> None:
    assert normalise(CIDR, raw) == value


def test_an_interface_is_not_its_network() -> None:
    assert not equal(CIDR, "10.0.0.1/24", "10.0.0.0/24")
    assert order(CIDR, "10.0.0.0/24") < order(CIDR, "10.0.0.1/24") < order(CIDR, "10.0.1.0/24")
    assert order(CIDR, "10.0.0.0/8") < order(CIDR, "10.0.0.0/24")


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("10.0.0.1", "write 10.0.0.1/32"),
        ("2001:db8::1", "write 2001:db8::1/128"),
        ("10.0.0.0/33", "write it as 192.0.2.0/24 or 2001:db8::/64"),
        ("10.0.0/24", "write it as"),
        ("/24", "write it as"),
        (24, "24 is no address with a prefix"),
    ],
)
def test_what_has_no_prefix_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(CIDR, raw)


@pytest.mark.parametrize(
    "raw",
    ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "001A2B3C4D5E", "00:1A:2b:3C:4d:5E"],
)
def test_every_form_of_a_mac_address(raw: str) -> None:
    assert normalise(MAC, raw) == "00:1a:2b:3c:4d:5e"


@pytest.mark.parametrize(
    "raw", ["00:1a-2b:3c:4d:5e", "00:1a:2b:3c:4d", "001a2b3c4d5", "0g:1a:2b:3c:4d:5e", "", 1, ["00"]]
)
def test_what_is_no_mac_address_is_refused(raw: Value) -> None:
    with pytest.raises(WrongValue, match="is no MAC address; write it as 00:1a:2b:3c:4d:5e"):
        normalise(MAC, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("DB1.Example.ORG", "db1.example.org"),
        ("db1.example.org.", "db1.example.org"),
        ("db1", "db1"),
        ("3com.example.org", "3com.example.org"),
        ("_sip._tcp.example.org", "_sip._tcp.example.org"),
        ("a" * 63 + ".b", "a" * 63 + ".b"),
        (".".join(["a" * 61] * 4) + ".aaaaa.", ".".join(["a" * 61] * 4) + ".aaaaa"),
    ],
)
def test_hostnames_ignore_case_and_a_trailing_dot(raw: str, value: str) -> None:
    assert normalise(HOSTNAME, raw) == value


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("-db", "is no host name"),
        ("db-", "is no host name"),
        ("db..example", "is no host name"),
        (".db", "is no host name"),
        ("db1 ", "is no host name"),
        ("db1\n", "is no host name"),
        ("\u212a", "is no host name"),
        ("bücher.example", "is no host name"),
        ("a" * 64, "is no host name"),
        (".".join(["a" * 61] * 4) + ".aaaaaa", "is no host name"),
        ("", "is no host name"),
        (".", "is no host name"),
        ("192.0.2.10", "is an address, no host name"),
        (7, "is no host name"),
    ],
)
def test_what_is_no_hostname_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(HOSTNAME, raw)
