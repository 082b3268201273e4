"""log and blame against someone who loads every commit whole and compares all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import cmdb
from cmdb import Inventory, Workspace, format_path
from cmdb.compare.references import References
from cmdb.history.sight import Sight
from cmdb.history.values import standing
from cmdb.model.change import Change
from cmdb.testing.histories import Story, stories

law = settings(max_examples=12, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Naive:
    """Every commit's whole inventory."""

    parents: Mapping[str, tuple[str, ...]]
    inventories: Mapping[str, Inventory]

    @cached_property
    def changes(self) -> Mapping[tuple[str, str], Mapping[str, Change]]:
        return {
            (before, after): {
                change.id: change
                for change in cmdb.diff(self.inventories[before], self.inventories[after]).changes
                if change.action != "removed"
            }
            for after, every in self.parents.items()
            for before in every
        }

    def former(self, commit: str, ci: str) -> Iterator[tuple[str, str]]:
        for parent in self.parents[commit]:
            renamed = References(self.inventories[parent], self.inventories[commit]).renamed
            back = {new: old for old, new in renamed.items()}
            name = ci if ci in self.inventories[parent].cis else back.get(ci)
            if name is not None:
                yield parent, name

    def log(self, tip: str, ci: str) -> set[tuple[str, str, frozenset[str]]]:
        waiting = [(tip, ci)]
        done: set[tuple[str, str]] = set()
        found: set[tuple[str, str, frozenset[str]]] = set()
        while waiting:
            commit, name = waiting.pop()
            if (commit, name) in done:
                continue
            done.add((commit, name))
            former = list(self.former(commit, name))
            waiting += former
            if not former:
                found.add((commit, "added", frozenset()))
                continue
            touched = [paths(self.changes[parent, commit].get(name)) for parent, _ in former]
            if common := frozenset.intersection(*touched):
                renamed = all(old != name for _, old in former)
                found.add((commit, "renamed" if renamed else "changed", common - {"id"}))
        return found

    def ancestors(self, commit: str) -> frozenset[str]:
        """A commit with all before it."""
        found, waiting = {commit}, [commit]
        while waiting:
            new = [parent for parent in self.parents[waiting.pop()] if parent not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    def adding(self, tip: str, ci: str) -> frozenset[str]:
        """The commits with which a CI came."""
        return frozenset(commit for commit, action, _ in self.log(tip, ci) if action == "added")

    def blame(self, commit: str, ci: str, path: str) -> str:
        for parent, name in self.former(commit, ci):
            touched = paths(self.changes[parent, commit].get(ci), aliases=True)
            if any(overlap(one, path) for one in touched):
                continue
            return self.blame(parent, name, self._former_path(parent, commit, path))
        return commit

    def _former_path(self, parent: str, commit: str, path: str) -> str:
        """Under the name that the target of a relation had then."""
        if not path.startswith("relations."):
            return path
        _, relation, target = path.split(".")
        back = {n: o for o, n in References(self.inventories[parent], self.inventories[commit]).renamed.items()}
        living = self.inventories[commit].resolve(target) or target
        return f"relations.{relation}.{back.get(living, living)}"


def paths(change: Change | None, *, aliases: bool = False) -> frozenset[str]:
    if change is None:
        return frozenset()
    found = {format_path(one.path) for one in change.attributes}
    found |= {f"relations.{one.type}.{one.target}" for one in change.relations}
    if change.former_id:
        found |= {"id", "aliases"} if aliases else {"id"}
    return frozenset(found)


def overlap(one: str, other: str) -> bool:
    return one == other or any(
        long.startswith(short) and long[len(short)] in ".["
        for short, long in ((one, other), (other, one))
        if len(long) > len(short)
    )


def naive(story: Story, ids: tuple[str, ...], root: Path) -> Naive:
    workspace = Workspace.open(root, cache=False)
    return Naive(
        {ids[number]: tuple(ids[one] for one in parents) for number, parents in enumerate(story.parents)},
        {commit: workspace.at(commit).inventory for commit in ids},
    )


@law
@given(stories())
def test_blame_and_log_say_what_a_comparison_of_everything_says(story: Story) -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkout, ids = story.told(Path(folder))
        past, tip = naive(story, ids, checkout.root), ids[-1]
        workspace = Workspace.open(checkout.root, cache=False).at("HEAD")
        inventory = workspace.inventory
        for name, ci in inventory.items():
            said = cmdb.log(workspace, name)
            entries = {(one.commit.id, one.change.action, touched(one.change)) for one in said.entries}
            assert entries == past.log(tip, name)
            blamed = {format_path(one.path): one.commit.id for one in cmdb.blame(workspace, name).values if one.commit}
            expected = {format_path(one.path): one.path for one in standing(Sight(ci, inventory.schema, lambda _: ()))}
            assert blamed == {path: past.blame(tip, name, settled(inventory, path)) for path in expected}


@law
@given(stories(), st.data())
def test_verify_says_what_a_comparison_of_everything_says(story: Story, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkout, ids = story.told(Path(folder))
        past, tip = naive(story, ids, checkout.root), ids[-1]
        frozen = data.draw(st.sampled_from(ids))
        cmdb.freeze(Workspace.open(checkout.root, cache=False).at(frozen), "r", day=date(2026, 1, 1))
        found = cmdb.verify(Workspace.open(checkout.root, cache=False), "r")
        changes = cmdb.diff(past.inventories[frozen], past.inventories[tip]).changes
        assert [(one.ci, one.action) for one in found.departures] == [(one.id, one.action) for one in changes]
        assert found.kept == len(past.inventories[frozen]) - sum(one.action != "added" for one in changes)
        known = past.ancestors(frozen)
        for departure, change in zip(found.departures, changes, strict=True):
            if change.action in ("changed", "renamed"):
                later = {one for one in past.log(tip, change.id) if one[0] not in known and one[1] != "added"}
                expected = {commit for commit, action, paths in later if concerned(change, action, paths)}
                assert expected == {one.id for one in departure.commits} - past.adding(tip, change.id)


def concerned(change: Change, action: str, touched: frozenset[str]) -> bool:
    """Whether a commit touched anything of what a change is about."""
    about = {path for path in paths(change) if path != "id"}
    about |= {f"relations.{one.type}" for one in change.relations}
    renamed = bool(change.former_id) and action == "renamed"
    return renamed or any(overlap(one, other) for one in about for other in touched)


def touched(change: Change) -> frozenset[str]:
    return frozenset() if change.action == "added" else paths(change) - {"id"}


def settled(inventory: Inventory, path: str) -> str:
    """The path with the living id of a relation's target."""
    if not path.startswith("relations."):
        return path
    _, relation, target = path.split(".")
    return f"relations.{relation}.{inventory.resolve(target) or target}"
