"""A configuration item: what is declared about one thing under configuration control."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from cmdb.model.keypath import KeyPath
from cmdb.model.location import Place
from cmdb.model.making import maker
from cmdb.model.value import Value

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}")
LIFECYCLES = ("planned", "ordered", "build", "live", "retiring", "retired")
SERVING = frozenset({"live", "retiring"})
OUT_OF_SERVICE = tuple(lifecycle for lifecycle in LIFECYCLES if lifecycle not in SERVING)
CRITICALITIES = ("low", "medium", "high", "critical")
TEXT_FIELDS = ("kind", "id", "name", "description", "owner", "environment", "lifecycle", "criticality")
MAP_FIELDS = ("labels", "links", "keys")
LIST_FIELDS = ("tags", "aliases")
FIELDS = (*TEXT_FIELDS, *MAP_FIELDS, *LIST_FIELDS, "attributes", "relations")


@dataclass(frozen=True, slots=True)
class Target:
    """A plain entry of a relation, or a member of a group: the id as the file has it, and notes on the relation."""

    id: str
    notes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A redundancy group: `at_least` of the members are needed. `label` is its name or, for an unnamed group, the
    relation and the entry's position, counted from 1: `depends_on#2`, and `depends_on#2.1` inside that."""

    at_least: int
    of: tuple[Member, ...]
    name: str = ""
    notes: Mapping[str, Value] = field(default_factory=dict)
    label: str = field(default="", compare=False)


Member = Target | Group


@dataclass(frozen=True, slots=True)
class CI:
    """One configuration item with its effective values: file, defaults and kind taken together.

    `relations` maps a relation type to its entries: plain targets sorted by id, then named groups by name, then
    unnamed ones as written. `attributes` hold what their types made of them. `inherited` says which values (`owner`,
    `labels.tier`, `attributes.os`) come from elsewhere, and where that stands: a defaults file or a kind.
    """

    id: str
    kind: str
    name: str | None = None
    description: str | None = None
    owner: str | None = None
    environment: str | None = None
    lifecycle: str = "live"
    criticality: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    relations: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)
    place: Place = field(default=Place(""), compare=False)
    inherited: Mapping[KeyPath, Place] = field(default_factory=dict, compare=False)

    @property
    def serves(self) -> bool:
        """Whether the CI is in service now, so that it can harm and be harmed."""
        return self.lifecycle in SERVING

    @property
    def title(self) -> str:
        """The name people know it by."""
        return self.name or self.id

    def paths(self) -> Iterator[KeyPath]:
        """The key path of every value, fields and targets of relations included."""
        for name in TEXT_FIELDS:
            if getattr(self, name) is not None:
                yield (name,)
        for name in (*MAP_FIELDS, "attributes"):
            for key in getattr(self, name):
                yield (name, key)
        for name in LIST_FIELDS:
            if getattr(self, name):
                yield (name,)
        for relation, target in self.targets():
            yield ("relations", relation, target.id)

    def targets(self) -> Iterator[tuple[str, Target]]:
        """Every (relation type, target), groups flattened."""
        for relation, entries in self.relations.items():
            for target in flatten(entries):
                yield relation, target


make_ci = maker(CI)
make_target = maker(Target)
make_group = maker(Group)
"""The same from the values of all fields, for readers of a great many."""

BY_ID = attrgetter("id")
"""What plain targets are sorted by."""


def flatten(members: tuple[Member, ...]) -> Iterator[Target]:
    """All targets below, through nested groups."""
    for member in members:
        if isinstance(member, Target):
            yield member
        else:
            yield from flatten(member.of)


def arranged(members: list[Member]) -> tuple[Member, ...]:
    """The entries in the order that does not depend on how a file lists them."""
    if len(members) < 2:
        return tuple(members)
    targets = sorted([member for member in members if isinstance(member, Target)], key=BY_ID)
    if len(targets) == len(members):
        return tuple(targets)
    named = sorted((m for m in members if isinstance(m, Group) and m.name), key=lambda m: m.name)
    return (*targets, *named, *(m for m in members if isinstance(m, Group) and not m.name))
