"""What a Linux machine is: its system, processor, memory, firmware and clock."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import partial

from cmdb.model.value import Value
from cmdb_plugins._lasting import CONTAINERS, qualified_name, says_something
from cmdb_plugins._machine import Machine, NotSeen, has_file, has_folder
from cmdb_plugins._probe import Probe, attempt, first_of

_DMI = "/sys/class/dmi/id"
_TREE = "/sys/firmware/devicetree/base"
_FIRMWARE = {
    "serial_number": "product_serial",
    "uuid": "product_uuid",
    "manufacturer": "sys_vendor",
    "model": "product_name",
    "asset_tag": "chassis_asset_tag",
    "firmware": "bios_version",
}
_VENDORS = {
    "qemu": "kvm",
    "vmware": "vmware",
    "microsoft": "microsoft",
    "innotek": "oracle",
    "xen": "xen",
    "parallels": "parallels",
    "amazon": "amazon",
    "google": "google",
    "bhyve": "bhyve",
}


def operating_system(machine: Machine) -> Mapping[str, Value]:
    """`/etc/os-release`; a rolling release has no version."""
    text = first_of(machine, lambda m: m.read("/etc/os-release"), lambda m: m.read("/usr/lib/os-release"))
    fields = dict(_assignment(line) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {
        "os": fields.get("ID", "linux"),
        "os_version": fields.get("VERSION_ID"),
        "os_name": fields.get("PRETTY_NAME"),
    }


def _assignment(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), "".join(shlex.split(value))


def kernel(machine: Machine) -> Mapping[str, Value]:
    """The running kernel, as `uname -r` and `uname -m` say."""
    return {
        "kernel": attempt(lambda: str(first_of(machine, _release, lambda m: m.run("uname", "-r"))).strip()),
        "architecture": attempt(lambda: machine.run("uname", "-m").strip()),
    }


def _release(machine: Machine) -> str:
    return machine.read("/proc/sys/kernel/osrelease")


def names(machine: Machine) -> Mapping[str, Value]:
    """The host name without its domain, and the fully qualified one where there is one."""
    full = str(first_of(machine, _node, lambda m: m.run("uname", "-n"))).strip()
    return {"hostname": full.partition(".")[0], "fqdn": attempt(lambda: _qualified(machine, full))}


def _node(machine: Machine) -> str:
    return machine.read("/proc/sys/kernel/hostname")


def _qualified(machine: Machine, name: str) -> str:
    """The host name with its domain: its own, from `/etc/hosts`, or as the resolver knows it."""
    return str(first_of(machine, lambda _: _real(name), partial(_in_hosts, name=name), _resolved))


def _in_hosts(machine: Machine, name: str) -> str:
    lines = (line.partition("#")[0].split()[1:] for line in machine.read("/etc/hosts").splitlines())
    for word in (word for words in lines if name in words for word in words):
        if word.startswith(f"{name}."):
            return _real(word)
    raise NotSeen("/etc/hosts gives the host no domain")


def _resolved(machine: Machine) -> str:
    return _real(machine.run("hostname", "-f").strip())


def _real(name: str) -> str:
    if found := qualified_name(name):
        return found
    raise NotSeen(f"{name or 'it'} is no fully qualified name")


def processor(machine: Machine) -> Mapping[str, Value]:
    """Logical processors that are online, and what they are called."""
    return {
        "cpu_count": attempt(lambda: first_of(machine, _online, _listed)),
        "cpu_model": attempt(lambda: first_of(machine, _model, _lscpu_model)),
    }


def _online(machine: Machine) -> int:
    total = 0
    for part in machine.read("/sys/devices/system/cpu/online").strip().split(","):
        low, _, high = part.partition("-")
        total += int(high or low) - int(low) + 1
    return total


def _listed(machine: Machine) -> int:
    found = re.findall(r"^processor\s*\d*\s*:", machine.read("/proc/cpuinfo"), re.MULTILINE)
    if not found:
        raise NotSeen("/proc/cpuinfo lists no processors")
    return len(found)


def _model(machine: Machine) -> str:
    return _labelled(machine.read("/proc/cpuinfo"), "model name|cpu model|cpu|Processor")


def _lscpu_model(machine: Machine) -> str:
    return _labelled(machine.run("lscpu"), "Model name")


def _labelled(text: str, label: str) -> str:
    found = re.search(rf"^\s*(?:{label})\s*:\s*(\S.*)$", text, re.MULTILINE)
    if not found:
        raise NotSeen(f"nothing says {label.partition('|')[0]}")
    return " ".join(found[1].split())


def memory(machine: Machine) -> Mapping[str, Value]:
    """Main memory and swap space in bytes, as the kernel counts them."""
    text = machine.read("/proc/meminfo")
    return {
        "memory": attempt(lambda: _kibibytes(text, "MemTotal")),
        "swap": attempt(lambda: _kibibytes(text, "SwapTotal")),
    }


def _kibibytes(text: str, label: str) -> int:
    return int(_labelled(text, label).split()[0]) * 1024


def firmware(machine: Machine) -> Mapping[str, Value]:
    """What the firmware calls the machine. Inside a container that would be the host's, so it is not asked."""
    if technology(machine) in CONTAINERS:
        raise NotSeen("inside a container the firmware speaks of the host")
    if not has_folder(machine, _DMI):
        return _device_tree(machine)
    found = {name: attempt(partial(_firmware_text, machine, f"{_DMI}/{file}")) for name, file in _FIRMWARE.items()}
    if isinstance(found["uuid"], str):
        found["uuid"] = found["uuid"].lower()
    return found


