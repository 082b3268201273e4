"""What is known of either side of a change, and which CI of one side is which of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.graph.topology import Topology
from cmdb.model.change import Change, ChangeSet
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem


@dataclass(frozen=True)
class Side:
    """One side of a change. `name` is the full id of a commit, or what stands for a side that is none; `problems` are
    those of all checks."""

    name: str
    inventory: Inventory = field(repr=False)
    topology: Topology = field(repr=False)
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    def ci(self, name: str) -> CI | None:
        """The CI of an id; former ids are none."""
        return self.inventory.cis.get(name)

    def nodes(self, names: Iterable[str]) -> list[int]:
        """The nodes of ids, where they are there."""
        found = (self.topology.number(name) for name in sorted(names) if name in self.inventory.cis)
        return [node for node in found if node is not None]


@dataclass(frozen=True)
class Sides:
    """Both sides with the changes that lead from one to the other; CIs are named as the head names them."""

    before: Side
    after: Side
    changes: ChangeSet

    @property
    def old(self) -> tuple[str, ...]:
        """The ids on the base of all CIs that change or go."""
        return tuple(sorted(former(change) for change in self.changes.changes if change.action != "added"))

    @property
    def new(self) -> tuple[str, ...]:
        """The ids on the head of all CIs that change or come."""
        return tuple(change.id for change in self.changes.changes if change.action != "removed")

    @property
    def added(self) -> tuple[str, ...]:
        """The ids of all CIs that come."""
        return tuple(change.id for change in self.changes.changes if change.action == "added")

    @property
    def renamed(self) -> dict[str, str]:
        """Former id -> new id."""
        return {change.former_id: change.id for change in self.changes.changes if change.former_id}

    def both(self) -> Iterator[tuple[Side, dict[str, str]]]:
        """Each side, and what its ids are called on the head where that is something else."""
        yield self.before, self.renamed
        yield self.after, {}


def former(change: Change) -> str:
    """The id that the CI has, or would have, on the base."""
    return change.former_id or change.id
