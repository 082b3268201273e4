"""Names as evidence of identity: without case, without a final dot, and without the domain where one side has none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cmdb.model.ci import CI
from cmdb.model.snapshot import Observation, Reference
from cmdb.model.value import Value
from cmdb.reconciliation.placeholders import placeholder

_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f]*:[0-9a-f:.]+")


class NameIndex:
    """All names by which CIs may be known."""

    def __init__(self, cis: Iterable[CI]) -> None:
        self._whole: dict[str, list[CI]] = {}
        self._first_labels: dict[str, list[CI]] = {}
        for ci in cis:
            for name in _folded((ci.id, *ci.aliases, ci.name, ci.attributes.get("hostname"))):
                self._whole.setdefault(name, []).append(ci)
                if "." in name and not _ADDRESS.fullmatch(name):
                    self._first_labels.setdefault(name.partition(".")[0], []).append(ci)

    def find(self, seen: Observation | Reference) -> dict[str, tuple[CI, str]]:
        """The CIs that share a name with something seen, by id, each with that name."""
        found: dict[str, tuple[CI, str]] = {}
        title = seen.name if isinstance(seen, Observation) else None
        for name in _folded((seen.attributes.get("hostname"), title, seen.key)):
            for ci in self._alike(name):
                found.setdefault(ci.id, (ci, name))
        return found

    def _alike(self, name: str) -> Iterable[CI]:
        whole = self._whole.get(name, ())
        if "." not in name:
            labels = self._first_labels.get(name)
            return (*whole, *labels) if labels else whole
        if _ADDRESS.fullmatch(name):
            return whole
        short = self._whole.get(name.partition(".")[0])
        return (*whole, *short) if short else whole


def _folded(names: Iterable[Value]) -> dict[str, None]:
    found: dict[str, None] = {}
    for name in names:
        if name and isinstance(name, str):
            word = name.strip().rstrip(".").casefold()
            if word not in found and not placeholder(word):
                found[word] = None
    return found
