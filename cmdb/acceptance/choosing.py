"""Which deviations somebody wants to accept: by CI, by key path, by outcome. What is gone and what is new has to be
asked for in so many words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cmdb.model.drift import Deviation
from cmdb.model.keypath import KeyPath, parse_path
from cmdb.reconciliation.deviations import covers

OUTCOMES = ("deviating", "missing", "unmanaged")
"""What can be accepted."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. `cis` None means all. `named` are CIs that were named one by one, `strangers` are keys, alone or
    as `source:key`; what is missing or unmanaged is taken where it is named, or where `outcomes` has it."""

    cis: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()
    paths: tuple[KeyPath, ...] = ()
    outcomes: frozenset[str] = frozenset()

    def takes(self, deviation: Deviation) -> bool:
        """Whether a deviation is chosen; what is excused or was not seen never is."""
        if deviation.excuse is not None or deviation.outcome == "unobserved":
            return False
        if self.paths and not any(covers(pattern, parse_path(deviation.path)) for pattern in self.paths):
            return False
        if deviation.ci is None:
            return self._takes_stranger(deviation)
        if self.cis is not None and deviation.ci not in self.cis:
            return False
        if self.outcomes:
            return deviation.outcome in self.outcomes
        return deviation.outcome == "deviating" or deviation.ci in self.named

    def holds(self, ci: str) -> bool:
        """Whether a CI is among those chosen."""
        return self.cis is None or ci in self.cis

    def also(self, cis: Collection[str]) -> Choice:
        """The same with further CIs."""
        return self if self.cis is None else replace(self, cis=self.cis | frozenset(cis))

    def _takes_stranger(self, deviation: Deviation) -> bool:
        if self.outcomes and "unmanaged" not in self.outcomes:
            return False
        if self.strangers & {str(deviation.key), name_of(deviation)}:
            return True
        return self.cis is None and not self.strangers and "unmanaged" in self.outcomes


def name_of(deviation: Deviation) -> str:
    """What something unmanaged is called: `source:key`."""
    return f"{deviation.source}:{deviation.key}"
