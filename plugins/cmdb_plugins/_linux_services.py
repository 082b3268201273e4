"""What a Linux machine starts at boot, and what of it is broken: systemd, or OpenRC."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cmdb.model.value import Value
from cmdb_plugins._machine import Machine, NotSeen, has_folder
from cmdb_plugins._probe import Probe, attempt

_LEVELS = ("sysinit", "boot", "default")


def services(machine: Machine) -> Mapping[str, Value]:
    """Services by name without `.service`. Unit files of a system that is not running say nothing about it."""
    if has_folder(machine, "/run/systemd/system"):
        return {
            "services_enabled": attempt(lambda: _units(machine, "list-unit-files", "--state=enabled")),
            "services_failed": attempt(lambda: _units(machine, "list-units", "--state=failed", "--plain", "--all")),
        }
    if has_folder(machine, "/run/openrc"):
        return {
            "services_enabled": attempt(lambda: _openrc_enabled(machine)),
            "services_failed": NotSeen("OpenRC is not asked which services failed"),
        }
    raise NotSeen("no service manager runs here that could be asked (neither systemd nor OpenRC)")


def _units(machine: Machine, *question: str) -> Value:
    output = machine.run("systemctl", *question, "--type=service", "--no-legend", "--no-pager", "--full")
    names = {found[1] for line in output.splitlines() if (found := re.search(r"(\S+)\.service\b", line))}
    return tuple(sorted(names))


def _openrc_enabled(machine: Machine) -> Value:
    return tuple(sorted({name for level in _LEVELS for name in machine.children(f"/etc/runlevels/{level}")}))


PROBES = (Probe(("services_enabled", "services_failed"), services),)
