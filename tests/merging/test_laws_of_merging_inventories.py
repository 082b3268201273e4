"""Laws of merging inventories, whatever is in them."""

from __future__ import annotations

from hypothesis import assume, given, settings

import cmdb
from cmdb.compare.apply import apply
from cmdb.compare.inventories import diff
from cmdb.merging.conflicts import Conflict
from cmdb.model.change import Change, ChangeSet, RelationChange
from cmdb.model.ci import Group
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import format_path
from cmdb.model.types import equal
from cmdb.testing.inventories import triples

Triple = tuple[Inventory, Inventory, Inventory]
law = settings(max_examples=40, deadline=None)


def merge(base: Inventory, ours: Inventory, theirs: Inventory) -> cmdb.Merge:
    return cmdb.merge(base, ours, theirs)


@law
@given(triples())
def test_what_one_side_changed_is_taken(sides: Triple) -> None:
    base, other, _ = sides
    for found in (merge(base, base, other), merge(base, other, base), merge(base, other, other)):
        assert found.conflicts == ()
        assert not diff(found.inventory, other)


@law
@given(triples())
def test_it_makes_no_difference_who_is_who(sides: Triple) -> None:
    base, ours, theirs = sides
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.conflicts == tuple(conflict.swapped() for conflict in other.conflicts)
    assert not diff(one.inventory, other.inventory)


@law
@given(triples(renames=False))
def test_every_edit_is_in_the_result_or_in_a_conflict(sides: Triple) -> None:
    base, ours, theirs = sides
    found = merge(base, ours, theirs)
    result = {change.id: change for change in diff(base, found.inventory).changes}
    for side in (ours, theirs):
        for change in diff(base, side).changes:
            doubtful = [one for one in found.conflicts if one.ci == change.id]
            if not any(one.path == "presence" for one in doubtful):
                assert lost(change, result.get(change.id), doubtful) == []


@law
@given(triples())
def test_edits_of_different_cis_are_the_changes_of_both_sides(sides: Triple) -> None:
    base, ours, theirs = sides
    mine, others = diff(base, ours), diff(base, theirs)
    assume(not touched(mine) & touched(others))
    found = merge(base, ours, theirs)
    assert found.conflicts == ()
    assert not diff(found.inventory, apply(others, apply(mine, base)))
    assert not diff(found.inventory, apply(mine, apply(others, base)))


def lost(change: Change, after: Change | None, doubtful: list[Conflict]) -> list[str]:
    """The values of a change that the result does not have, and that no conflict is about."""
    if change.action in ("added", "removed"):
        return [] if after is not None and after.action == change.action else ["presence"]
    known = {} if after is None else {one.path: one.after for one in after.attributes}
    retyped = any(("kind",) in (one.path for one in side.attributes) for side in (change, after) if side)
    sets = ("tags", "aliases", "ports")
    paths = [
        format_path(one.path)
        for one in change.attributes
        if not (one.path in known and equal(one.attribute, known[one.path], one.after))
        and one.path[-1] not in sets
        and one.after not in ((), {})
    ]
    entries = set() if after is None else set(map(entry, after.relations))
    paths += [f"relations.{one.type}.{entry(one)[1]}" for one in change.relations if entry(one) not in entries]
    paths = [path for path in paths if not (retyped and path.startswith("attributes."))]
    return [path for path in paths if not any(overlap(path, one.path) for one in doubtful)]


def entry(change: RelationChange) -> tuple[str, str]:
    """What a change is about; groups without a name are all one."""
    about = change.after or change.before
    return change.type, about.name if isinstance(about, Group) else str(change.target)


def overlap(path: str, other: str) -> bool:
    return path.startswith(other) or other.startswith(path)


def touched(changes: ChangeSet) -> set[str]:
    """The CIs that are changed, by the names that they had and have."""
    return {name for change in changes.changes for name in (change.id, change.former_id) if name}
