"""The inventory as a compact, immutable graph: numbers in flat arrays, so that a million CIs stay small, can be kept
on disk and mapped into memory, and are walked without touching what is not asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, islice, repeat
from operator import sub
from typing import Any

from cmdb.model.ci import CI, LIFECYCLES, SERVING, Group
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.status import Status

SERVICE = "service"
"""The kind whose descendants are what people outside the team notice."""
CUSTOMER, CONTRACT = "customer", "contract"
"""Who notices it, and what was agreed with them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Edges in compressed sparse rows: those of node `n` stand from `start[n]` up to, not including, `start[n + 1]`.
    `node` is the other end, `relation` the number of the relation type."""

    start: Sequence[int]
    node: Sequence[int]
    relation: Sequence[int]

    def of(self, node: int) -> range:
        """The positions of a node's edges."""
        return range(self.start[node], self.start[node + 1])

    def ends(self, node: int) -> Sequence[int]:
        """The other ends of a node's edges."""
        return self.node[self.start[node] : self.start[node + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """CIs are the nodes `0 … len(ids) - 1`, sorted by id; redundancy groups are the nodes after them, with their
    members as targets, so that a group within a group is nothing special.

    All CIs are nodes, whatever their lifecycle; `serving` says which take part in harm. `kind_of`, `owner_of`,
    `environment_of` and `lifecycle_of` are positions in `kinds`, `owners` (None: nobody), `environments` (None: not
    declared) and `lifecycles`. Relation types are sorted, so that their numbers compare like their names; `ceilings`
    stand beside them. `at_least` and `labels` belong to the groups. `services`, `customers` and `contracts` are the
    kinds that count as such; `dangling` counts targets that exist nowhere.
    """

    ids: Sequence[str]
    names: Sequence[str | None]
    kinds: tuple[str, ...]
    kind_of: Sequence[int]
    owners: tuple[str | None, ...]
    owner_of: Sequence[int]
    environments: tuple[str | None, ...]
    environment_of: Sequence[int]
    lifecycles: tuple[str, ...]
    lifecycle_of: bytes | memoryview
    serving: bytes | memoryview
    relations: tuple[str, ...]
    ceilings: tuple[Status, ...]
    out: Rows
    back: Rows
    at_least: Sequence[int]
    labels: Sequence[str]
    aliases: Sequence[str]
    alias_of: Sequence[int]
    services: frozenset[str]
    customers: frozenset[str]
    contracts: frozenset[str]
    dangling: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def number(self, reference: str) -> int | None:
        """The node of an id or an alias, or None where there is no such CI."""
        found = position(self.ids, reference)
        if found is None and (alias := position(self.aliases, reference)) is not None:
            return self.alias_of[alias]
        return found

    def kind(self, node: int) -> str:
        """The kind of a CI."""
        return self.kinds[self.kind_of[node]]

    def owner(self, node: int) -> str | None:
        """The owner of a CI."""
        return self.owners[self.owner_of[node]]

    def environment(self, node: int) -> str | None:
        """The environment of a CI."""
        return self.environments[self.environment_of[node]]

    def lifecycle(self, node: int) -> str:
        """The lifecycle of a CI."""
        return self.lifecycles[self.lifecycle_of[node]]

    def who(self, node: int) -> tuple[str, str, str | None, str | None]:
        """What answers say of every CI: id, kind, name, owner."""
        return self.ids[node], self.kind(node), self.names[node], self.owner(node)

    def holder(self, node: int) -> int:
        """The CI whose relation a group belongs to, through all groups around it; a CI's own number for a CI."""
        while node >= len(self.ids):
            node = self.back.node[self.back.start[node]]
        return node

    def including(self, include: Iterable[str]) -> Topology:
        """The same graph where CIs of these lifecycles count as serving too."""
        return replace(self, serving=_serving(self.lifecycles, self.lifecycle_of, frozenset(include)))


def build(inventory: Inventory, *, include: Iterable[str] = ()) -> Topology:
    """The graph of an inventory, in linear time. CIs of the lifecycles in `include` count as serving. Aliases resolve,
    targets that exist nowhere are left out and counted, a member that a group names twice counts once."""
    cis = tuple(inventory.cis.values())
    ids = tuple(inventory.cis)
    number = {ci_id: position for position, ci_id in enumerate(ids)}
    aliases = sorted(inventory.aliases)
    used = set(chain.from_iterable(ci.relations for ci in cis))
    relations = tuple(sorted(used.union(inventory.schema.relation_types)))
    alias_of = array("I", [number[inventory.aliases[alias]] for alias in aliases])
    number.update(zip(aliases, alias_of, strict=True))
    edges = Edges(number.get, relations, len(cis))
    for ci in cis:
        edges.add_ci(ci)
    return assembled(
        ids,
        Traits(*([getattr(ci, name) for ci in cis] for name in TRAITS)),
        edges,
        relations=relations,
        ceilings=_ceilings(relations, inventory.schema),
        aliases=tuple(aliases),
        alias_of=alias_of,
        services=inventory.schema.descendants.get(SERVICE, frozenset()),
        customers=inventory.schema.descendants.get(CUSTOMER, frozenset()),
        contracts=inventory.schema.descendants.get(CONTRACT, frozenset()),
        include=include,
    )


@dataclass(frozen=True, slots=True)
class Traits:
    """What the graph knows of every CI besides its relations, in the order of ids."""

    names: Sequence[str | None]
    kinds: Sequence[str]
    owners: Sequence[str | None]
    environments: Sequence[str | None]
    lifecycles: Sequence[str]


TRAITS = ("name", "kind", "owner", "environment", "lifecycle")
"""The fields of CIs that they come from."""


def assembled(
    ids: Sequence[str], traits: Traits, edges: Edges, *, include: Iterable[str] = (), **rest: Any
) -> Topology:
    """The graph of CIs with their traits and the edges gathered for all of them."""
    edges.add_groups()
    kinds, kind_of = _interned(traits.kinds)
    owners, owner_of = _interned([owner or "" for owner in traits.owners])
    environments, environment_of = _interned([environment or "" for environment in traits.environments])
    lifecycles = (*LIFECYCLES, *sorted(set(traits.lifecycles).difference(LIFECYCLES)))
    lifecycle_of = bytes(map({name: place for place, name in enumerate(lifecycles)}.__getitem__, traits.lifecycles))
    out = Rows(edges.start, edges.node, edges.relation)
    return Topology(
        ids=ids,
        names=tuple(traits.names),
        kinds=kinds,
        kind_of=kind_of,
        owners=tuple(owner or None for owner in owners),
        owner_of=owner_of,
        environments=tuple(environment or None for environment in environments),
        environment_of=environment_of,
        lifecycles=lifecycles,
        lifecycle_of=lifecycle_of,
        serving=_serving(lifecycles, lifecycle_of, frozenset(include)),
        out=out,
        back=_reversed(out),
        at_least=edges.at_least,
        labels=tuple(edges.labels),
        dangling=edges.dangling,
        **rest,
    )


Members = Callable[[int], None]
"""Adds the row of a group, given its position among groups."""


class Edges:
    """Gathers rows: first those of all CIs, then those of the groups in the order they were met. `number` gives the
    node of an id or an alias, None for what is nowhere."""

    def __init__(self, number: Callable[[str], int | None], relations: tuple[str, ...], cis: int) -> None:
        self.number = number
        self.relation_number = {name: position for position, name in enumerate(relations)}
        self.next_group = cis
        self.groups: list[Members] = []
        self.labels: list[str] = []
        self.at_least = array("I")
        self.start = array("I", [0])
        self.node = array("I")
        self.relation = array("H")
        self.dangling = 0

    def add_ci(self, ci: CI) -> None:
        """The row of the next CI."""
        number, node, relation = self.number, self.node.append, self.relation.append
        for name, entries in ci.relations.items():
            kind = self.relation_number[name]
            for place, entry in enumerate(entries, start=1):
                if isinstance(entry, Group):
                    self._add_declared(entry, kind, f"{name}#{place}")
                elif (target := number(entry.id)) is not None:
                    node(target)
                    relation(kind)
                else:
                    self.dangling += 1
        self.start.append(len(self.node))

    def add_group(self, label: str, at_least: int, relation: int, members: Members) -> None:
        """A group as the next entry of the row that is being gathered; its own row comes when its turn does."""
        self.node.append(self.next_group)
        self.relation.append(relation)
        self.next_group += 1
        self.groups.append(members)
        self.labels.append(label)
        self.at_least.append(max(at_least, 0))

    def add_groups(self) -> None:
        """The rows of all groups met so far, and of those within them."""
        for place, members in enumerate(self.groups):  # grows while it is walked: groups hold groups
            members(place)
            self.start.append(len(self.node))

    def _add_declared(self, group: Group, relation: int, position: str) -> None:
        label = group.label or group.name or position
        self.add_group(label, group.at_least, relation, lambda place: self._members(group, relation, place))

    def _members(self, group: Group, relation: int, place: int) -> None:
        seen: set[int] = set()
        for position, member in enumerate(group.of, start=1):
            if isinstance(member, Group):
                self._add_declared(member, relation, f"{self.labels[place]}.{position}")
            elif (target := self.number(member.id)) is None:
                self.dangling += 1
            elif target not in seen:
                seen.add(target)
                self.node.append(target)
                self.relation.append(relation)


def _interned(values: Sequence[str]) -> tuple[tuple[str, ...], array[int]]:
    words = tuple(sorted(set(values)))
    number = {word: position for position, word in enumerate(words)}
    return words, array("I", map(number.__getitem__, values))


def _ceilings(relations: tuple[str, ...], schema: Schema) -> tuple[Status, ...]:
    known = schema.relation_types
    return tuple(known[name].ceiling if name in known else Status.UP for name in relations)


def _serving(lifecycles: tuple[str, ...], lifecycle_of: bytes | memoryview, include: frozenset[str]) -> bytes:
    flags = bytes(lifecycle in SERVING or lifecycle in include for lifecycle in lifecycles)
    return bytes(lifecycle_of).translate(flags.ljust(256, b"\0"))


def _reversed(rows: Rows) -> Rows:
    """The same edges by their target: a counting sort."""
    counts = [0] * len(rows.start)
    for target in rows.node:
        counts[target + 1] += 1
    free = list(accumulate(counts))
    start = array("I", free)
    node, relation = array("I", bytes(4 * len(rows.node))), array("H", bytes(2 * len(rows.node)))
    lengths = map(sub, islice(rows.start, 1, None), rows.start)
    sources = chain.from_iterable(map(repeat, range(len(rows.start) - 1), lengths))
    for source, target, kind in zip(sources, rows.node, rows.relation, strict=True):
        position = free[target]
        free[target] = position + 1
        node[position] = source
        relation[position] = kind
    return Rows(start, node, relation)


def position(words: Sequence[str], word: str) -> int | None:
    """Where a word stands among sorted words, or None."""
    found = bisect_left(words, word)
    return found if found < len(words) and words[found] == word else None
