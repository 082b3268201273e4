"""Changes as people read them and as programs do: `+` is added, `-` removed and `~` changed, each with its word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff

from cmdb.compare.values import details
from cmdb.model.change import AttributeChange, Change, RelationChange
from cmdb.model.ci import Group, Member
from cmdb.model.document import Entry, Span, Style
from cmdb.model.keypath import format_path
from cmdb.model.types import text
from cmdb.model.value import Value

WIDTH = 72
"""Columns; what is longer goes below, one line a side."""
_SIGNS: Mapping[str, tuple[str, Style]] = {
    "added": ("+", "good"),
    "removed": ("-", "bad"),
    "changed": ("~", "warning"),
    "renamed": ("~", "warning"),
}


def entry(change: Change) -> Entry:
    """A CI and what happened to it, with a line below for each value and each relation."""
    words = f" ({change.kind}) {change.action}"
    words += f" from {change.former_id}" if change.former_id else ""
    words += f", through {change.cause}" if change.cause else ""
    below = [*map(_attribute, change.attributes), *map(_relation, change.relations)]
    return Entry((_sign(change.action), " ", Span(change.id, "id"), words), tuple(below))


def data(change: Change) -> dict[str, Value]:
    """The same for programs."""
    return {
        "id": change.id,
        "former_id": change.former_id,
        "kind": change.kind,
        "action": change.action,
        "attributes": [
            {"path": format_path(one.path), "before": one.before, "after": one.after} for one in change.attributes
        ],
        "relations": [_relation_data(one) for one in change.relations],
        "cause": change.cause,
    }


def _relation_data(change: RelationChange) -> dict[str, Value]:
    return {
        "type": change.type,
        "target": change.target,
        "group": change.group,
        "action": change.action,
        "before": _member_data(change.before) if change.before else None,
        "after": _member_data(change.after) if change.after else None,
    }


def _member_data(member: Member) -> dict[str, Value]:
    """An entry the way files write it."""
    if isinstance(member, Group):
        of = [_member_data(one) for one in member.of]
        return {"name": member.name or member.label, "at_least": member.at_least, "of": of, **member.notes}
    return {"to": member.id, **member.notes}


def _attribute(change: AttributeChange) -> Entry:
    before, after = (text(change.attribute, side) for side in (change.before, change.after))
    if before == after:
        before, after = (json.dumps(side, ensure_ascii=False) for side in (change.before, change.after))
    sides = (None if change.before is None else before, None if change.after is None else after)
    return _line(Span(format_path(change.path), "path"), *sides, change.before, change.after)


def _relation(change: RelationChange) -> Entry:
    before, after = (_member(side) if side else None for side in (change.before, change.after))
    raw = [_member_data(side) if side else None for side in (change.before, change.after)]
    return _line(Span(change.type, "path"), before, after, *raw)


def _line(name: Span, before: str | None, after: str | None, old: Value, new: Value) -> Entry:
    action = "added" if before is None else "removed" if after is None else "changed"
    sides = [side for side in (before, after) if side is not None]
    head = (_sign(action), " ", name, ": ")
    if len(name.text) + sum(map(len, sides)) <= WIDTH and not any("\n" in side for side in sides):
        return Entry((*head, " -> ".join(sides)))
    return Entry(head[:-1], tuple(_below(before, after, old, new)))


def _below(before: str | None, after: str | None, old: Value, new: Value) -> Iterator[Entry]:
    """Both sides on lines of their own, or only where they differ."""
    if before is not None and after is not None:
        if "\n" in before + after:
            lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
            yield from (Entry((_SIDE[line[0]], " ", line[1:])) for line in lines if line[0] in _SIDE)
            return
        found = details(old, new)
        if found:
            for one in found:
                old_text, new_text = (None if side is None else text(None, side) for side in (one.before, one.after))
                yield _line(Span(format_path(one.path), "path"), old_text, new_text, None, None)
            return
    for sign, side in (("-", before), ("+", after)):
        for line in side.splitlines() if side is not None else ():
            yield Entry((_SIDE[sign], " ", line))


_SIDE = {sign: Span(sign, style) for sign, style in (_SIGNS["added"], _SIGNS["removed"])}


def _member(member: Member) -> str:
    """`vault (port: 25)`, or `auth quorum: 2 of auth-1, auth-2`."""
    notes = ", ".join(f"{key}: {text(None, value)}" for key, value in sorted(member.notes.items()))
    after = f" ({notes})" if notes else ""
    if not isinstance(member, Group):
        return f"{member.id}{after}"
    of = ", ".join(f"({_member(one)})" if isinstance(one, Group) else _member(one) for one in member.of)
    return f"{member.name or member.label}: {member.at_least} of {of}{after}"


def _sign(action: str) -> Span:
    return Span(*_SIGNS[action])
