"""Which hosts there are: keys, and the addresses behind them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cmdb.model.problem import CmdbError, Problem
from cmdb.model.value import Value

_ADDRESS = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^@:\s\[\]]+)(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a host listens; what is empty here, the SSH configuration of the user says."""

    host: str
    port: int | None = None
    user: str = ""


def address(text: str) -> Address:
    """`host`, `user@host`, `host:22`, `[2001:db8::1]:22`. Raises `ValueError`."""
    if _is_ip(text):
        return Address(text)
    found = _ADDRESS.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 0 < port < 65536):
        raise ValueError(f"{text!r} is no address; write [USER@]HOST[:PORT]")
    return Address(found["host"].strip("[]"), port, found["user"] or "")


def key_of(text: str) -> str:
    """What a host is called that is listed by its address alone."""
    return text.rpartition("@")[2]


def listed(name: str, value: Value) -> dict[str, Address]:
    """An option that lists hosts. Raises `ValueError`."""
    return _addresses(name, _pairs(name, value))


def read(root: Path, file: str) -> dict[str, Address]:
    """The hosts in a file: a line has a key, and where it is reached if that is something else. Raises `CmdbError`."""
    try:
        lines = (root / file).read_text("utf-8").splitlines()
        rows = ((f"line {number}", line.partition("#")[0].split()) for number, line in enumerate(lines, 1))
        return _addresses("it", [_pair(place, words) for place, words in rows if words])
    except (OSError, ValueError) as error:
        raise CmdbError(Problem("source", f"the hosts_file {file} cannot be used: {error}")) from error


def scopes(key: str) -> tuple[str, ...]:
    """Selectors of the CI that declares the name of a host; of an address, or of any other key, nobody can tell."""
    try:
        host = address(key).host
    except ValueError:
        return ()
    if _is_ip(host):
        return ()
    return (f"attributes.{'fqdn' if '.' in host else 'hostname'}={host}",)


def _pairs(name: str, value: Value) -> list[tuple[str, Value]]:
    if isinstance(value, Mapping):
        return [(str(key), str(key) if where is None else where) for key, where in value.items()]
    several = (value,) if isinstance(value, str) else value
    if isinstance(several, Sequence) and all(isinstance(each, str) for each in several):
        return [(key_of(each), each) for each in several]
    raise ValueError(f"{name}: hosts such as web-1.example.org are wanted, not {value!r}")


def _pair(place: str, words: Sequence[str]) -> tuple[str, str]:
    if len(words) > 2:
        raise ValueError(f"{place}: a key and an address are wanted, not {' '.join(words)!r}")
    return (key_of(words[0]), words[0]) if len(words) == 1 else (words[0], words[1])


def _addresses(name: str, pairs: Sequence[tuple[str, Value]]) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for key, where in pairs:
        if key in found:
            raise ValueError(f"{name}: {key} stands there twice")
        if not isinstance(where, str):
            raise ValueError(f"{name}: {key} is reached at an address such as ada@10.0.0.5:22, not at {where!r}")
        found[key] = address(where)
    return found


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
