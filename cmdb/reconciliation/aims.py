"""What a change record wants to be otherwise: for each CI the key paths, with their values before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.compare.leaves import with_value
from cmdb.model.ci import CI, SERVING
from cmdb.model.filed_change import FiledChange, entries
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.value import Value
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE

Change = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Aim:
    """One value that a change alters; None means not there. `ci` is the id that the CI bears after the change."""

    record: FiledChange
    ci: str
    path: KeyPath
    before: Value
    after: Value


def aims(record: FiledChange) -> Iterator[Aim]:
    """Every value that sources may see and that the change alters."""
    for change in record.changes:
        ci, action = str(change["id"]), change["action"]
        attributes = dict(_attributes(change))
        before, after = _lives(change, attributes)
        if before != after:
            yield Aim(record, ci, PRESENCE, before, after)
        if action == "removed":
            continue
        if LIFECYCLE in attributes and action != "added":
            yield Aim(record, ci, LIFECYCLE, *map(_stage, attributes[LIFECYCLE]))
        for path, (old, new) in attributes.items():
            if path[0] == "attributes":
                yield Aim(record, ci, path, old, new)
        for path, (old, new) in _targets(change):
            yield Aim(record, ci, path, old, new)


def likeness(change: Change) -> CI:
    """The CI that a change adds or takes away, as far as the record tells of it: enough to recognise it by."""
    fields: dict[str, Value] = {"keys": {}, "attributes": {}}
    for path, (old, new) in _attributes(change):
        value = old if change["action"] == "removed" else new
        if path[0] == "attributes" and len(path) > 1 and value is not None:
            fields["attributes"] = with_value(fields["attributes"], path[1:], value)
        elif path[0] == "keys" and len(path) == 2 and isinstance(value, str):
            fields["keys"] = {**fields["keys"], str(path[1]): value}
        elif path == ("name",) and isinstance(value, str):
            fields["name"] = value
    return CI(str(change["id"]), str(change["kind"]), **fields)


def _attributes(change: Change) -> Iterator[tuple[KeyPath, tuple[Value, Value]]]:
    for one in change.get("attributes", ()):
        try:
            yield parse_path(str(one["path"])), (one.get("before"), one.get("after"))
        except KeyPathError:
            continue


def _lives(change: Change, attributes: Mapping[KeyPath, tuple[Value, Value]]) -> tuple[Value, Value]:
    """Whether the CI is to be there, before and after: True or None."""
    before, after = map(_stage, attributes.get(LIFECYCLE, (None, None)))
    was = change["action"] != "added" and before in SERVING
    will = change["action"] != "removed" and after in SERVING
    return True if was else None, True if will else None


def _stage(written: Value) -> str:
    """A stage of life; what nobody wrote is live."""
    return "live" if written is None else str(written)


def _targets(change: Change) -> Iterator[tuple[KeyPath, tuple[Value, Value]]]:
    """The ends of relations that come or go, groups flattened."""
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for entry in change.get("relations", ()):
        name = str(entry["type"])
        before.setdefault(name, set()).update(_ends(entry.get("before")))
        after.setdefault(name, set()).update(_ends(entry.get("after")))
    for name in sorted(before):
        for target in sorted(before[name] ^ after[name]):
            gone = target in before[name]
            yield ("relations", name, target), (target if gone else None, None if gone else target)


def _ends(member: Value) -> Iterator[str]:
    if isinstance(member, Mapping):
        if isinstance(member.get("to"), str):
            yield member["to"]
        for inner in entries(member.get("of")):
            yield from _ends(inner)
