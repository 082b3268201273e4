"""Inspects the machine it runs on.

```yaml
sources:
  here:
    plugin: local_host
    covers: id=web-1          # the CI of this machine; without it, every server and virtual machine is expected
    kind: hypervisor          # default: virtual_machine under a hypervisor or in a container, else server
    skip: [packages]          # attributes not to look at, and so neither carried nor claimed
    command_timeout: 10s      # after which a command is cut off; all commands together have four times as long
```

The key is the fully qualified host name, or the plain one where the machine has no domain. Seen are: hostname, fqdn,
os, os_version, os_name, kernel, architecture, cpu_model, cpu_count, memory, swap, virtualization, serial_number, uuid,
manufacturer, model, asset_tag, firmware, timezone, ntp_synchronised, mounts, interfaces, ip_addresses, mac_addresses,
storage, default_gateway, dns_servers, listening_ports, listening_udp_ports, packages, services_enabled,
services_failed, accounts (the local ones), selinux, secure_boot, fips_mode, uptime, booted and reboot_required.

**What it claims.** The machine is there, and each attribute it carries is all there is: what a map or set does not
hold is not there. What it could not look at has a coverage line of its own with the reason, never an empty value:
`partial` where it is out of sight here (no service manager in a container), `failed` where looking was refused or
went wrong (no permission, a command that hung). It needs no root; without it the firmware's serial number and UUID are
`failed`.

**What it does not claim.** Nothing about any other machine. Nothing that changes by itself, but for `uptime` and
`booted`: no load, free space or process. Left out of the maps and sets are loopback, container, guest and tunnel
interfaces, link-local and temporary addresses, mounts in memory, on demand, removable or of container engines, and UDP
ports in the range the kernel gives to clients (reserve a service's port in `net.ipv4.ip_local_reserved_ports`, and it
counts). An address leased by DHCP counts as the machine's. A package of a second architecture is `NAME:ARCHITECTURE`.

Made for Linux with dpkg, RPM, apk or pacman, with or without systemd. On macOS and the BSDs it sees what psutil
knows, and says so of the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.problem import CmdbError
from cmdb_plugins import _linux, _portable
from cmdb_plugins import _options as options
from cmdb_plugins._linux import NAMES
from cmdb_plugins._machine import Machine, NotSeen, ThisMachine
from cmdb_plugins._probe import Sight, look, second_look


class LocalHost:
    """This machine as one observation."""

    kinds: ClassVar[tuple[str, ...]] = ("server", "virtual_machine")

    def __init__(self, kind: str = "", skip: Sequence[str] = (), command_timeout: str | float = "10s") -> None:
        self.kind = options.word("kind", kind)
        self.skip = _linux.skipped(skip)
        self.limit = options.seconds("command_timeout", command_timeout)

    def discover(self, context: Context) -> Iterator[Finding]:
        del context
        machine = ThisMachine(self.limit, budget=4 * self.limit)
        yield from findings(sight_of(machine, self.skip), self.kind, self.skip)


def sight_of(machine: Machine, skip: Collection[str] = ()) -> Sight:
    """What this machine shows: by the probes for Linux where it is one, and by what Python knows on any system. Names
    in `skip` are looked at only where the key or the kind needs them."""
    if not sys.platform.startswith("linux"):
        unknown = NotSeen(f"local_host does not know how to look at this on {sys.platform}")
        return second_look(Sight({}, dict.fromkeys(NAMES, unknown)), look(machine, _portable.PROBES))
    first = look(machine, _linux.probes(skip))
    helpers = [probe for probe in _portable.PROBES if not first.unseen.keys().isdisjoint(probe.names)]
    return second_look(first, look(machine, helpers)) if helpers else first


def findings(sight: Sight, kind: str = "", skip: Collection[str] = ()) -> Iterator[Finding]:
    """One machine's observation and coverage lines. Raises `CmdbError` where it does not even tell its name."""
    if "hostname" not in sight.values:
        raise CmdbError(f"the machine does not tell its name: {sight.unseen['hostname'].reason}")
    yield from _linux.findings(sight.values.get("fqdn") or sight.values["hostname"], sight, kind, skip)
