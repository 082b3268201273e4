"""Changes as people read them and as programs do: `+` is added, `-` removed and `~` changed, each with its word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff

from cmdb.compare.relations import changes
from cmdb.compare.values import details
from cmdb.model.change import AttributeChange, Change, RelationChange
from cmdb.model.ci import Group, Member
from cmdb.model.document import Entry, Span, Style
from cmdb.model.keypath import format_path
from cmdb.model.kind import Attribute
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
        "before": member_data(change.before) if change.before else None,
        "after": member_data(change.after) if change.after else None,
    }


def member_data(member: Member) -> dict[str, Value]:
    """An entry the way files write it."""
    if isinstance(member, Group):
        of = [member_data(one) for one in member.of]
        return {"name": member.name or member.label, "at_least": member.at_least, "of": of, **member.notes}
    return {"to": member.id, **member.notes}


def _attribute(change: AttributeChange) -> Entry:
    before, after = _texts(change.before, change.after, change.attribute)
    return _line(Span(format_path(change.path), "path"), before, after, change.before, change.after)


def _texts(before: Value, after: Value, attribute: Attribute | None = None) -> tuple[str | None, str | None]:
    """Both sides as people write them, quoted where they would look alike; None for one that is not there."""
    old, new = text(attribute, before), text(attribute, after)
    if old == new:
        old, new = (json.dumps(side, ensure_ascii=False) for side in (before, after))
    return None if before is None else old, None if after is None else new


def _relation(change: RelationChange) -> Entry:
    before, after = (member_text(side) if side else None for side in (change.before, change.after))
    name = Span(change.type, "path")
    if isinstance(change.before, Group) and isinstance(change.after, Group) and not _short(name, before, after):
        below = tuple(_inside_group(change.before, change.after))
        return Entry((_sign("changed"), " ", name, f" {change.group}"), below)
    return _line(name, before, after, None, None)


def _inside_group(before: Group, after: Group) -> Iterator[Entry]:
    if before.at_least != after.at_least:
        yield _line(Span("at_least", "path"), str(before.at_least), str(after.at_least), None, None)
    yield from map(_relation, changes("of", before.of, after.of))
    old, new = (text(None, group.notes) if group.notes else None for group in (before, after))
    if old != new:
        yield _line(Span("notes", "path"), old, new, before.notes, after.notes)


def _line(name: Span, before: str | None, after: str | None, old: Value, new: Value) -> Entry:
    """One line, or one with both sides below it; `old` and `new` are the values that the texts stand for."""
    action = "added" if before is None else "removed" if after is None else "changed"
    head = (_sign(action), " ", name)
    if _short(name, before, after):
        return Entry((*head, ": ", " -> ".join(side for side in (before, after) if side is not None)))
    return Entry(head, tuple(_below(before, after, old, new)))


def _short(name: Span, *sides: str | None) -> bool:
    said = [side for side in sides if side is not None]
    return len(name.text) + sum(map(len, said)) <= WIDTH and not any("\n" in side for side in said)


def _below(before: str | None, after: str | None, old: Value, new: Value) -> Iterator[Entry]:
    """Both sides on lines of their own, or only where they differ."""
    if before is not None and after is not None:
        if "\n" in before + after:
            yield from _by_line(before, after)
            return
        if found := details(old, new):
            for one in found:
                yield _line(Span(format_path(one.path), "path"), *_texts(one.before, one.after), None, None)
            return
    for sign, side in (("-", before), ("+", after)):
        for line in side.splitlines() if side is not None else ():
            yield Entry((_SIDE[sign], " ", line))


def _by_line(before: str, after: str) -> Iterator[Entry]:
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        old, new = [json.dumps(before, ensure_ascii=False)], [json.dumps(after, ensure_ascii=False)]
    for line in list(unified_diff(old, new, lineterm="", n=0))[2:]:
        if line[0] in _SIDE:
            yield Entry((_SIDE[line[0]], " ", line[1:]))


_SIDE = {sign: Span(sign, style) for sign, style in (_SIGNS["added"], _SIGNS["removed"])}


def member_text(member: Member) -> str:
    """`vault (port: 25)`, or `auth quorum: 2 of auth-1, auth-2`."""
    notes = ", ".join(f"{key}: {text(None, value)}" for key, value in sorted(member.notes.items()))
    after = f" ({notes})" if notes else ""
    if not isinstance(member, Group):
        return f"{member.id}{after}"
    of = ", ".join(f"({member_text(one)})" if isinstance(one, Group) else member_text(one) for one in member.of)
    return f"{member.name or member.label}: {member.at_least} of {of}{after}"


def _sign(action: str) -> Span:
    return Span(*_SIGNS[action])
