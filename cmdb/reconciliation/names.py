"""Names as evidence of identity: without case, without a final dot, and without the domain where one side has none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from cmdb.reconciliation.placeholders import placeholder
from cmdb.model.ci import CI
from cmdb.model.snapshot import Observation, Reference
from cmdb.model.value import Value

_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f]*:[0-9a-f:.]+")


class NameIndex:
    """All names by which CIs may be known."""

    def __init__(self, cis: Iterable[CI]) -> None:
        self._whole: dict[str, list[CI]] = defaultdict(list)
        self._first_labels: dict[str, list[CI]] = defaultdict(list)
        for ci in cis:
            for name in _folded((ci.id, *ci.aliases, ci.name, ci.attributes.get("hostname"))):
                self._whole[name].append(ci)
                if "." in name and not _ADDRESS.fullmatch(name):
                    self._first_labels[name.partition(".")[0]].append(ci)

    def find(self, seen: Observation | Reference) -> dict[str, tuple[CI, str]]:
        """The CIs that share a name with something seen, by id, each with that name."""
        found: dict[str, tuple[CI, str]] = {}
        title = seen.name if isinstance(seen, Observation) else None
        for name in _folded((seen.attributes.get("hostname"), title, seen.key)):
            for ci in self._alike(name):
                found.setdefault(ci.id, (ci, name))
        return found

    def _alike(self, name: str) -> Iterable[CI]:
        yield from self._whole.get(name, ())
        if "." not in name:
            yield from self._first_labels.get(name, ())
        elif not _ADDRESS.fullmatch(name):
            yield from self._whole.get(name.partition(".")[0], ())


def _folded(names: Iterable[Value]) -> dict[str, None]:
    words = (name.strip().rstrip(".").casefold() for name in names if isinstance(name, str))
    return {word: None for word in words if not placeholder(word)}
