"""Whom a change concerns: the CIs that are not what they were, and those that look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from cmdb.facts import Facts
from cmdb.graph.neighbours import sources
from cmdb.graph.topology import Topology, position
from cmdb.model.ci import CI
from cmdb.recheck.former import Former

Ids = frozenset[str]


class Difference:
    """Two inventories under the same schema and the same settings, of which only some files differ; `changed` are the
    ids of every CI that stands or stood in one of those."""

    def __init__(self, facts: Facts, former: Former, changed: Collection[str]) -> None:
        self.facts = facts
        self.former = former
        self.before = former.topology
        self.after = facts.topology
        self._changed = frozenset(changed)

    @cached_property
    def ids(self) -> Ids:
        """The CIs that are not what they were, came or went. Where ids are taken twice, one that goes makes room for
        another, which stands elsewhere."""
        if not (self.hidden or self.former.problems.get("duplicate-id")):
            return self._changed
        return self._changed | (frozenset(self.before.ids) ^ frozenset(self.after.ids))

    @property
    def hidden(self) -> bool:
        """Whether CIs are declared whose id is taken."""
        return len(self.facts.inventory.declared) != len(self.after)

    @cached_property
    def cis(self) -> tuple[CI, ...]:
        """Those of them that are there now."""
        cis = self.facts.inventory.cis
        return tuple(cis[name] for name in sorted(self.ids) if name in cis)

    @cached_property
    def neighbours(self) -> Ids:
        """These CIs and all that have, or had, them among their targets."""
        return self._with_sources(self.ids)

    @cached_property
    def targets(self) -> Ids:
        """These CIs, and all that have or had one among their targets which now stands otherwise in the graph."""
        before, after = self._standing(self.before), self._standing(self.after)
        return self.ids | self._with_sources(name for name in self.ids if before.get(name) != after.get(name))

    def _with_sources(self, names: Iterable[str]) -> Ids:
        names = frozenset(names)
        found = set(names)
        for topology in (self.before, self.after):
            nodes = [node for name in names if (node := position(topology.ids, name)) is not None]
            found.update(topology.ids[node] for node in sources(topology, nodes))
        return frozenset(found)

    def _standing(self, topology: Topology) -> dict[str, tuple[str, str, frozenset[str]]]:
        """Kind, lifecycle and former ids of each of these CIs that is there."""
        nodes = {node: name for name in self.ids if (node := position(topology.ids, name)) is not None}
        aliases: dict[int, set[str]] = {}
        for number, node in enumerate(topology.alias_of):
            if node in nodes:
                aliases.setdefault(node, set()).add(topology.aliases[number])
        return {
            name: (topology.kind(node), topology.lifecycle(node), frozenset(aliases.get(node, ())))
            for node, name in nodes.items()
        }
