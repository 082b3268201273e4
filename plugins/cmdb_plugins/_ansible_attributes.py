"""Ansible's facts by the names that every source of hosts uses. Only what a fact says is given; a fact that was not
gathered gives nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cmdb.model.keypath import format_path
from cmdb.model.value import Value
from cmdb_plugins._claims import Partly
from cmdb_plugins._lasting import (
    CONTAINERS,
    address_stays,
    has_own_size,
    interface,
    interface_stays,
    interfaces_in_all,
    mount_stays,
    qualified_name,
    says_something,
)
from cmdb_plugins._machine import NotSeen
from cmdb_plugins._packages import Package, by_name, full_version

_SYSTEMS = {
    "redhat": "rhel",
    "archlinux": "arch",
    "oraclelinux": "ol",
    "amazon": "amzn",
    "opensuse leap": "opensuse-leap",
    "opensuse tumbleweed": "opensuse-tumbleweed",
    "linux mint": "linuxmint",
    "sles_sap": "sles_sap",
    "pop!_os": "pop",
    "macosx": "macos",
}
_ONLY_MAJOR = frozenset({"debian", "centos"})
_FIRMWARE = {
    "serial_number": "product_serial",
    "uuid": "product_uuid",
    "manufacturer": "system_vendor",
    "model": "product_name",
    "asset_tag": "chassis_asset_tag",
    "firmware": "bios_version",
}
_TECHNOLOGIES = {
    "virtualbox": "oracle",
    "virtualpc": "microsoft",
    "hyper-v": "microsoft",
    "hyperv": "microsoft",
    "rhev": "kvm",
    "rhv": "kvm",
    "ovirt": "kvm",
    "kubevirt": "kvm",
    "openstack": "kvm",
}
_CLOUDS = {"Amazon EC2": "amazon", "Google": "google"}
_MAKERS = frozenset({"GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls", "Shanghai", "GenuineTMx86"})
_STUB = "127.0.0.53"
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Facts:
    """One host's facts, with or without the prefix `ansible_`."""

    raw: Mapping[str, Value]

    def __call__(self, name: str) -> Any:
        """A fact by its name without prefix; None where it was not gathered."""
        return self.raw.get(f"ansible_{name}", self.raw.get(name))


def attributes(facts: Facts) -> dict[str, Value]:
    """What the facts say: a value, None for seen not to be there, or a `NotSeen` with the reason."""
    found: dict[str, Value] = {}
    for reader in _READERS:
        try:
            found.update(reader(facts))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            why = NotSeen(f"cannot make sense of the facts: {type(error).__name__}: {error}", "failed")
            found.update(dict.fromkeys(_READERS[reader], why))
    return found


def is_virtual(facts: Facts) -> bool | None:
    """Whether the host is a guest; None where the facts do not say."""
    technology = _technology(facts)
    return None if technology is None else technology != "none"


def _names(facts: Facts) -> Iterator[tuple[str, Value]]:
    if name := facts("hostname") or facts("nodename"):
        yield "hostname", name.partition(".")[0]
    if name := qualified_name(facts("fqdn") or "") or qualified_name(facts("nodename") or ""):
        yield "fqdn", name


def _system(facts: Facts) -> Iterator[tuple[str, Value]]:
    if distribution := facts("distribution"):
        family = "windows" if facts("os_family") == "Windows" else distribution.lower()
        system = _SYSTEMS.get(family, family.replace(" ", "-"))
        version = facts("distribution_major_version" if system in _ONLY_MAJOR else "distribution_version")
        yield "os", system
        if version:
            yield "os_version", None if system == "arch" or version.lower() in ("na", "n/a", "rolling") else version
    if description := (facts("lsb") or {}).get("description"):
        yield "os_name", description
    if kernel := facts("kernel"):
        yield "kernel", kernel
    if architecture := facts("machine") or facts("architecture"):
        yield "architecture", architecture


def _capacity(facts: Facts) -> Iterator[tuple[str, Value]]:
    processor = facts("processor") or []
    words = [processor] if isinstance(processor, str) else [word for word in processor if not word.isdigit()]
    named = [word for word in words if word.strip() not in _MAKERS]
    if named:
        yield "cpu_model", " ".join(named[0].split())
    if count := facts("processor_vcpus"):
        yield "cpu_count", int(count)
    for name, fact in (("memory", "memtotal_mb"), ("swap", "swaptotal_mb")):
        if (size := facts(fact)) is not None:
            yield name, int(size) * _MEBIBYTE


def _virtualization(facts: Facts) -> Iterator[tuple[str, Value]]:
    if technology := _technology(facts):
        yield "virtualization", technology


def _technology(facts: Facts) -> str | None:
    role, kind = facts("virtualization_role"), facts("virtualization_type")
    if role is None or kind is None:
        return None
    if role != "guest":
        return "none"
    name: str = _TECHNOLOGIES.get(kind.lower(), kind.lower())
    return _CLOUDS.get(facts("system_vendor") or "", name) if name == "kvm" else name


