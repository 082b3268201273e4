"""The graph after a change, from the graph before it: only the CIs that changed are looked at."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping

from cmdb.graph.topology import TRAITS, Edges, Members, Topology, Traits, assembled, position
from cmdb.model.ci import CI, LIFECYCLES

_GONE = -1


class _Dangling(Exception):
    """Something that did not change refers to what is gone."""


def patched(before: Topology, put: Mapping[str, CI], gone: Collection[str]) -> Topology | None:
    """What `build` would make of an inventory that differs by these CIs: `put` are new or changed, by id, and `gone`
    are the ids that are no more. None where references may resolve otherwise than before, so that all CIs have to be
    looked at: a former id comes, goes or moves, or something dangles."""
    if before.dangling or not _alike(before, put, gone):
        return None
    try:
        return _Patch(before, put, gone).topology()
    except _Dangling:
        return None


def _alike(before: Topology, put: Mapping[str, CI], gone: Collection[str]) -> bool:
    former: dict[str, list[str]] = {}
    for alias, node in zip(before.aliases, before.alias_of, strict=True):
        former.setdefault(before.ids[node], []).append(alias)
    return (
        not any(ci in former for ci in gone)
        and all(position(before.aliases, name) is None for name in put)
        and all(list(ci.aliases) == former.get(name, []) for name, ci in put.items())
        and all(relation in before.relations for ci in put.values() for relation in ci.relations)
        and all(ci.lifecycle in LIFECYCLES for ci in put.values())
    )


class _Patch:
    """`origin` says for each node of now which it was before, None for those that are put; `moved` the other way."""

    def __init__(self, before: Topology, put: Mapping[str, CI], gone: Collection[str]) -> None:
        self.before = before
        self.put = put
        numbers = {name: node for node, name in enumerate(before.ids) if name not in gone}
        self.ids = tuple(sorted(numbers.keys() | put.keys()))
        self.origin = [None if name in put else numbers[name] for name in self.ids]
        self.number = {name: node for node, name in enumerate(self.ids)}
        self.moved = array("q", [self.number.get(name, _GONE) for name in before.ids])
        aliases = zip(before.aliases, before.alias_of, strict=True)
        self.number.update((alias, self.moved[node]) for alias, node in aliases)
        self.edges = Edges(self.number.get, before.relations, len(self.ids))

    def topology(self) -> Topology:
        before, put = self.before, self.put
        for name, node in zip(self.ids, self.origin, strict=True):
            if node is None:
                self.edges.add_ci(put[name])
            else:
                self._copy(node)
                self.edges.start.append(len(self.edges.node))
        cis = zip(self.ids, self.origin, strict=True)
        traits = [
            tuple(getattr(put[name], trait) for trait in TRAITS) if node is None else _traits(before, node)
            for name, node in cis
        ]
        return assembled(
            self.ids,
            Traits(*zip(*traits, strict=True)) if traits else Traits((), (), (), (), ()),
            self.edges,
            relations=before.relations,
            ceilings=before.ceilings,
            aliases=tuple(before.aliases),
            alias_of=array("I", [self.moved[node] for node in before.alias_of]),
            services=before.services,
            customers=before.customers,
            contracts=before.contracts,
        )

    def _copy(self, node: int) -> None:
        """The row that a node had, at the numbers of now. Raises `_Dangling`."""
        before, edges, cis = self.before, self.edges, len(self.before)
        for place in before.out.of(node):
            target, relation = before.out.node[place], before.out.relation[place]
            if target >= cis:
                group = target - cis
                edges.add_group(before.labels[group], before.at_least[group], relation, self._members(target))
            elif (moved := self.moved[target]) == _GONE:
                raise _Dangling
            else:
                edges.node.append(moved)
                edges.relation.append(relation)

    def _members(self, group: int) -> Members:
        return lambda _: self._copy(group)


def _traits(topology: Topology, node: int) -> tuple[str | None, ...]:
    return (
        topology.names[node],
        topology.kind(node),
        topology.owner(node),
        topology.environment(node),
        topology.lifecycle(node),
    )
