"""What of a machine stays from one look to the next: interfaces and mounts that belong to it, not to what runs on it,
addresses that nobody will change tomorrow, and firmware texts that say something."""

from __future__ import annotations

import ipaddress
import re

from cmdb.model.value import Value

_PASSING_INTERFACE = re.compile(
    r"lo|lo0|bonding_masters|(veth|tap|tun|vnet|docker|podman|virbr|lxcbr|lxdbr|cni|flannel|cali|cilium|lxc|vxlan|kube-|"
    r"nodelocaldns|weave|ovs-system|ifb|dummy|fwbr|fwln|fwpr|sit|gre|gretap|erspan|tunl|ip6tnl|ip6gre|ip_vti|ip6_vti|"
    r"utun|awdl|llw|anpi|gif|stf|ap\d).*|br-[0-9a-f]{12}"
)
_NETWORK_FILESYSTEMS = re.compile(r"nfs4?|cifs|smb3?|smbfs|ceph|glusterfs|lustre|gpfs|beegfs|afs|9p|fuse(\..*)?")
_PASSING_FILESYSTEMS = frozenset({"squashfs", "iso9660", "udf", "autofs", "tmpfs", "devtmpfs", "nullfs"})
_PASSING_FOLDERS = re.compile(
    r"/(proc|sys|dev|run|snap|media|var/run|var/snap|var/lib/(docker|containers|containerd|kubelet|rancher|lxc|lxd|"
    r"snapd|machines)|private/var/vm|System/Volumes)(/.*)?|/etc/(hosts|hostname|resolv\.conf)"
)
_PLACEHOLDER = re.compile(
    r"(?i)[-.:\s0x]*|[-:f]*|n/?a|none|null|empty|oem|o\.e\.m\.|default( string)?|to be filled.*|unknown|undefined|"
    r"invalid|not (specified|applicable|available|present|set)|0?123456789|serial( number)?|(no )?asset.*|"
    r"(system|chassis|base ?board|board|product) (serial( number)?|manufacturer|product name|name|version|uuid)"
)
CONTAINERS = frozenset(
    {
        "container",
        "container-other",
        "containerd",
        "docker",
        "kubernetes",
        "lxc",
        "lxc-libvirt",
        "openvz",
        "podman",
        "pouch",
    }
    | {"proot", "rkt", "systemd-nspawn", "wsl"}
)
"""Names of virtualisation under which the firmware seen is the host's."""


def interface_stays(name: str) -> bool:
    """Whether a network interface belongs to the machine rather than to its containers, guests or tunnels."""
    return not _PASSING_INTERFACE.fullmatch(name)


def mount_stays(device: str, point: str, filesystem: str) -> bool:
    """Whether a mount holds the machine's data: a device, a network file system or ZFS, outside passing folders."""
    holds = device.startswith("/") or ":/" in device or filesystem in ("zfs", "ceph", "glusterfs", "9p")
    return holds and filesystem not in _PASSING_FILESYSTEMS and not _PASSING_FOLDERS.fullmatch(point)


def is_remote(filesystem: str) -> bool:
    """Whether a file system's size is somebody else's, and asking for it may hang."""
    return bool(_NETWORK_FILESYSTEMS.fullmatch(filesystem))


def has_own_size(filesystem: str) -> bool:
    """Whether a file system has a size of its own: not on the network, nor sharing a pool as ZFS does."""
    return not is_remote(filesystem) and filesystem != "zfs"


def address_stays(address: str) -> bool:
    """Whether an address was given to the machine: neither loopback nor link-local."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def real_mac(text: Value) -> str | None:
    """A hardware address in lower case with colons, or None for none and for all zeros."""
    mac = str(text or "").lower().replace("-", ":")
    return mac if re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", mac) and mac.strip("0:") and mac.strip("f:") else None


def qualified_name(name: str) -> str | None:
    """A host name with a domain that means something, in lower case; else None."""
    host, _, domain = name.lower().rstrip(".").partition(".")
    if not host or not domain or host == "localhost" or domain.endswith(("localdomain", "localhost", ".arpa")):
        return None
    return f"{host}.{domain}"


def says_something(text: Value) -> str | None:
    """A firmware text, or None for a placeholder such as `Default string`, for all zeros and for all F."""
    word = str(text or "").strip("\0 \t\n")
    return None if _PLACEHOLDER.fullmatch(word) else word


def interfaces_in_all(interfaces: dict[str, dict[str, Value]]) -> dict[str, Value]:
    """The attributes that follow from a machine's interfaces: themselves, and all addresses they carry."""
    addresses = {cidr.partition("/")[0] for each in interfaces.values() for cidr in each["addresses"]}
    macs = {each["mac"] for each in interfaces.values() if "mac" in each}
    return {
        "interfaces": dict(sorted(interfaces.items())),
        "ip_addresses": tuple(sorted(addresses)),
        "mac_addresses": tuple(sorted(macs)),
    }


def interface(mac: Value, addresses: list[str], mtu: Value) -> dict[str, Value]:
    """One interface as an attribute value; `mac` and `mtu` only where it has them."""
    known: dict[str, Value] = {"addresses": tuple(sorted(addresses))}
    if real := real_mac(mac):
        known["mac"] = real
    if isinstance(mtu, int):
        known["mtu"] = mtu
    return known
