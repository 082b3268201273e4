"""What left a release, and through which commits."""

from __future__ import annotations

from dataclasses import replace

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
from cmdb.model.past import Commit
from cmdb.model.problem import CmdbError
from cmdb.model.release import Departed, Departure, Release, Verification
from cmdb.sources.git_tree import GitTree
from cmdb.workspace import Workspace


def verify(workspace: Workspace, name: str) -> Verification:
    """What left a frozen baseline: its CIs that are not as they were frozen, each with the commits since then that
    changed it; CIs that its selectors pick and that were not there; and CIs of which it says what its own commit does
    not. Raises `CmdbError` where there is no such baseline."""
    release = known(workspace, name)
    before, after = frozen(workspace, release), Side(workspace)
    found = [_departure(workspace, before, change) for change in compared(before, after).changes]
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


def _departure(workspace: Workspace, before: Side, change: Change) -> Departure:
    release = before.release
    assert release is not None
    action: Departed = change.action
    told = None if before.missing else change
    now = workspace.inventory.cis.get(change.id)
    place = release.place.at("cis", change.id) if now is None else now.place
    departure = Departure(change.id, action, told, place=place)
    try:
        if now is not None:
            return _with_commits(workspace, release, departure, now)
        return _removed(workspace, before, departure)
    except CmdbError:
        return departure


def _with_commits(workspace: Workspace, release: Release, departure: Departure, ci: CI) -> Departure:
    """With the commits since the release that changed what differs."""
    past = _past(workspace, release, ci.place.path)
    inventory = workspace.inventory
    mine = Sight(ci, inventory.schema, lambda names: [inventory[name] for name in names if name in inventory])
    try:
        start = past.ask(lambda one: committed(one, ci))
    except CmdbError:
        return replace(departure, uncommitted=True)
    log = past.ask(lambda one: logging.log(ci.id, passages(one, start), _paths(departure.change)))
    dirty = not isinstance(workspace.source, GitTree) and Comparison(start, mine).change is not None
    return replace(departure, commits=tuple(entry.commit for entry in log.entries), uncommitted=dirty)


def _removed(workspace: Workspace, before: Side, departure: Departure) -> Departure:
    """With the commit that took the CI away."""
    if before.missing or before.release is None:
        return departure
    ci = before.inventory.cis[departure.ci]
    past = _past(workspace, before.release, ci.place.path)
    found = past.ask(lambda one: one.removed_by((ci.id,)))
    commits: tuple[Commit, ...] = (found[0].commit,) if found else ()
    return replace(departure, commits=commits, uncommitted=not found)


def _past(workspace: Workspace, release: Release, path: str) -> GitPast:
    tree = tree_of(workspace)
    there = tree.repository.ask("rev-parse", "--verify", "--quiet", f"{release.revision}^{{commit}}").status == 0
    return GitPast(tree.repository, tree.commit, frozenset({path}), without=release.revision if there else "")


def _paths(change: Change | None) -> tuple[KeyPath, ...]:
    """Where a change is; nothing for all of a CI."""
    if change is None or change.action == "added":
        return ()
    found: list[KeyPath] = [one.path for one in change.attributes]
    found += [("relations", one.type) for one in change.relations]
    return (*found, ("id",)) if change.former_id else tuple(found)
