"""What a source tells of one thing: its observation, a coverage line that claims it and all it carries, and lines that
name what was not seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cmdb.discovery.protocol import Finding
from cmdb.model.snapshot import Coverage, CoverageStatus, Observation
from cmdb.model.value import Value
from cmdb_plugins._machine import NotSeen

_BARE = re.compile(r"[A-Za-z0-9._:/@-]+")


@dataclass(frozen=True, slots=True)
class Partly:
    """A map or set of which there may be more than was seen."""

    value: Value
    reason: str


def told(
    kind: str, key: str, values: Mapping[str, Value], *, name: str = "", at: datetime | None = None
) -> Iterator[Finding]:
    """An observation with its coverage. Each value is what was seen, None for seen not to be there, `Partly`, or the
    `NotSeen` in its place; the names of the latter may be key paths further down."""
    yield Coverage(scope_of(key))
    yield from _doubts(key, values)
    known = {each: value for each, value in values.items() if not isinstance(value, NotSeen)}
    carried = {each: value.value if isinstance(value, Partly) else value for each, value in known.items()}
    yield Observation(kind, key, carried, name=name, at=at)


def lost(key: str, reason: str, names: tuple[str, ...] = ("*",)) -> Coverage:
    """Nothing could be seen of the thing, or of these attributes of it."""
    return Coverage(scope_of(key), names, "failed", reason)


def scope_of(key: str) -> str:
    """The scope that selects the CI bound to a source's key."""
    return f"key={key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)}"


def _doubts(key: str, values: Mapping[str, Value]) -> Iterator[Coverage]:
    """One line for all that was not seen for one reason."""
    groups: dict[tuple[CoverageStatus, str], list[str]] = {}
    for name, value in values.items():
        if isinstance(value, NotSeen):
            groups.setdefault((value.status, value.reason), []).append(name)
        elif isinstance(value, Partly):
            groups.setdefault(("partial", value.reason), []).append(name)
    for (status, reason), names in sorted(groups.items()):
        yield Coverage(scope_of(key), tuple(sorted(names)), status, reason)
