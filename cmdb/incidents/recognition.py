"""Which CI an alert is about, from its labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from cmdb.model.alert import Alert
from cmdb.model.ci import CI
from cmdb.model.snapshot import Reference
from cmdb.model.value import Value
from cmdb.reconciliation.names import NameIndex

LABELS = (
    "ci",
    "cmdb_ci",
    "instance",
    "hostname",
    "host",
    "node",
    "nodename",
    "server",
    "device",
    "pod",
    "service",
    "app",
)
"""Labels that may name a CI, the surest first."""
OWN = ("ip_address", "ip_addresses", "management_ip", "public_ip_addresses", "virtual_addresses", "address")
"""Attributes with addresses that a CI has itself; that of its gateway is another's."""
_PORT = re.compile(r"(?P<host>\[[^]]+\]|[^:]+):[0-9]{1,5}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://(?P<rest>[^/]*).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The alerts of each CI by its id, sorted; those that fit no CI, and those that fit several, with their ids."""

    alarming: Mapping[str, tuple[Alert, ...]] = field(default_factory=dict)
    unknown: tuple[Alert, ...] = ()
    ambiguous: tuple[tuple[Alert, tuple[str, ...]], ...] = ()


def recognised(cis: Iterable[CI], alerts: Iterable[Alert], labels: Sequence[str] = LABELS) -> Recognised:
    """The CIs that alerts are about. The first label that fits any CI decides: an id or former id, a name or hostname
    (without case, and without the domain where one side has none), or an address that one CI alone has."""
    known = tuple(cis)
    names, addresses = NameIndex(known), _addresses(known)
    alarming: dict[str, list[Alert]] = {}
    unknown: list[Alert] = []
    ambiguous: list[tuple[Alert, tuple[str, ...]]] = []
    for alert in alerts:
        found = _about(alert, labels, names, addresses)
        if len(found) == 1:
            alarming.setdefault(found[0], []).append(alert)
        elif found:
            ambiguous.append((alert, found))
        else:
            unknown.append(alert)
    return Recognised({ci: tuple(alarming[ci]) for ci in sorted(alarming)}, tuple(unknown), tuple(ambiguous))


def _about(alert: Alert, labels: Sequence[str], names: NameIndex, addresses: Mapping[str, set[str]]) -> tuple[str, ...]:
    for label in labels:
        for word in _words(alert.labels.get(label, "")):
            address = _address(word)
            found = names.find(Reference("", "", {"hostname": word})) or (address and addresses.get(address)) or ()
            if found:
                return tuple(sorted(found))
    return ()


def _words(text: str) -> Iterator[str]:
    """The text, and what is left of it without a scheme, a path and a port."""
    if not text:
        return
    yield text
    host = found["rest"] if (found := _SCHEME.fullmatch(text)) else text
    without = found["host"] if (found := _PORT.fullmatch(host)) else host
    yield from dict.fromkeys(word for word in (host, without.strip("[]")) if word and word != text)


def _addresses(cis: Iterable[CI]) -> Mapping[str, set[str]]:
    """Address -> the CIs that declare it as their own."""
    found: dict[str, set[str]] = {}
    for ci in cis:
        for value in (ci.attributes[name] for name in OWN if name in ci.attributes):
            for item in value if isinstance(value, tuple | frozenset) else (value,):
                if address := _address(item):
                    found.setdefault(address, set()).add(ci.id)
    return found


def _address(value: Value) -> str:
    if not isinstance(value, str) or not value or value[0] not in "0123456789abcdefABCDEF:":
        return ""
    try:
        return str(ip_address(value))
    except ValueError:
        return ""
