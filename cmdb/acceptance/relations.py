"""Edits of relations: a target more, a target less, within the entries as the file has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cmdb.formats.edits.operations import Append, Edit, Impossible, Put, Remove, Steps, as_it_was
from cmdb.formats.writing import Word
from cmdb.model.ci import CI, Member, Target
from cmdb.model.plain import Plain
from cmdb.model.value import Value

Meant = Callable[[str], str]
"""The living id behind a reference."""


def added(raw: Value, relation: str, target: str) -> Iterator[Edit]:
    """A plain target more. `raw` is what the file has under `relations`."""
    path = ("relations", relation)
    entries = raw.get(relation) if isinstance(raw, dict) else None
    if entries is None:
        yield Put(path, Word(target))
    elif isinstance(entries, list) and entries:
        yield Append(path, Word(target))
    else:
        yield Put(path, [*([as_it_was(entries)] if entries else []), Word(target)])


def replaced(raw: Value, relation: str, old: str, new: str, meant: Meant) -> Iterator[Edit]:
    """A plain target in the place of another; nothing where that is no plain target."""
    entries = raw.get(relation) if isinstance(raw, dict) else None
    path: Steps = ("relations", relation)
    for steps, entry in [(path, entries)] if not isinstance(entries, list) else _placed(entries, path):
        if not isinstance(entry, dict) and _is(entry, old, meant):
            yield Put(steps, Word(new))
            return


def removed(raw: Value, relation: str, target: str, meant: Meant) -> Iterator[Edit]:
    """A target less, wherever it stands, members of groups included. Raises `Impossible` where a group would have fewer
    members than it needs."""
    entries = raw.get(relation) if isinstance(raw, dict) else None
    path = ("relations", relation)
    if _is(entries, target, meant) or (isinstance(entries, list) and all(_is(one, target, meant) for one in entries)):
        yield Remove(path if len(raw) > 1 else path[:1])
    elif isinstance(entries, list):
        yield from _from_list(entries, path, target, meant)
    elif isinstance(entries, dict):
        yield from _from_group(entries, path, target, meant)


def names(entries: Value, target: str, meant: Meant) -> bool:
    """Whether a target stands in the entries of a relation, or in their groups."""
    if isinstance(entries, list):
        return any(names(one, target, meant) for one in entries)
    return _is(entries, target, meant) or (isinstance(entries, dict) and names(entries.get("of"), target, meant))


def written(ci: CI) -> dict[str, Value]:
    """All relations of a CI as a file has them."""
    found: dict[str, Value] = {}
    for relation, members in ci.relations.items():
        entries = [_member(member) for member in members]
        found[relation] = entries[0] if len(entries) == 1 else entries
    return found


def _placed(entries: list[Value], path: Steps) -> list[tuple[Steps, Value]]:
    return [((*path, number), entry) for number, entry in enumerate(entries)]


def _member(member: Member) -> Value:
    if isinstance(member, Target):
        return {"to": Word(member.id), **member.notes} if member.notes else Word(member.id)
    name = {"name": Word(member.name)} if member.name else {}
    return {**name, "at_least": member.at_least, "of": [_member(one) for one in member.of], **member.notes}


def _from_list(entries: list[Value], path: Steps, target: str, meant: Meant) -> Iterator[Edit]:
    for number in reversed(range(len(entries))):
        entry = entries[number]
        if _is(entry, target, meant):
            yield Remove((*path, number))
        elif isinstance(entry, dict):
            yield from _from_group(entry, (*path, number), target, meant)


def _from_group(group: dict[str, Value], path: Steps, target: str, meant: Meant) -> Iterator[Edit]:
    members = group.get("of")
    if not names(members, target, meant):
        return
    kept = [one for one in (members if isinstance(members, list) else [members]) if not _is(one, target, meant)]
    if len(kept) < _needed(group):
        raise Impossible("its redundancy group would have fewer members than it needs")
    if isinstance(members, list):
        yield from _from_list(members, (*path, "of"), target, meant)


def _needed(group: dict[str, Value]) -> int:
    count = group.get("at_least")
    number = count.value if isinstance(count, Plain) else count
    return max(number, 1) if isinstance(number, int) else 1


def _is(entry: Value, target: str, meant: Meant) -> bool:
    if isinstance(entry, dict):
        entry = entry.get("to")
    text = entry.text if isinstance(entry, Plain) else entry
    return isinstance(text, str) and meant(text) == target
