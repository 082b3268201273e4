"""Changes put to use: on the inventory they were made for, and backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cmdb.compare import relations
from cmdb.compare.fields import UNSAID, by_path, implied
from cmdb.compare.leaves import with_value, without
from cmdb.compare.references import Entries, as_written, content, settled
from cmdb.model.change import Action, AttributeChange, Change, ChangeSet, RelationChange
from cmdb.model.ci import CI, LIST_FIELDS, TEXT_FIELDS, Member
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.location import Place
from cmdb.model.problem import CmdbError

_OPPOSITE: Mapping[Action, Action] = {"added": "removed", "removed": "added"}


def apply(changes: ChangeSet, inventory: Inventory) -> Inventory:
    """The inventory with the changes made; `apply(diff(a, b), a)` says what `b` says.

    References that the changes touch come out as living ids. Raises `CmdbError` where a CI is not there, or is there
    already.
    """
    renamed = {change.former_id: change.id for change in changes.changes if change.former_id}

    def meant(reference: str) -> str:
        living = inventory.resolve(reference) or reference
        return renamed.get(living, living)

    cis = {ci.id: _referring(ci, meant) for ci in inventory.cis.values()}
    old = {change.former_id or change.id: change for change in changes.changes if change.action != "added"}
    for name, change in old.items():
        if name not in cis:
            raise CmdbError(f"{name} cannot be {change.action}: it is not there", hint=_HINT)
    changed = [_changed(cis.pop(name), change) for name, change in old.items() if change.action != "removed"]
    changed += [_changed(_blank(change), change) for change in changes.changes if change.action == "added"]
    for ci in changed:
        if ci.id in cis:
            raise CmdbError(f"{ci.id} cannot be added: it is there already", hint=_HINT)
    kept = [ci for name, ci in cis.items() if name not in old]
    return replace(inventory, declared=(*kept, *sorted(changed, key=lambda ci: ci.id)), problems=(), index=None)


def inverse(changes: ChangeSet) -> ChangeSet:
    """The changes that take these back: `apply(inverse(diff(a, b)), b)` says what `a` says."""
    former = {change.id: change.former_id for change in changes.changes if change.former_id}

    def meant(reference: str) -> str:
        return former.get(reference, reference)

    return ChangeSet(tuple(sorted((_inverse(change, meant) for change in changes.changes), key=lambda one: one.id)))


_HINT = "the changes were made for another inventory; compare again"


def _blank(change: Change) -> CI:
    return CI(change.id, change.kind, place=change.after.place if change.after else Place(""))


def _referring(ci: CI, meant: Callable[[str], str]) -> CI:
    if all(meant(target.id) == target.id for _, target in ci.targets()):
        return ci
    return replace(ci, relations={name: settled(members, meant) for name, members in ci.relations.items()})


def _changed(ci: CI, change: Change) -> CI:
    aliases = (*ci.aliases, ci.id) if change.former_id else ci.aliases
    values: dict[str, Any] = {"id": change.id, "kind": change.kind, "aliases": tuple(sorted(set(aliases)))}
    touched: set[KeyPath] = set()
    for one in sorted(change.attributes, key=lambda one: one.after is not None):
        name = str(one.path[0])
        values[name] = _value(values.get(name, getattr(ci, name)), one)
        touched.update(one.path[:end] for end in range(1, len(one.path) + 1))
    related = {name: settled(members, as_written) for name, members in ci.relations.items()}
    for name in {one.type for one in change.relations}:
        mine = [one for one in change.relations if one.type == name]
        related[name] = _entries(related.get(name, ()), mine)
        touched.update({("relations",), ("relations", name)})
    values["relations"] = {name: members for name, members in related.items() if members}
    inherited = {path: place for path, place in ci.inherited.items() if path not in touched}
    return replace(ci, **values, inherited=inherited)


def _value(known: Any, change: AttributeChange) -> Any:
    name, *rest = change.path
    if rest:
        put = without(known, tuple(rest)) if change.after is None else with_value(known, tuple(rest), change.after)
        return put or {}
    if name in LIST_FIELDS:
        return change.after or ()
    assert name in TEXT_FIELDS
    return UNSAID.get(name) if change.after is None else change.after


def _entries(members: Entries, changes: Iterable[RelationChange]) -> Entries:
    left = {content(member): member for member in members}
    for change in changes:
        if change.before:
            left.pop(content(change.before), None)
    added = [change.after for change in changes if change.after]
    return settled((*left.values(), *added), as_written)


def _inverse(change: Change, meant: Callable[[str], str]) -> Change:
    attributes = [AttributeChange(one.path, one.after, one.before, one.attribute) for one in change.attributes]
    if change.former_id:
        attributes = _aliases(attributes, change)
    related = [
        relations.change(one.type, _renamed(one.after, meant), _renamed(one.before, meant)) for one in change.relations
    ]
    kind = next((one.after for one in attributes if one.path == ("kind",)), change.kind)
    return replace(
        change,
        id=meant(change.id),
        kind=kind,
        action=_OPPOSITE.get(change.action, change.action),
        former_id=change.id if change.former_id else None,
        attributes=tuple(attributes),
        relations=tuple(related),
        before=change.after,
        after=change.before,
    )


def _aliases(found: list[AttributeChange], change: Change) -> list[AttributeChange]:
    """A rename adds the former id to the aliases without saying so; taking it back has to say it."""
    listed = next((one for one in found if one.path == ("aliases",)), None)
    if listed is None:
        kept = tuple(sorted(change.before.aliases)) if change.before else ()
        listed = AttributeChange(("aliases",), tuple(sorted({*kept, change.former_id or ""})), kept or None)
    others = [one for one in found if one.path != ("aliases",)]
    said = [] if implied(listed, change.id) else [listed]
    return sorted([*others, *said], key=by_path)


def _renamed(member: Member | None, meant: Callable[[str], str]) -> Member | None:
    return settled((member,), meant)[0] if member else None
