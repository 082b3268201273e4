"""What psutil and Python know of this machine on any system: all there is on macOS and the BSDs, and the second look
where a Linux machine lacks the usual tools."""

from __future__ import annotations

import ipaddress
import platform
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

import psutil

from cmdb.model.keypath import format_path
from cmdb.model.value import Value
from cmdb_plugins._lasting import (
    address_stays,
    has_own_size,
    interface,
    interface_stays,
    interfaces_in_all,
    mount_stays,
    real_mac,
)
from cmdb_plugins._machine import Machine, NotSeen
from cmdb_plugins._probe import Probe


class _Address(Protocol):
    """What psutil says of one address of an interface."""

    @property
    def family(self) -> int: ...
    @property
    def address(self) -> str: ...
    @property
    def netmask(self) -> str | None: ...


def system(_: Machine) -> Mapping[str, Value]:
    """Names and versions as Python's `platform` has them."""
    node, release = platform.node(), platform.release()
    known: dict[str, Value] = {"kernel": release, "architecture": platform.machine()}
    if node:
        known["hostname"] = node.partition(".")[0]
    if platform.system() == "Darwin":
        version = platform.mac_ver()[0]
        return {**known, "os": "macos", "os_version": version, "os_name": f"macOS {version}"}
    if platform.system() != "Linux":
        return {**known, "os": platform.system().lower(), "os_version": release, "os_name": platform.platform()}
    return known


def capacity(_: Machine) -> Mapping[str, Value]:
    """Processors and memory; macOS makes swap as it needs it, so there it is not told."""
    swap = NotSeen("macOS makes swap space as it needs it")
    return {
        "cpu_count": _asked(psutil.cpu_count),
        "memory": _asked(lambda: psutil.virtual_memory().total),
        "swap": swap if platform.system() == "Darwin" else _asked(lambda: psutil.swap_memory().total),
    }


def interfaces(_: Machine) -> Mapping[str, Value]:
    """Interfaces that stay, with their addresses."""
    mtu = {name: stats.mtu for name, stats in psutil.net_if_stats().items()}
    found = {
        name: interface(_hardware(addresses), list(_networks(addresses)), mtu.get(name))
        for name, addresses in psutil.net_if_addrs().items()
        if interface_stays(name)
    }
    return interfaces_in_all(found)


def mounts(_: Machine) -> Mapping[str, Value]:
    """Mounts of devices, with sizes."""
    found: dict[str, dict[str, Value]] = {}
    unseen: dict[str, Value] = {}
    for part in psutil.disk_partitions(all=False):
        if not mount_stays(part.device, part.mountpoint, part.fstype):
            continue
        found[part.mountpoint] = {"device": part.device, "filesystem": part.fstype}
        size = _asked(partial(_size, part.mountpoint, part.fstype))
        if isinstance(size, NotSeen):
            unseen[format_path(("mounts", part.mountpoint, "size"))] = size
        else:
            found[part.mountpoint]["size"] = size
    return {"mounts": dict(sorted(found.items())), **unseen}


def ports(_: Machine) -> Mapping[str, Value]:
    """Listening TCP ports; some systems tell them only to root."""
    return {"listening_ports": _asked(_listening)}


def _listening() -> Value:
    sockets = psutil.net_connections("tcp")
    return tuple(sorted({each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN and each.laddr}))


def _size(point: str, filesystem: str) -> int:
    if not has_own_size(filesystem):
        raise NotSeen("the size is its server's or its pool's")
    return psutil.disk_usage(point).total


def _hardware(addresses: Sequence[_Address]) -> str | None:
    found = (real_mac(each.address) for each in addresses if each.family == psutil.AF_LINK)
    return next(filter(None, found), None)


def _networks(addresses: Sequence[_Address]) -> Iterator[str]:
    for each in addresses:
        plain = each.address.partition("%")[0]
        if each.family in (socket.AF_INET, socket.AF_INET6) and each.netmask and address_stays(plain):
            yield f"{plain}/{_prefix(each.netmask)}"


def _prefix(netmask: str) -> int:
    return int(ipaddress.ip_address(netmask.partition("/")[0])).bit_count()


def _asked(get: Callable[[], Value]) -> Value:
    try:
        value = get()
    except NotSeen as why:
        return why
    except psutil.AccessDenied:
        return NotSeen("the system tells this only to root", "failed")
    except (psutil.Error, OSError) as error:
        return NotSeen(f"the system does not tell: {error}", "failed")
    return NotSeen("the system does not tell") if value is None else value


PROBES = (
    Probe(("hostname", "os", "os_version", "os_name", "kernel", "architecture"), system),
    Probe(("cpu_count", "memory", "swap"), capacity),
    Probe(("interfaces", "ip_addresses", "mac_addresses"), interfaces),
    Probe(("mounts",), mounts),
    Probe(("listening_ports",), ports),
)
