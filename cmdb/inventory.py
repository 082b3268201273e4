"""The inventory as users of the library hold it: a mapping of CIs that can be selected from and walked as a graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING

from cmdb.graph.topology import Topology, build
from cmdb.model import inventory
from cmdb.model.ci import CI
from cmdb.model.quiet import collector_resting

if TYPE_CHECKING:
    from cmdb.graph.export import MultiDiGraph


class Inventory(inventory.Inventory):
    """A mapping from id to CI, sorted by id; an alias finds its CI too."""

    @classmethod
    def of(cls, loaded: inventory.Inventory, topology: Topology | None = None) -> Inventory:
        """The same inventory with these methods, and with its graph where that is known."""
        found = cls(**{field.name: getattr(loaded, field.name) for field in fields(loaded)})
        if topology is not None:
            found.__dict__["topology"] = topology
        return found

    @cached_property
    def topology(self) -> Topology:
        """The compact graph that the engine walks; built on first use."""
        with collector_resting():
            return build(self)

    @cached_property
    def graph(self) -> MultiDiGraph:
        """A `networkx.MultiDiGraph`: an edge from A to B, keyed by relation type, reads "A depends on B"."""
        from cmdb.graph.export import multidigraph

        return multidigraph(self)

    def select(self, *selectors: str, exclude: Iterable[str] = ()) -> tuple[CI, ...]:
        """The CIs that any of the selectors picks, without those that `exclude` picks, sorted by id.

        Raises `SelectorError` for a selector that cannot be read or names an unknown field, kind or id.
        """
        from cmdb.graph.selectors import select

        return tuple(self[name] for name in select(self, selectors, exclude=tuple(exclude), topology=self.topology))
