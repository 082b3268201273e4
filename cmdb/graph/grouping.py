"""By what CIs are told apart: who owns them, what they are, where they stand, who supplies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cmdb.graph.hints import did_you_mean
from cmdb.graph.neighbours import targets_by
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError

TRAITS = ("owner", "site", "supplier", "environment", "kind", "criticality")
LABEL = "labels."

Groups = Callable[[int], tuple[str, ...]]
"""From a CI, as the topology numbers it, to the groups that it belongs to: sorted, none where it belongs to none."""


def grouping(inventory: Inventory, topology: Topology, by: str) -> Groups:
    """The groups by one of `TRAITS`, or by a label (`labels.tier`).

    A CI stands at the site that its `located_in` leads to; without one where that is which it runs on, or else where
    what it consists of is. Its suppliers are those that it is `supplied_by`; without one those of the contracts that
    cover it and of the licences it is under, or else those of the cloud account that it is in. Raises `CmdbError` for
    anything else.
    """
    if by == "owner":
        return lambda node: _one(topology.owner(node))
    if by == "kind":
        return lambda node: (topology.kind(node),)
    if by == "environment":
        return lambda node: _one(topology.environment(node))
    if by == "criticality":
        return lambda node: _one(inventory.cis[topology.ids[node]].criticality)
    if by.startswith(LABEL) and by != LABEL:
        return lambda node: _one(inventory.cis[topology.ids[node]].labels.get(by.removeprefix(LABEL)))
    if by == "site":
        return _Sites(inventory, topology).of
    if by == "supplier":
        return _Suppliers(inventory, topology).of
    raise CmdbError(
        f"nothing is grouped by '{by}'{did_you_mean(by, TRAITS)}", hint=f"write {', '.join(TRAITS)} or labels.NAME"
    )


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


class _Sites:
    def __init__(self, inventory: Inventory, topology: Topology) -> None:
        self.topology = topology
        self.sites = inventory.schema.descendants.get("site", frozenset({"site"}))

    def of(self, node: int) -> tuple[str, ...]:
        found: set[int] = set()
        seen, waiting = {node}, [node]
        while waiting:
            here = waiting.pop()
            if self.topology.kind(here) in self.sites:
                found.add(here)
                continue
            beyond = self._beyond(here) - seen
            seen |= beyond
            waiting += beyond
        return tuple(self.topology.ids[site] for site in sorted(found))

    def _beyond(self, node: int) -> set[int]:
        """What a CI stands in, else what it runs on, else what it is made of."""
        ways = (set(targets_by(self.topology, node, (name,))) for name in ("located_in", "runs_on", "consists_of"))
        return next((way for way in ways if way), set())


class _Suppliers:
    def __init__(self, inventory: Inventory, topology: Topology) -> None:
        self.topology = topology
        self.suppliers = inventory.schema.descendants.get("supplier", frozenset({"supplier"}))
        self.accounts = inventory.schema.descendants.get("cloud_account", frozenset({"cloud_account"}))

    def of(self, node: int) -> tuple[str, ...]:
        if self.topology.kind(node) in self.suppliers:
            return (self.topology.ids[node],)
        found = self._agreed(node) or {
            supplier for account in self._accounts(node) for supplier in self._agreed(account)
        }
        return tuple(self.topology.ids[supplier] for supplier in sorted(found))

    def _agreed(self, node: int) -> set[int]:
        """By its own word, else by what covers it."""
        papers = targets_by(self.topology, node, ("covered_by", "licensed_under"))
        return self._supplied(node) or {supplier for paper in papers for supplier in self._supplied(paper)}

    def _supplied(self, node: int) -> set[int]:
        return set(targets_by(self.topology, node, ("supplied_by",)))

    def _accounts(self, node: int) -> Iterator[int]:
        for target in targets_by(self.topology, node, ("runs_on", "located_in", "member_of")):
            if self.topology.kind(target) in self.accounts:
                yield target