def _device_tree(machine: Machine) -> Mapping[str, Value]:
    if not has_folder(machine, _TREE):
        raise NotSeen("the firmware of this machine has no tables to read")
    return {
        "model": attempt(lambda: _firmware_text(machine, f"{_TREE}/model")),
        "serial_number": attempt(lambda: _firmware_text(machine, f"{_TREE}/serial-number")),
    }


def _firmware_text(machine: Machine, path: str) -> str:
    text = says_something(machine.read(path))
    if text is None:
        raise NotSeen("the firmware has only a placeholder")
    return text


def virtualization(machine: Machine) -> Mapping[str, Value]:
    """The technology the machine runs under, by the names of `systemd-detect-virt`; `none` on bare metal."""
    return {"virtualization": technology(machine)}


def technology(machine: Machine) -> str:
    """The name of what the machine runs under. Raises `NotSeen`."""
    return str(first_of(machine, _detected, _guessed))


def _detected(machine: Machine) -> str:
    found = machine.run("systemd-detect-virt", answers=(0, 1)).strip()
    if not found:
        raise NotSeen("systemd-detect-virt says nothing")
    return found


def _guessed(machine: Machine) -> str:
    for path, technology in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if has_file(machine, path):
            return technology
    if not re.search(r"^flags\s*:.*\bhypervisor\b", machine.read("/proc/cpuinfo"), re.MULTILINE):
        return "none"
    try:
        vendor = machine.read(f"{_DMI}/sys_vendor").lower()
    except NotSeen:
        return "vm-other"
    return next((technology for word, technology in _VENDORS.items() if word in vendor), "vm-other")


def clock(machine: Machine) -> Mapping[str, Value]:
    """The time zone, and whether the clock is kept right by somebody."""
    return {
        "timezone": attempt(lambda: first_of(machine, _zone_link, _zone_file)),
        "ntp_synchronised": attempt(lambda: first_of(machine, _timedatectl, _chrony, _adjtimex)),
    }


def _zone_link(machine: Machine) -> str:
    _, found, zone = machine.link("/etc/localtime").partition("zoneinfo/")
    if not found:
        raise NotSeen("/etc/localtime names no time zone")
    return zone.removeprefix("posix/")


def _zone_file(machine: Machine) -> str:
    return machine.read("/etc/timezone").strip()


def _timedatectl(machine: Machine) -> bool:
    if not has_folder(machine, "/run/systemd/system"):
        raise NotSeen("systemd does not run here")
    return _labelled(machine.run("timedatectl", "status"), "System clock synchronized|NTP synchronized") == "yes"


def _chrony(machine: Machine) -> bool:
    return machine.run("chronyc", "-n", "-c", "tracking").strip().split(",")[-1] in (
        "Normal",
        "Insert second",
        "Delete second",
    )


def _adjtimex(machine: Machine) -> bool:
    return "(clock synchronized)" in machine.run("busybox", "adjtimex")


PROBES = (
    Probe(("hostname", "fqdn"), names),
    Probe(("os", "os_version", "os_name"), operating_system),
    Probe(("kernel", "architecture"), kernel),
    Probe(("cpu_count", "cpu_model"), processor),
    Probe(("memory", "swap"), memory),
    Probe(("virtualization",), virtualization),
    Probe(tuple(_FIRMWARE), firmware),
    Probe(("timezone", "ntp_synchronised"), clock),
)
