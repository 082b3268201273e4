"""By what CIs are told apart: who owns them, what they are, where they stand, who supplies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cmdb.graph.hints import did_you_mean
from cmdb.graph.neighbours import entries
from cmdb.graph.topology import Topology, position
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
    """One step from a CI is worked out once, however many stand behind it."""

    def __init__(self, inventory: Inventory, topology: Topology) -> None:
        self.topology = topology
        self.sites = inventory.schema.descendants.get("site", frozenset({"site"}))
        self.ways = tuple(_number(topology, name) for name in ("located_in", "runs_on", "consists_of"))
        self.known: dict[int, frozenset[int]] = {}

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

    def _beyond(self, node: int) -> frozenset[int]:
        """What a CI stands in, else what it runs on, else what it is made of."""
        if node not in self.known:
            related = set(entries(self.topology, node))
            ways = (frozenset(other for relation, other in related if relation == way) for way in self.ways)
            self.known[node] = next((way for way in ways if way), frozenset())
        return self.known[node]


class _Suppliers:
    def __init__(self, inventory: Inventory, topology: Topology) -> None:
        self.topology = topology
        self.suppliers = inventory.schema.descendants.get("supplier", frozenset({"supplier"}))
        self.accounts = inventory.schema.descendants.get("cloud_account", frozenset({"cloud_account"}))
        self.supplied_by = _number(topology, "supplied_by")
        self.papers = {_number(topology, name) for name in ("covered_by", "licensed_under")}
        self.places = {_number(topology, name) for name in ("runs_on", "located_in", "member_of")}
        self.known: dict[int, frozenset[int]] = {}

    def of(self, node: int) -> tuple[str, ...]:
        if self.topology.kind(node) in self.suppliers:
            return (self.topology.ids[node],)
        found = self._agreed(node) or self._rented(node)
        return tuple(self.topology.ids[supplier] for supplier in sorted(found))

    def _agreed(self, node: int) -> frozenset[int]:
        """By its own word, else by what covers it."""
        if node not in self.known:
            papers = self._related(node, self.papers)
            found = self._supplied(node) or frozenset(other for paper in papers for other in self._supplied(paper))
            self.known[node] = found
        return self.known[node]

    def _rented(self, node: int) -> frozenset[int]:
        """By the cloud account that it is in."""
        accounts = (one for one in self._related(node, self.places) if self.topology.kind(one) in self.accounts)
        return frozenset(supplier for account in accounts for supplier in self._agreed(account))

    def _supplied(self, node: int) -> frozenset[int]:
        return frozenset(self._related(node, {self.supplied_by}))

    def _related(self, node: int, relations: set[int | None]) -> Iterator[int]:
        return (other for relation, other in entries(self.topology, node) if relation in relations)


def _number(topology: Topology, relation: str) -> int | None:
    """How the graph numbers a relation type; None where it has none of that name."""
    return position(topology.relations, relation)
