"""How a Linux machine is reached and reaches others: interfaces, gateway, name servers, listening ports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from cmdb.model.value import Value
from cmdb_plugins._lasting import address_stays, interface, interface_stays, interfaces_in_all
from cmdb_plugins._machine import Machine, NotSeen, NotThere
from cmdb_plugins._probe import Probe, attempt, first_of

_LISTEN = "0A"
_UNCONNECTED = "07"
_STUB = "127.0.0.53"


def interfaces(machine: Machine) -> Mapping[str, Value]:
    """Interfaces that stay, with the addresses that stay; leased ones count, privacy addresses do not."""
    found = {
        each["ifname"]: interface(each.get("address"), list(_addresses(each)), each.get("mtu"))
        for each in _ip(machine, "address", "show")
        if interface_stays(each.get("ifname", "lo")) and "LOOPBACK" not in each.get("flags", ())
    }
    return interfaces_in_all(found)


def _addresses(link: Mapping[str, Value]) -> Iterator[str]:
    for each in link.get("addr_info", ()):
        local = each.get("local")
        if local and not each.get("temporary") and address_stays(local):
            yield f"{local}/{each['prefixlen']}"


def _ip(machine: Machine, *words: str) -> list[dict[str, Value]]:
    """The JSON of the `ip` command; empty objects stand for what it filtered away."""
    text = machine.run("ip", "-j", *words).strip()
    return [each for each in json.loads(text or "[]") if each]


def gateway(machine: Machine) -> Mapping[str, Value]:
    """Where packets for elsewhere go: of the IPv4 default route with the lowest metric, else of the IPv6 one."""
    return {"default_gateway": first_of(machine, _gateway_by_ip, _gateway_by_proc)}


def _gateway_by_ip(machine: Machine) -> str | None:
    for family in ("-4", "-6"):
        routes = sorted(_ip(machine, family, "route", "show", "default"), key=lambda route: route.get("metric", 0))
        for route in routes:
            hop = next(iter(route.get("nexthops", ())), route)
            if found := hop.get("gateway") or hop.get("via", {}).get("host"):
                return str(found)
    return None


def _gateway_by_proc(machine: Machine) -> str | None:
    rows = [line.split() for line in machine.read("/proc/net/route").splitlines()[1:]]
    routes = [(int(row[6]), row[2]) for row in rows if row[1] == row[7] == "00000000" and int(row[2], 16)]
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(min(routes)[1]))) if routes else None


def name_servers(machine: Machine) -> Mapping[str, Value]:
    """The name servers asked; where a local stub of systemd-resolved stands, those behind it."""
    servers = _servers(machine.read("/etc/resolv.conf"))
    if servers == {_STUB}:
        servers = _servers(machine.read("/run/systemd/resolve/resolv.conf"))
    return {"dns_servers": tuple(sorted(servers))}


def _servers(text: str) -> set[str]:
    return set(re.findall(r"^\s*nameserver\s+([^\s%]+)", text, re.MULTILINE))


def ports(machine: Machine) -> Mapping[str, Value]:
    """Ports with a listening TCP socket, whatever address it is bound to and whoever owns it; and UDP ports that
    receive from anybody, without the range from which the kernel gives clients theirs."""
    return {
        "listening_ports": attempt(lambda: _tcp(machine)),
        "listening_udp_ports": attempt(lambda: _udp(machine)),
    }


def _tcp(machine: Machine) -> Value:
    return tuple(sorted({port for port, state in _sockets(machine, "tcp") if state == _LISTEN}))


def _udp(machine: Machine) -> Value:
    clients = _client_ports(machine)
    open_to_all = {port for port, state in _sockets(machine, "udp") if state == _UNCONNECTED}
    return tuple(sorted(port for port in open_to_all if port not in clients))


def _sockets(machine: Machine, protocol: str) -> Iterator[tuple[int, str]]:
    """(local port, state) of every socket of a protocol in both address families."""
    rows = machine.read(f"/proc/net/{protocol}").splitlines()[1:]
    with suppress(NotThere):
        rows += machine.read(f"/proc/net/{protocol}6").splitlines()[1:]
    for row in rows:
        _, local, _, state, *_ = row.split()
        yield int(local.rpartition(":")[2], 16), state


def _client_ports(machine: Machine) -> set[int]:
    """The ports that the kernel hands out, without those an administrator reserved for services."""
    low, high = map(int, machine.read("/proc/sys/net/ipv4/ip_local_port_range").split())
    try:
        reserved = machine.read("/proc/sys/net/ipv4/ip_local_reserved_ports").strip()
    except NotSeen:
        reserved = ""
    kept = set()
    for part in filter(None, reserved.split(",")):
        first, _, last = part.partition("-")
        kept |= set(range(int(first), int(last or first) + 1))
    return set(range(low, high + 1)) - kept


PROBES = (
    Probe(("interfaces", "ip_addresses", "mac_addresses"), interfaces),
    Probe(("default_gateway",), gateway),
    Probe(("dns_servers",), name_servers),
    Probe(("listening_ports", "listening_udp_ports"), ports),
)
