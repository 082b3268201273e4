"""How a Linux machine is guarded and how long it has run: mandatory access control, boot, accounts, restarts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cmdb.model.value import Value
from cmdb_plugins._lasting import CONTAINERS
from cmdb_plugins._linux_system import technology
from cmdb_plugins._machine import Machine, NotSeen, NotThere, has_file, has_folder
from cmdb_plugins._probe import Probe, attempt

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_NO_LOGIN = re.compile(r".*/(nologin|false|sync|halt|shutdown|git-shell)")
_NOTICE_MAKERS = ("/etc/kernel/postinst.d/unattended-upgrades", "/usr/share/update-notifier/notify-reboot-required")


def guards(machine: Machine) -> Mapping[str, Value]:
    """What the kernel and the firmware enforce. Inside a container most of that is the host's."""
    own = technology(machine) not in CONTAINERS
    host = NotSeen("inside a container this is the host's")
    return {
        "fips_mode": attempt(lambda: _fips(machine)),
        "selinux": attempt(lambda: _selinux(machine)) if own else host,
        "secure_boot": attempt(lambda: _secure_boot(machine)) if own else host,
    }


def _fips(machine: Machine) -> bool:
    try:
        return machine.read("/proc/sys/crypto/fips_enabled").strip() == "1"
    except NotThere:
        return False


def _selinux(machine: Machine) -> str:
    try:
        return "enforcing" if machine.read("/sys/fs/selinux/enforce").strip() == "1" else "permissive"
    except NotThere:
        return "disabled"


def _secure_boot(machine: Machine) -> bool:
    """The last byte of the firmware's variable; a machine that boots without EFI has none."""
    if not has_folder(machine, "/sys/firmware/efi"):
        return False
    return machine.read(_SECURE_BOOT).endswith("\x01")


def accounts(machine: Machine) -> Mapping[str, Value]:
    """The local accounts with a shell to log in to; those of a directory service are not listed there."""
    rows = [line.split(":") for line in machine.read("/etc/passwd").splitlines() if line.count(":") == 6]
    return {"accounts": tuple(sorted({row[0] for row in rows if not _NO_LOGIN.fullmatch(row[6].strip())}))}


def running(machine: Machine) -> Mapping[str, Value]:
    """Since when the machine runs, and whether what was installed since then waits for a restart."""
    return {
        "uptime": attempt(lambda: int(float(machine.read("/proc/uptime").split()[0]))),
        "booted": attempt(lambda: _booted(machine)),
        "reboot_required": attempt(lambda: _reboot_required(machine)),
    }


def _booted(machine: Machine) -> str:
    found = re.search(r"^btime (\d+)$", machine.read("/proc/stat"), re.MULTILINE)
    if not found:
        raise NotSeen("/proc/stat has no time of boot")
    return datetime.fromtimestamp(int(found[1]), UTC).isoformat()


def _reboot_required(machine: Machine) -> bool:
    """Debian and its relatives leave a note, where something is installed that leaves it."""
    if has_file(machine, "/run/reboot-required"):
        return True
    if not any(has_file(machine, maker) for maker in _NOTICE_MAKERS):
        raise NotSeen("nothing is installed here that would tell")
    return False


PROBES = (
    Probe(("selinux", "secure_boot", "fips_mode"), guards),
    Probe(("accounts",), accounts),
    Probe(("uptime", "booted", "reboot_required"), running),
)
VOLATILE = frozenset({"uptime", "booted", "reboot_required"})
