"""Addresses: ip, cidr, mac and hostname."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from typing import TypeVar

from cmdb.model.kind import Attribute
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

T = TypeVar("T")
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_CANONICAL_V4 = re.compile(_V4)
_CANONICAL_V4_CIDR = re.compile(rf"{_V4}/(?:[12]?[0-9]|3[0-2])")
_MAC = re.compile(
    r"[0-9A-Fa-f]{2}(?P<sep>[:-])(?:[0-9A-Fa-f]{2}(?P=sep)){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|[0-9A-Fa-f]{12}"
)
_LOWER_MAC = "[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_CANONICAL_MAC = re.compile(_LOWER_MAC)
_LONGEST_NAME = 253
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_LOWER_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_LOWER_HOSTNAME = rf"(?=[a-z_])(?![^\n]{{{_LONGEST_NAME + 1}}}){_LOWER_LABEL}(?:\.{_LOWER_LABEL})*"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_DOTTED_QUAD = re.compile(r"[0-9]+(?:\.[0-9]+){3}\.?")


def _read_ip(_attribute: Attribute, raw: Value) -> Value:
    if isinstance(raw, str) and _CANONICAL_V4.fullmatch(raw):
        return str(raw)
    address = _try(ip_address, raw)
    if address is None:
        hint = (
            "leave the prefix out" if isinstance(raw, str) and "/" in raw else "write it as 192.0.2.10 or 2001:db8::10"
        )
        raise WrongValue(f"{shown(raw)} is no IP address; {hint}")
    return _address_text(address)


def _address_text(address: IPv4Address | IPv6Address) -> str:
    """RFC 5952; a mapped IPv4 address keeps its dots (section 5), which not every Python version does."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped and not address.scope_id:
        return f"::ffff:{address.ipv4_mapped}"
    return str(address)


def _ip_order(_attribute: Attribute, value: Value) -> tuple[int, int, str]:
    address = ip_address(value)
    return address.version, int(address), getattr(address, "scope_id", None) or ""


def _read_cidr(_attribute: Attribute, raw: Value) -> Value:
    """A network (`10.0.0.0/24`) or the address of an interface in one (`10.0.0.1/24`): host bits stay, so the two are
    different values."""
    if isinstance(raw, str) and _CANONICAL_V4_CIDR.fullmatch(raw):
        return str(raw)
    interface = _try(ip_interface, raw) if isinstance(raw, str) and "/" in raw else None
    if interface is None:
        hint = f"write {raw}/{_bits(raw)}" if _bits(raw) else "write it as 192.0.2.0/24 or 2001:db8::/64"
        raise WrongValue(f"{shown(raw)} is no address with a prefix; {hint}")
    return f"{_address_text(ip_address(raw.partition('/')[0]))}/{interface.network.prefixlen}"


def _bits(raw: Value) -> int | None:
    address = _try(ip_address, raw)
    return address.max_prefixlen if address else None


def _cidr_order(_attribute: Attribute, value: Value) -> tuple[int, int, int, int, str]:
    interface = ip_interface(value)
    network = interface.network
    scope = getattr(interface, "scope_id", None) or ""
    return interface.version, int(network.network_address), network.prefixlen, int(interface.ip), scope


def _try(read: Callable[[str], T], raw: Value) -> T | None:
    try:
        return read(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def _read_mac(_attribute: Attribute, raw: Value) -> Value:
    if isinstance(raw, str):
        if _CANONICAL_MAC.fullmatch(raw):
            return str(raw)
        if _MAC.fullmatch(raw):
            digits = raw.lower().replace(":", "").replace("-", "").replace(".", "")
            return ":".join((digits[:2], digits[2:4], digits[4:6], digits[6:8], digits[8:10], digits[10:]))
    raise WrongValue(f"{shown(raw)} is no MAC address; write it as 00:1a:2b:3c:4d:5e")


def _read_hostname(_attribute: Attribute, raw: Value) -> Value:
    if isinstance(raw, str):
        if _DOTTED_QUAD.fullmatch(raw):
            raise WrongValue(f"{shown(raw)} is an address, no host name; write a name such as db1.example.org")
        name = raw.lower().removesuffix(".")
        if len(name) <= _LONGEST_NAME and _HOSTNAME.fullmatch(raw):
            return name
    raise WrongValue(
        f"{shown(raw)} is no host name; write letters, digits and hyphens between dots, such as db1.example.org"
    )


IP = AttributeType(_read_ip, order=_ip_order, takes_pattern=True, usual=_V4)
CIDR = AttributeType(_read_cidr, order=_cidr_order, takes_pattern=True)
MAC = AttributeType(_read_mac, takes_pattern=True, usual=_LOWER_MAC)
HOSTNAME = AttributeType(_read_hostname, takes_pattern=True, usual=_LOWER_HOSTNAME)
