"""Which packages a Linux machine has: dpkg, RPM, apk or pacman, whichever is in charge."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from cmdb.model.value import Value
from cmdb_plugins._machine import Machine, NotThere
from cmdb_plugins._packages import Package, by_name, full_version
from cmdb_plugins._probe import Probe, first_of

_DPKG_FORMAT = "${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\n"
_RPM_FORMAT = r"%{NAME}\t%{EPOCH}\t%{VERSION}\t%{RELEASE}\t%{ARCH}\n"


def packages(machine: Machine) -> Mapping[str, Value]:
    """The packages of the first package manager that has any."""
    return {"packages": first_of(machine, *(partial(_some, manager) for manager in (dpkg, rpm, apk, pacman)))}


def _some(manager: Callable[[Machine], dict[str, str]], machine: Machine) -> dict[str, str]:
    found = manager(machine)
    if not found:
        raise NotThere(f"{manager.__name__} knows no packages")
    return found


def dpkg(machine: Machine) -> dict[str, str]:
    """Debian and its relatives; only what is fully installed."""
    output = machine.run("dpkg-query", "--show", f"--showformat={_DPKG_FORMAT}")
    rows = (line.split("\t") for line in output.splitlines())
    installed = [Package(name, version, where) for status, name, version, where in rows if status == "installed"]
    return by_name(installed)


def rpm(machine: Machine) -> dict[str, str]:
    """Red Hat, SUSE and their relatives."""
    output = machine.run("rpm", "--query", "--all", "--queryformat", _RPM_FORMAT)
    rows = (line.split("\t") for line in output.splitlines())
    installed = [
        Package(name, full_version(epoch, number, release), where) for name, epoch, number, release, where in rows
    ]
    return by_name(installed)


def apk(machine: Machine) -> dict[str, str]:
    """Alpine, from its database."""
    try:
        text = machine.read("/lib/apk/db/installed")
    except NotThere:
        text = machine.read("/usr/lib/apk/db/installed")
    blocks = (
        dict(line.split(":", 1) for line in block.splitlines() if re.match("[PVA]:", line))
        for block in text.split("\n\n")
    )
    installed = [Package(block["P"], block["V"], block.get("A", "")) for block in blocks if "P" in block]
    return by_name(installed)


def pacman(machine: Machine) -> dict[str, str]:
    """Arch and its relatives; one architecture only."""
    rows = (line.split() for line in machine.run("pacman", "--query").splitlines())
    return by_name((Package(name, version) for name, version in rows))


PROBES = (Probe(("packages",), packages),)
