"""Which commits changed a CI, and what they changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cmdb.history.following import Passage
from cmdb.history.sight import added
from cmdb.history.values import narrowed
from cmdb.model.change import Change
from cmdb.model.keypath import KeyPath
from cmdb.model.past import Commit, Log, LogEntry

Told = dict[tuple[str, str], Change | None]
"""What commits changed in a CI, by the commit and the id that the CI had after it."""


def log(
    ci: str,
    passages: Iterable[Passage],
    patterns: tuple[KeyPath, ...] = (),
    limit: int | None = None,
    told: Told | None = None,
) -> Log:
    """The commits among those that a CI came through that changed it, as far as that concerns some paths. `told` keeps
    what was found out, for when the same has to be asked again."""
    known: Told = {} if told is None else told
    entries: list[LogEntry] = []
    cut: Commit | None = None
    for passage in passages:
        if passage.ancestor is None:
            continue
        if passage.cut and len(entries) == limit:
            return Log(ci, tuple(entries), more=True)
        if passage.cut:
            cut = cut or passage.ancestor.commit
            continue
        key = passage.ancestor.id, passage.sight.ci.id
        if key not in known:
            known[key] = changed(passage)
        found = known[key]
        change = narrowed(found, patterns) if found else None
        if change is not None:
            if len(entries) == limit:
                return Log(ci, tuple(entries), cut, more=True)
            entries.append(LogEntry(passage.ancestor.commit, change))
    return Log(ci, tuple(entries), cut)


def changed(passage: Passage) -> Change | None:
    """What a commit changed itself: of a merge, what it has from none of its parents."""
    if not passage.comparisons:
        return added(passage.sight)
    found = [comparison.change for _, comparison in passage.comparisons]
    changes = [change for change in found if change is not None]
    if len(changes) < len(found):
        return None
    return _in_all(changes[0], changes[1:]) if len(changes) > 1 else changes[0]


def _in_all(change: Change, others: list[Change]) -> Change | None:
    """The part of a change that all others have too."""
    attributes = tuple(
        one for one in change.attributes if all(any(one.path == its.path for its in each.attributes) for each in others)
    )
    relations = tuple(
        one
        for one in change.relations
        if all(
            any((one.type, one.target, one.group) == (its.type, its.target, its.group) for its in each.relations)
            for each in others
        )
    )
    renamed = change.action == "renamed" and all(each.action == "renamed" for each in others)
    if not (attributes or relations or renamed):
        return None
    if not renamed:
        change = replace(change, action="changed", former_id=None)
    return replace(change, attributes=attributes, relations=relations)
