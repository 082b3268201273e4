"""A file's CIs as MessagePack and back. A file with problems is not kept: it is read again until it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any

import msgpack

from cmdb.formats.defaults import Defaults
from cmdb.formats.inventory_reader import FileReading
from cmdb.model.ci import CI, Member, Target, make_ci, make_group, make_target
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.location import Place, make_place
from cmdb.model.value import NOTHING


def encode(known: FileReading, defaults: Sequence[Defaults]) -> bytes | None:
    """The bytes to keep, or None for values that MessagePack cannot hold."""
    homes = {item.place.path: position for position, item in enumerate(defaults)}
    try:
        packed: bytes = msgpack.packb([[_ci(ci, homes) for ci in known.cis], sorted(known.taken)])
    except (OverflowError, ValueError, TypeError):
        return None
    return packed


class _Targets(dict[str, Target]):
    """Plain targets by their ids."""

    def __missing__(self, name: str) -> Target:
        made = self[name] = make_target(name, NOTHING)
        return made


class _Alone(dict[str, tuple[Target, ...]]):
    """The same, each as the only entry of a relation."""

    def __init__(self, targets: _Targets) -> None:
        self._targets = targets

    def __missing__(self, name: str) -> tuple[Target, ...]:
        made = self[name] = (self._targets[name],)
        return made


class Decoder:
    """Turns what was kept into CIs by one schema; equal parts of them are one object."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._targets = _Targets()
        self._alone = _Alone(self._targets)
        self._inherited: dict[tuple[Any, ...], Mapping[KeyPath, Place]] = {}

    def reading(self, data: bytes, path: str, defaults: tuple[Defaults, ...] | None) -> FileReading | None:
        """What was kept, at the path where the file stands now; None for bytes that are not of this shape. Without
        defaults, it is not told where values are inherited from."""
        try:
            cis, taken = msgpack.unpackb(data, use_list=False, strict_map_key=False)
            return FileReading(tuple([self._ci(fields, path, defaults) for fields in cis]), frozenset(taken))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, msgpack.UnpackException):
            return None

    def _ci(self, fields: Sequence[Any], path: str, defaults: tuple[Defaults, ...] | None) -> CI:
        (
            name, kind, title, description, owner, environment, lifecycle, criticality,
            labels, tags, links, keys, aliases, attributes, relations, document, item, inherited,
        ) = fields  # fmt: skip
        return make_ci(
            name,
            intern(kind),
            title,
            description,
            owner and intern(owner),
            environment and intern(environment),
            intern(lifecycle),
            criticality and intern(criticality),
            labels or NOTHING,
            tags,
            links or NOTHING,
            keys or NOTHING,
            aliases,
            attributes or NOTHING,
            self._relations(relations) if relations else NOTHING,
            make_place(path, document, item, ()),
            self._homes(inherited, kind, defaults) if inherited and defaults is not None else NOTHING,
        )

    def _relations(self, relations: Mapping[str, Any]) -> Mapping[str, tuple[Member, ...]]:
        """The entries of each relation; most are a single target, written as its id."""
        alone, entry = self._alone, self._entry
        return {
            name: alone[entries] if entries.__class__ is str else tuple([entry(each) for each in entries])
            for name, entries in relations.items()
        }

    def _entry(self, entry: Any) -> Member:
        if entry.__class__ is str:
            return self._targets[entry]
        if len(entry) == 2:
            return make_target(entry[0], entry[1])
        at_least, of, name, notes, label = entry
        return make_group(at_least, tuple([self._entry(inner) for inner in of]), name, notes or NOTHING, label)

    def _homes(self, inherited: Any, kind: str, defaults: tuple[Defaults, ...]) -> Mapping[KeyPath, Place]:
        key = (inherited, kind, defaults)
        if (known := self._inherited.get(key)) is None:
            known = {steps: self._home(home, steps, kind, defaults) for home, steps in inherited}
            self._inherited[key] = known
        return known

    def _home(self, home: int, steps: KeyPath, kind: str, defaults: tuple[Defaults, ...]) -> Place:
        if home >= 0:
            return defaults[home].place.at(*steps)
        return self._schema.kinds[kind].attributes[str(steps[1])].place or Place("")


def shape(ci: CI) -> list[Any]:
    """What the graph takes from a CI."""
    relations = [[name, [_member(entry) for entry in entries]] for name, entries in ci.relations.items()]
    return [ci.id, ci.kind, ci.name, ci.owner, ci.environment, ci.lifecycle, ci.aliases, relations]


def _ci(ci: CI, homes: Mapping[str, int]) -> list[Any]:
    return [
        ci.id, ci.kind, ci.name, ci.description, ci.owner, ci.environment, ci.lifecycle, ci.criticality,
        ci.labels, ci.tags, ci.links, ci.keys, ci.aliases, ci.attributes,
        {name: _packed(entries) for name, entries in ci.relations.items()},
        ci.place.document, ci.place.item,
        [[homes.get(place.path, -1), list(steps)] for steps, place in ci.inherited.items()],
    ]  # fmt: skip


def _packed(entries: tuple[Member, ...]) -> Any:
    if len(entries) == 1 and isinstance(entries[0], Target) and not entries[0].notes:
        return entries[0].id
    return [_member(entry) for entry in entries]


def _member(member: Member) -> Any:
    if isinstance(member, Target):
        return [member.id, member.notes] if member.notes else member.id
    return [member.at_least, [_member(inner) for inner in member.of], member.name, member.notes, member.label]
