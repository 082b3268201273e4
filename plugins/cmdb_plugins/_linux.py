"""All that is looked at on a Linux machine, wherever it is, and what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cmdb.discovery.protocol import Finding
from cmdb.model.value import Value
from cmdb_plugins import (
    _linux_network,
    _linux_packages,
    _linux_security,
    _linux_services,
    _linux_storage,
    _linux_system,
)
from cmdb_plugins import _options as options
from cmdb_plugins._claims import told
from cmdb_plugins._probe import Probe, Sight

LINUX: tuple[Probe, ...] = (
    *_linux_system.PROBES,
    *_linux_network.PROBES,
    *_linux_storage.PROBES,
    *_linux_packages.PROBES,
    *_linux_services.PROBES,
    *_linux_security.PROBES,
)
NAMES = frozenset(name for probe in LINUX for name in probe.names)
ESSENTIAL = frozenset({"hostname", "virtualization"})
"""Without these nobody can tell what the machine is."""


def skipped(value: Value) -> frozenset[str]:
    """The option `skip`. Raises `ValueError`."""
    names = frozenset(options.words("skip", value))
    if unknown := sorted(names - NAMES):
        raise ValueError(f"skip: there is no attribute {unknown[0]!r}; these are seen: {', '.join(sorted(NAMES))}")
    return names


def probes(skip: Collection[str] = ()) -> tuple[Probe, ...]:
    """The probes to look with. Names in `skip` are looked at only where the key or the kind needs them."""
    return tuple(probe for probe in LINUX if not ESSENTIAL.isdisjoint(probe.names) or set(probe.names) - set(skip))


def findings(key: str, sight: Sight, kind: str = "", skip: Collection[str] = ()) -> Iterator[Finding]:
    """One machine's observation and coverage lines. Without a kind, what virtualises it decides; where looking for
    that failed, it may be of either kind, so of what both are."""
    whole: dict[str, Value] = {**sight.values, **sight.unseen}
    wanted = {name: value for name, value in whole.items() if name.partition(".")[0] not in skip}
    yield from told(kind or _kind(sight), key, wanted)


def _kind(sight: Sight) -> str:
    why = sight.unseen.get("virtualization")
    if why is not None and why.status == "failed":
        return "compute"
    return "server" if sight.values.get("virtualization", "none") == "none" else "virtual_machine"
