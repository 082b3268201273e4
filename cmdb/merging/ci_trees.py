"""A CI as the tree that a file could have, and back: so that inventories merge by the rules that files merge by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS, Group, Member, Target, arranged
from cmdb.model.keypath import KeyPath
from cmdb.model.value import Value, freeze, same

Meant = Callable[[str], str]
"""The CI that a reference means."""


def tree(ci: CI, meant: Meant) -> dict[str, Value]:
    """Every value that a CI has, with lists for tuples, and references as what they mean."""
    found: dict[str, Value] = {name: getattr(ci, name) for name in TEXT_FIELDS if getattr(ci, name) is not None}
    found |= {name: sorted(set(getattr(ci, name))) for name in LIST_FIELDS if getattr(ci, name)}
    found |= {name: _thawed(getattr(ci, name)) for name in (*MAP_FIELDS, "attributes") if getattr(ci, name)}
    relations = {name: _distinct(members, meant) for name, members in ci.relations.items() if members}
    return {**found, "relations": relations} if relations else found


def ci_of(raw: Mapping[str, Value], like: CI, meant: Meant) -> CI:
    """The CI of a tree. Where its values stand is known as far as they are those of another."""
    values: dict[str, Any] = {name: raw.get(name) for name in TEXT_FIELDS}
    values["lifecycle"] = values["lifecycle"] or "live"
    values |= {name: tuple(sorted({*raw.get(name, ())} - {raw["id"]})) for name in LIST_FIELDS}
    values |= {name: freeze(raw.get(name, {})) for name in (*MAP_FIELDS, "attributes")}
    values["relations"] = {
        name: arranged([_member(item, name, f"{name}#{place}", meant) for place, item in enumerate(_listed(items), 1)])
        for name, items in raw.get("relations", {}).items()
        if _listed(items)
    }
    made = replace(like, **values, inherited={})
    return replace(made, inherited={path: place for path, place in like.inherited.items() if _kept(path, made, like)})


def _distinct(members: tuple[Member, ...], meant: Meant) -> list[Value]:
    """The entries of a relation, each once."""
    found: list[Value] = []
    for item in (_raw(member, meant) for member in members):
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


def _raw(member: Member, meant: Meant) -> Value:
    if isinstance(member, Target):
        return {"to": meant(member.id), **_thawed(member.notes)} if member.notes else meant(member.id)
    name = {"name": member.name} if member.name else {}
    return {**name, "at_least": member.at_least, "of": _distinct(member.of, meant), **_thawed(member.notes)}


def _member(raw: Value, relation: str, label: str, meant: Meant) -> Member:
    if not isinstance(raw, dict):
        return Target(meant(raw))
    if "of" not in raw:
        return Target(meant(raw["to"]), freeze({key: item for key, item in raw.items() if key != "to"}))
    name = raw.get("name", "")
    of = [
        _member(item, relation, f"{name or label}.{place}", meant) for place, item in enumerate(_listed(raw["of"]), 1)
    ]
    notes = {key: item for key, item in raw.items() if key not in ("name", "at_least", "of")}
    return Group(raw["at_least"], arranged(of), name, freeze(notes), name or label)


def _listed(items: Value) -> list[Value]:
    return items if isinstance(items, list) else [items]


def _thawed(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, tuple | list) else value


def _kept(path: KeyPath, made: CI, like: CI) -> bool:
    name, *rest = path
    one, other = getattr(made, str(name)), getattr(like, str(name))
    if rest:
        return bool(rest[0] in one and rest[0] in other and same(one[rest[0]], other[rest[0]]))
    return bool(one == other)
