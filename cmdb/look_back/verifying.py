"""What left a release, and through which commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cmdb.formats.chosen import Chooser
from cmdb.history import log as logging
from cmdb.history.digest import digests
from cmdb.history.following import passages
from cmdb.history.sight import Comparison, Sight
from cmdb.look_back.asking import committed, tree_of
from cmdb.look_back.past import GitPast
from cmdb.look_back.sides import Side, compared, frozen, release_of
from cmdb.model.change import Change
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath
from cmdb.model.problem import CmdbError
from cmdb.model.release import Departed, Departure, Release, Verification
from cmdb.sources.git_tree import GitTree
from cmdb.workspace import Workspace

TOGETHER = 25
"""CIs that are looked for at once."""


def verify(workspace: Workspace, name: str) -> Verification:
    """What left a frozen baseline: its CIs that are not as they were frozen, each with the commits since then that
    changed it; CIs that its selectors pick and that were not there; and CIs of which it says what its own commit does
    not. Raises `CmdbError` where there is no such baseline."""
    release = known(workspace, name)
    before, after = frozen(workspace, release), Side(workspace)
    found = tuple(_Departing(workspace, before).departures(compared(before, after).changes))
    record = [] if before.missing else _record(before, release)
    departed = {one.change.former_id or one.ci if one.change else one.ci for one in found if one.action != "added"}
    kept = len(release.cis.keys() - departed)
    missing = "" if release.uncommitted else before.missing
    return Verification(release, tuple(sorted((*found, *record), key=lambda one: (one.ci, one.action))), kept, missing)


def known(workspace: Workspace, name: str) -> Release:
    """The frozen baseline of that name. Raises `CmdbError`."""
    release = release_of(workspace, name)
    if release is None:
        names = ", ".join(sorted(one.name for one in workspace.baselines.releases))
        hint = f"there is {names}" if names else "'cmdb baseline freeze' makes one"
        raise CmdbError(f"there is no frozen baseline '{name}'", hint=hint)
    return release


def _record(before: Side, release: Release) -> list[Departure]:
    """The CIs of which the release says something else than its own commit."""
    inventory = before.inventory
    there = tuple(name for name in release.cis if name in inventory.cis)
    real = digests(inventory, there)
    wrong = [name for name, digest in release.cis.items() if real.get(name) != digest]
    return [Departure(name, "record", place=release.place.at("cis", name)) for name in wrong]


class _Departing:
    """Finds the commits through which CIs left a release; CIs that stand in neighbouring files are looked for together,
    since most of the time goes into asking Git."""

    def __init__(self, workspace: Workspace, before: Side) -> None:
        self._workspace = workspace
        self._before = before
        self._tree = tree_of(workspace)
        self._without = "" if before.missing and not self._has(before) else _release(before).revision
        self._chooser = Chooser()

    def departures(self, changes: Sequence[Change]) -> Iterator[Departure]:
        """One for each change."""
        ordered = sorted(changes, key=lambda change: self._path(change))
        for start in range(0, len(ordered), TOGETHER):
            some = ordered[start : start + TOGETHER]
            past = self._past(some)
            yield from (self._departure(past, change) for change in some)

    def _has(self, before: Side) -> bool:
        """Whether the release's commit is in this clone, though it does not tell what was frozen."""
        revision = f"{_release(before).revision}^{{commit}}"
        return self._tree.repository.ask("rev-parse", "--verify", "--quiet", revision).status == 0

    def _path(self, change: Change) -> str:
        """The file that a CI stands in, or stood in; empty where nobody knows."""
        for inventory in (self._workspace.inventory, None if self._before.missing else self._before.inventory):
            if inventory is not None and change.id in inventory.cis:
                return inventory.cis[change.id].place.path
        return ""

    def _past(self, changes: Sequence[Change]) -> GitPast:
        known = [self._workspace.inventory.cis.get(change.id) for change in changes]
        names = {change.id for change in changes} | {alias for ci in known if ci for alias in ci.aliases}
        return GitPast(
            self._tree.repository,
            self._tree.commit,
            frozenset(filter(None, map(self._path, changes))),
            without=self._without,
            watched=frozenset(names),
            chooser=self._chooser,
        )

    def _departure(self, past: GitPast, change: Change) -> Departure:
        release, now = _release(self._before), self._workspace.inventory.cis.get(change.id)
        place = release.place.at("cis", change.id) if now is None else now.place
        action: Departed = change.action
        departure = Departure(change.id, action, None if self._before.missing else change, place=place)
        if now is not None:
            return self._with_commits(past, departure, now)
        if not self._path(change):
            return departure
        found = past.ask(lambda one: one.removed_by((change.id,)))
        return replace(departure, commits=(found[0].commit,) if found else (), uncommitted=found is None)

    def _with_commits(self, past: GitPast, departure: Departure, ci: CI) -> Departure:
        """With the commits since the release that changed what differs."""
        inventory = self._workspace.inventory
        mine = Sight(ci, inventory.schema, lambda names: [inventory[name] for name in names if name in inventory])
        try:
            start = past.ask(lambda one: committed(one, ci))
        except CmdbError:
            return replace(departure, uncommitted=True)
        log = past.ask(lambda one: logging.log(ci.id, passages(one, start), _paths(departure.change)))
        dirty = not isinstance(self._workspace.source, GitTree) and Comparison(start, mine).change is not None
        return replace(departure, commits=tuple(entry.commit for entry in log.entries), uncommitted=dirty)


def _release(side: Side) -> Release:
    assert side.release is not None
    return side.release


def _paths(change: Change | None) -> tuple[KeyPath, ...]:
    """Where a change is; nothing for all of a CI."""
    if change is None or change.action == "added":
        return ()
    found: list[KeyPath] = [one.path for one in change.attributes]
    found += [("relations", one.type) for one in change.relations]
    return (*found, ("id",)) if change.former_id else tuple(found)
