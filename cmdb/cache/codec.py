"""A file's CIs as MessagePack and back. A file with problems is not kept: it is read again until it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any

import msgpack

from cmdb.formats.defaults import Defaults
from cmdb.formats.inventory_reader import FileReading
from cmdb.model.ci import CI, Group, Member, Target
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.location import Place

_NOTHING: Mapping[KeyPath, Place] = {}


def encode(known: FileReading, defaults: Sequence[Defaults]) -> bytes | None:
    """The bytes to keep, or None for values that MessagePack cannot hold."""
    homes = {item.place.path: position for position, item in enumerate(defaults)}
    try:
        packed: bytes = msgpack.packb([[_ci(ci, homes) for ci in known.cis], sorted(known.taken)])
    except (OverflowError, ValueError, TypeError):
        return None
    return packed


def decode(data: bytes, path: str, defaults: Sequence[Defaults], schema: Schema) -> FileReading | None:
    """What was kept, at the path where the file stands now; None for bytes that are not of this shape."""
    try:
        cis, taken = msgpack.unpackb(data, use_list=False, strict_map_key=False)
        return FileReading(
            tuple(_read(fields, path, defaults, schema) for fields in cis),
            frozenset((position, tuple(steps)) for position, steps in taken),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, msgpack.UnpackException):
        return None


def shape(ci: CI) -> list[Any]:
    """What the graph takes from a CI."""
    relations = [[name, [_member(entry) for entry in entries]] for name, entries in ci.relations.items()]
    return [ci.id, ci.kind, ci.name, ci.owner, ci.lifecycle, ci.aliases, relations]


def _ci(ci: CI, homes: Mapping[str, int]) -> list[Any]:
    return [
        ci.id, ci.kind, ci.name, ci.description, ci.owner, ci.environment, ci.lifecycle, ci.criticality,
        ci.labels, ci.tags, ci.links, ci.keys, ci.aliases, ci.attributes,
        {name: [_member(entry) for entry in entries] for name, entries in ci.relations.items()},
        ci.place.document, ci.place.item,
        [[homes.get(place.path, -1), list(steps)] for steps, place in ci.inherited.items()],
    ]  # fmt: skip


def _member(member: Member) -> Any:
    if isinstance(member, Target):
        return [member.id, member.notes] if member.notes else member.id
    return [member.at_least, [_member(inner) for inner in member.of], member.name, member.notes, member.label]


def _read(fields: Sequence[Any], path: str, defaults: Sequence[Defaults], schema: Schema) -> CI:
    (
        name, kind, title, description, owner, environment, lifecycle, criticality,
        labels, tags, links, keys, aliases, attributes, relations, document, item, inherited,
    ) = fields  # fmt: skip
    return CI(
        name,
        intern(kind),
        title,
        description,
        owner and intern(owner),
        environment and intern(environment),
        intern(lifecycle),
        criticality and intern(criticality),
        labels,
        tags,
        links,
        keys,
        aliases,
        {intern(key): value for key, value in attributes.items()},
        {intern(key): tuple([_entry(entry) for entry in entries]) for key, entries in relations.items()},
        Place(path, document, item),
        {steps: _home(home, steps, kind, defaults, schema) for home, steps in inherited} if inherited else _NOTHING,
    )


def _entry(entry: Any) -> Member:
    if type(entry) is str:
        return Target(entry)
    if len(entry) == 2:
        return Target(entry[0], entry[1])
    at_least, of, name, notes, label = entry
    return Group(at_least, tuple([_entry(inner) for inner in of]), name, notes, label)


def _home(home: int, steps: KeyPath, kind: str, defaults: Sequence[Defaults], schema: Schema) -> Place:
    if home >= 0:
        return defaults[home].place.at(*steps)
    return schema.kinds[kind].attributes[str(steps[1])].place or Place("")
