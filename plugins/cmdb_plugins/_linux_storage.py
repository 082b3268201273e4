"""Where a Linux machine keeps its data: mounts with their file systems and sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cmdb.model.keypath import format_path
from cmdb.model.value import Value
from cmdb_plugins._lasting import CONTAINERS, has_own_size, mount_stays
from cmdb_plugins._linux_system import technology
from cmdb_plugins._machine import Machine, NotSeen
from cmdb_plugins._probe import Probe

_NO_DISK = re.compile(r"loop|ram|zram|dm-|md|drbd|bcache|sr\d|fd\d|nbd|zd\d|mtd|mmcblk\d+(boot|rpmb)")
_SECTOR = 512
"""Bytes; the kernel counts in these whatever the disk does."""


def mounts(machine: Machine) -> Mapping[str, Value]:
    """Mounts that stay: what is mounted on demand, removable, in memory or by a container engine is left out."""
    rows = [line.split() for line in machine.read("/proc/self/mounts").splitlines() if line.count(" ") >= 3]
    triggers = tuple(f"{_unescaped(point)}/" for _, point, filesystem, *_ in rows if filesystem == "autofs")
    found: dict[str, dict[str, Value]] = {}
    for device, point, filesystem, *_ in rows:
        where = _unescaped(point)
        if mount_stays(device, where, filesystem) and not f"{where}/".startswith(triggers):
            found[where] = {"device": _unescaped(device), "filesystem": filesystem}
    unseen = _measure(machine, found)
    return {"mounts": dict(sorted(found.items())), **unseen}


def _measure(machine: Machine, mounts: dict[str, dict[str, Value]]) -> dict[str, NotSeen]:
    """Puts its size to each mount that has one; gives a reason for each that hides it."""
    own = [point for point, mount in mounts.items() if has_own_size(mount["filesystem"])]
    reason = NotSeen("no permission to ask the file system for its size", "failed")
    try:
        sizes = _sizes(machine, own) if own else {}
    except NotSeen as why:
        sizes, reason = {}, why
    for point, size in sizes.items():
        mounts[point]["size"] = size
    remote = NotSeen("the size is its server's or its pool's")
    return {
        format_path(("mounts", point, "size")): reason if point in own else remote
        for point in mounts
        if point not in sizes
    }


def _sizes(machine: Machine, points: list[str]) -> dict[str, int]:
    """Total bytes by mount point, of those that may be asked."""
    output = machine.run("stat", "-f", "-c", "%S %b %n", *points, answers=(0, 1))
    rows = (line.split(" ", 2) for line in output.splitlines())
    return {point: int(unit) * int(count) for unit, count, point in rows if point in points}


def _unescaped(text: str) -> str:
    """`/mnt/two\\040words` as people write it."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def storage(machine: Machine) -> Mapping[str, Value]:
    """The capacity of all disks that stay: not of volumes made of them, of loops, memory or removable media."""
    if technology(machine) in CONTAINERS:
        raise NotSeen("inside a container the disks are the host's")
    return {"storage": sum(_capacity(machine, name) for name in machine.children("/sys/block"))}


def _capacity(machine: Machine, name: str) -> int:
    if _NO_DISK.match(name) or machine.read(f"/sys/block/{name}/removable").strip() == "1":
        return 0
    return int(machine.read(f"/sys/block/{name}/size")) * _SECTOR


PROBES = (Probe(("mounts",), mounts), Probe(("storage",), storage))
