"""Laws that hold for any two inventories."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.compare.apply import apply, inverse
from cmdb.compare.inventories import diff
from cmdb.model.change import ChangeSet
from cmdb.model.ci import CI, Group, Member
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Attribute
from cmdb.model.types import key
from cmdb.model.value import Value, identity
from cmdb.testing.inventories import inventories, pairs

Pair = tuple[Inventory, Inventory]
law = settings(max_examples=100, deadline=None)


@law
@given(pairs())
def test_changes_applied_to_one_side_give_the_other(pair: Pair) -> None:
    before, after = pair
    assert meaning(apply(diff(before, after), before)) == meaning(after)


@law
@given(pairs())
def test_changes_taken_back_give_the_first_side(pair: Pair) -> None:
    before, after = pair
    assert meaning(apply(inverse(diff(before, after)), after)) == meaning(before)


@law
@given(pairs())
def test_nothing_differs_exactly_where_both_mean_the_same(pair: Pair) -> None:
    before, after = pair
    assert bool(diff(before, after)) == (meaning(before) != meaning(after))


@law
@given(inventories(), st.randoms(use_true_random=False))
def test_an_inventory_does_not_differ_from_itself_in_another_order(inventory: Inventory, random: Random) -> None:
    declared = [shuffled(ci, random) for ci in inventory.declared]
    random.shuffle(declared)
    assert not diff(inventory, replace(inventory, declared=tuple(declared)))


@law
@given(pairs(), st.randoms(use_true_random=False))
def test_the_order_of_files_makes_no_difference(pair: Pair, random: Random) -> None:
    before, after = pair
    mixed = [replace(side, declared=tuple(shuffled(ci, random) for ci in side.declared)) for side in pair]
    assert plain(diff(*mixed)) == plain(diff(before, after))


@law
@given(pairs(renames=False))
def test_the_way_back_is_the_inverse(pair: Pair) -> None:
    before, after = pair
    assert inverse(diff(before, after)) == diff(after, before)


@law
@given(pairs())
def test_taking_back_twice_changes_nothing(pair: Pair) -> None:
    changes = diff(*pair)
    assert inverse(inverse(changes)) == changes


@law
@given(pairs())
def test_each_change_says_something_and_says_it_once(pair: Pair) -> None:
    changes = diff(*pair).changes
    assert [change.id for change in changes] == sorted({change.id for change in changes})
    for change in changes:
        assert change.attributes or change.relations or change.action != "changed"
        paths = [one.path for one in change.attributes]
        assert len(paths) == len(set(paths))
        for one in change.attributes:
            assert identity(one.before) != identity(one.after)
        for entry in change.relations:
            assert (entry.target is None) != (entry.group is None)
            assert entry.before != entry.after or identity_of(entry.before) != identity_of(entry.after)


def meaning(inventory: Inventory) -> object:
    """What an inventory says, worked out by itself and as plainly as can be."""
    return {
        ci.id: (
            tuple(sorted(ci.aliases)),
            tuple(getattr(ci, name) for name in ("kind", "name", "description", "owner", "environment")),
            (ci.lifecycle, ci.criticality, tuple(sorted(ci.tags))),
            tuple(identity(getattr(ci, name)) for name in ("labels", "links", "keys")),
            frozenset((name, value_of(inventory, ci, name, value)) for name, value in ci.attributes.items()),
            frozenset((name, entries_of(inventory, members)) for name, members in ci.relations.items() if members),
        )
        for ci in inventory.cis.values()
    }


def value_of(inventory: Inventory, ci: CI, name: str, value: Value) -> object:
    attribute: Attribute | None = inventory.schema.attribute(ci.kind, name)
    return key(attribute, value)


def entries_of(inventory: Inventory, members: tuple[Member, ...]) -> object:
    return frozenset(member_of(inventory, member) for member in members)


def member_of(inventory: Inventory, member: Member) -> object:
    if isinstance(member, Group):
        return member.at_least, member.name, entries_of(inventory, member.of), identity(member.notes)
    return inventory.resolve(member.id) or member.id, identity(member.notes)


def identity_of(member: Member | None) -> object:
    if isinstance(member, Group):
        return [identity_of(one) for one in member.of]
    return identity(member.notes) if member else None


def shuffled(ci: CI, random: Random) -> CI:
    """The same CI as a file could have it in another order; unnamed groups too mean the same anywhere."""

    def mixed(members: tuple[Member, ...]) -> tuple[Member, ...]:
        found = [replace(one, of=mixed(one.of)) if isinstance(one, Group) else one for one in members]
        random.shuffle(found)
        return tuple(found)

    nics = ci.attributes.get("nics")
    attributes = dict(ci.attributes)
    if ci.kind == "server" and isinstance(nics, tuple):
        attributes["nics"] = tuple(random.sample(nics, len(nics)))
    relations = {name: mixed(members) for name, members in ci.relations.items()}
    return replace(ci, attributes=attributes, relations=dict(reversed(relations.items())))


def plain(changes: ChangeSet) -> object:
    """Changes without the CIs they are about, which keep the order of their files."""
    return [
        replace(
            change,
            before=None,
            after=None,
            attributes=tuple(
                replace(one, before=identity(one.before), after=identity(one.after)) for one in change.attributes
            ),
        )
        for change in changes.changes
    ]