def _firmware(facts: Facts) -> Iterator[tuple[str, Value]]:
    inside = _technology(facts) in CONTAINERS
    for name, fact in _FIRMWARE.items():
        text = facts(fact)
        if text is None:
            continue
        if inside:
            yield name, NotSeen("inside a container the firmware speaks of the host")
        elif real := says_something(text):
            yield name, real.lower() if name == "uuid" else real
        else:
            yield name, NotSeen("Ansible could not read it, or the firmware has only a placeholder")


def _mounts(facts: Facts) -> Iterator[tuple[str, Value]]:
    rows = facts("mounts")
    if rows is None:
        return
    found: dict[str, dict[str, Value]] = {}
    for row in rows:
        device, point, filesystem = row["device"], row["mount"], row["fstype"]
        if not mount_stays(device, point, filesystem):
            continue
        found[point] = {"device": device, "filesystem": filesystem}
        if not has_own_size(filesystem):
            yield format_path(("mounts", point, "size")), NotSeen("the size is its server's or its pool's")
        elif size := row.get("size_total"):
            found[point]["size"] = int(size)
        else:
            yield format_path(("mounts", point, "size")), NotSeen("Ansible could not ask the file system for its size")
    yield "mounts", dict(sorted(found.items()))


def _network(facts: Facts) -> Iterator[tuple[str, Value]]:
    names = facts("interfaces")
    if names is not None:
        details = {name: _details(facts, name) for name in names if interface_stays(name)}
        if all(isinstance(each, dict) for each in details.values()):
            yield from interfaces_in_all({name: _interface(each) for name, each in details.items()}).items()
    routes = [facts("default_ipv4"), facts("default_ipv6")]
    if routes != [None, None]:
        yield "default_gateway", next((route["gateway"] for route in routes if route and route.get("gateway")), None)
    dns = facts("dns")
    if dns is not None:
        servers = {server.partition("%")[0] for server in dns.get("nameservers", ())}
        hidden = NotSeen("Ansible sees the local stub, not the name servers behind it")
        yield "dns_servers", hidden if servers == {_STUB} else tuple(sorted(servers))


def _details(facts: Facts, name: str) -> Any:
    return facts(name.replace("-", "_").replace(":", "_"))


def _interface(details: Mapping[str, Value]) -> dict[str, Value]:
    rows = [details.get("ipv4") or [], details.get("ipv4_secondaries") or [], details.get("ipv6") or []]
    flat = [row for part in rows for row in (part if isinstance(part, list) else [part])]
    addresses = {f"{row['address']}/{row['prefix']}" for row in flat if address_stays(row["address"])}
    return interface(details.get("macaddress"), sorted(addresses), details.get("mtu"))


def _packages(facts: Facts) -> Iterator[tuple[str, Value]]:
    packages = facts("packages")
    if packages is not None:
        yield "packages", by_name(_package(row) for rows in packages.values() for row in rows)


def _package(row: Mapping[str, Value]) -> Package:
    architecture = str(row.get("arch") or "")
    release = row.get("release")
    version = full_version(str(row.get("epoch") or ""), row["version"], release) if release else row["version"]
    return Package(row["name"].removesuffix(f":{architecture}"), version, architecture)


def _services(facts: Facts) -> Iterator[tuple[str, Value]]:
    services = facts("services")
    if services is None:
        return
    units = {name.removesuffix(".service"): row for name, row in services.items() if row.get("source") == "systemd"}
    if not units:
        blind = NotSeen("Ansible saw no service of systemd")
        yield from (("services_enabled", blind), ("services_failed", blind))
        return
    failed = tuple(sorted(name for name, row in units.items() if "failed" in (row.get("status"), row.get("state"))))
    enabled = tuple(sorted(name for name, row in units.items() if row.get("status") == "enabled"))
    yield "services_failed", failed
    hidden = "of a failed service Ansible does not say whether it is enabled"
    yield "services_enabled", Partly(enabled, hidden) if failed else enabled


def _ports(facts: Facts) -> Iterator[tuple[str, Value]]:
    if (rows := facts("tcp_listen")) is not None:
        yield "listening_ports", tuple(sorted({int(row["port"]) for row in rows}))


_Reader = Callable[[Facts], Iterator[tuple[str, Value]]]
_READERS: Mapping[_Reader, tuple[str, ...]] = {
    _names: ("hostname", "fqdn"),
    _system: ("os", "os_version", "os_name", "kernel", "architecture"),
    _capacity: ("cpu_model", "cpu_count", "memory", "swap"),
    _virtualization: ("virtualization",),
    _firmware: tuple(_FIRMWARE),
    _mounts: ("mounts",),
    _network: ("interfaces", "ip_addresses", "mac_addresses", "default_gateway", "dns_servers"),
    _packages: ("packages",),
    _services: ("services_enabled", "services_failed"),
    _ports: ("listening_ports",),
}
NAMES = frozenset(name for names in _READERS.values() for name in names)
