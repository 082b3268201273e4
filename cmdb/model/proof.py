"""Why a CI is left as it is: chains of entries, and what is left of redundancy groups."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.model.status import Status
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a chain: `source` needs `target` by `relation`, directly or as a member of a group."""

    source: str
    relation: str
    target: str

    @property
    def data(self) -> dict[str, Value]:
        """The same for programs."""
        return {"source": self.source, "relation": self.relation, "target": self.target}


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group in an impact: `at_least` of its members are needed, `of` take part (they serve), `left` of those are up
    or at risk, and it contributes `contributes` to the CI, after the relation type's ceiling."""

    relation: str
    name: str
    at_least: int
    of: int
    left: int
    contributes: Status

    @property
    def lost(self) -> int:
        """How many members are degraded or down."""
        return self.of - self.left

    @property
    def data(self) -> dict[str, Value]:
        """The same for programs."""
        return {
            "relation": self.relation,
            "name": self.name,
            "at_least": self.at_least,
            "of": self.of,
            "left": self.left,
            "contributes": self.contributes.label,
        }
