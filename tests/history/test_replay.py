"""A long history told commit by commit comes to what lies there at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

import cmdb
from cmdb import CI, Change, ChangeSet, Inventory, Workspace
from cmdb.compare.references import settled
from cmdb.history.digest import digests
from cmdb.model import inventory as model
from cmdb.model.ci import Member
from cmdb.testing.histories import tell
from cmdb.testing.repositories import Checkout

COMMITS = 1000
NAMES = ("p", "q", "r", "s")


def story(random: Random) -> list[Mapping[str, str]]:
    """Files from commit to commit: values change, files move, CIs take new names, defaults change."""
    cis: dict[str, dict[str, str]] = {
        name: {"file": f"inventory/{name}.yaml", "id": name, "aliases": ""} for name in NAMES
    }
    defaults = "owner: d\n"
    told: list[Mapping[str, str]] = []
    for number in range(COMMITS):
        one = cis[random.choice(NAMES)]
        what = random.choice(("memory", "memory", "os", "uses", "tags", "file", "id", "defaults"))
        if what == "file":
            one["file"] = f"inventory/{random.choice('xyz')}/{random.choice('ab')}.yaml"
        elif what == "id" and number % 5 == 0:
            one["aliases"] = f"{one['aliases']}, {one['id']}".strip(", ")
            one["id"] = f"{one['id'][0]}{number}"
        elif what == "uses":
            one["uses"] = cis[random.choice(NAMES)]["id"]
        elif what == "defaults":
            defaults = f"owner: d{number % 3}\nenvironment: e{number % 2}\n"
        elif what != "id":
            one[what] = str(number)
        told.append(files(cis, defaults))
    return told


def files(cis: Mapping[str, Mapping[str, str]], defaults: str) -> Mapping[str, str]:
    found = {"cmdb.yaml": "name: x\n", "inventory/_defaults.yaml": defaults}
    for one in cis.values():
        values = ", ".join(f"{name}: {one[name]}" for name in ("memory", "os") if name in one)
        related = f"uses: {one['uses']}" if "uses" in one and one["uses"] != one["id"] else ""
        tags = f"tags: [t{one['tags']}], " if "tags" in one else ""
        text = f"- {{kind: server, id: {one['id']}, aliases: [{one['aliases']}], {tags}"
        text += f"attributes: {{{values}}}, relations: {{{related}}}}}\n"
        found[one["file"]] = found.get(one["file"], "") + text
    return found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    checkout = Checkout.create(tmp_path_factory.mktemp("long"))
    told = story(Random(7))
    tell(checkout, [(number - 1,) if number else () for number in range(COMMITS)], told)
    return Workspace.open(checkout.root, cache=False)


def test_a_thousand_commits_of_a_ci_come_to_what_it_is(workspace: Workspace) -> None:
    inventory = workspace.inventory
    assert len(inventory) == len(NAMES)
    for name, ci in list(inventory.items())[:2]:
        log = cmdb.log(workspace, name)
        assert len(log.entries) > COMMITS // 10
        assert log.entries[-1].change.action == "added"
        replayed: model.Inventory = Inventory((), inventory.schema)
        for entry in reversed(log.entries):
            replayed = cmdb.apply(ChangeSet((by_todays_names(entry.change, inventory),)), replayed)
        (told,) = replayed.declared
        others = tuple(other for other in inventory.values() if other.id != name)
        assert not cmdb.diff(beside(inventory, told, others), beside(inventory, ci, others))


def by_todays_names(change: Change, inventory: Inventory) -> Change:
    """The change with the ids that its targets have now: their new names were no change of the CI."""

    def settle(member: Member | None) -> Member | None:
        return member and settled((member,), lambda reference: inventory.resolve(reference) or reference)[0]

    changes = tuple(replace(one, before=settle(one.before), after=settle(one.after)) for one in change.relations)
    return replace(change, relations=changes)


def beside(inventory: Inventory, ci: CI, others: tuple[CI, ...]) -> Inventory:
    return Inventory((ci, *others), inventory.schema)


def test_every_difference_along_the_way_leads_to_the_end(workspace: Workspace) -> None:
    commits = [f"HEAD~{back}" for back in range(20, -1, -1)]
    found = [workspace.at(commit).inventory for commit in commits]
    replayed = found[0]
    for before, after in pairwise(found):
        changes = cmdb.diff(before, after)
        replayed = Inventory.of(cmdb.apply(changes, replayed))
        assert not cmdb.diff(replayed, after)
        assert not cmdb.diff(Inventory.of(cmdb.apply(cmdb.inverse(changes), after)), before)
        same = [name for name in before if name in after.cis]
        touched = {change.id for change in changes.changes}
        old, new = (digests(side, tuple(same)) for side in (before, after))
        assert {name for name in same if old[name] == new[name]} <= set(same) - touched
    assert digests(found[-1], tuple(found[-1])) == digests(
        replace(workspace.inventory, declared=tuple(reversed(workspace.inventory.declared))), tuple(found[-1])
    )
