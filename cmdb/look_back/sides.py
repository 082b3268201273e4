"""What can be compared with a release: another one, a revision, the files, and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cmdb.compare.inventories import diff
from cmdb.compare.references import References
from cmdb.history.digest import digests
from cmdb.inventory import Inventory
from cmdb.model.change import Change, ChangeSet
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory as Plain
from cmdb.model.problem import CmdbError
from cmdb.model.release import Release
from cmdb.sources.worktree import Worktree
from cmdb.workspace import Workspace

LIVE, FILES = "live", "worktree"
RESERVED = frozenset({LIVE, FILES, "head"})
"""Names of sides that no release may have."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a workspace, and the release that says which of its CIs are meant. `missing` says why
    the workspace cannot be read, so that only the release's digests are known."""

    workspace: Workspace
    release: Release | None = None
    missing: str = ""

    @cached_property
    def inventory(self) -> Inventory:
        """Every CI of the workspace."""
        return self.workspace.inventory

    def members(self, other: Side) -> frozenset[str]:
        """The CIs that are meant: those of the release, or those that the other side's release is about."""
        if self.release is not None:
            return frozenset(self.release.cis)
        mine, theirs = self.inventory, other.release
        if theirs is None:
            return frozenset(mine)
        picked = {ci.id for ci in self._picked(theirs)}
        known = {found for name in theirs.cis if (found := mine.resolve(name)) is not None}
        return frozenset(picked | known)

    def _picked(self, release: Release) -> tuple[CI, ...]:
        """What the release's selectors pick here; none where they no longer can be read."""
        if not release.selectors and not release.exclude:
            return tuple(self.inventory.values())
        try:
            return self.inventory.select(*release.selectors, exclude=release.exclude)
        except CmdbError:
            return ()


def release_of(workspace: Workspace, name: str) -> Release | None:
    """The release of that name; where there are two, the first."""
    return next((release for release in workspace.baselines.releases if release.name == name), None)


def side(workspace: Workspace, text: str) -> Side:
    """The side that a word names: a release, `worktree`, or else a revision. Raises `CmdbError`."""
    if text.casefold() == FILES:
        if workspace.root is None:
            return Side(workspace)
        return Side(workspace.side(Worktree(workspace.root)))
    release = release_of(workspace, text)
    if release is None:
        return Side(workspace.at(text))
    return frozen(workspace, release)


def frozen(workspace: Workspace, release: Release) -> Side:
    """A release with its commit."""
    if release.uncommitted:
        return Side(workspace, release, "it was frozen with changes that were not committed")
    try:
        return Side(workspace.at(release.revision), release)
    except CmdbError as error:
        return Side(workspace, release, error.problem.message)


def compared(before: Side, after: Side) -> ChangeSet:
    """The changes between two sides, as far as their releases are about them. Where a release's own commit cannot be
    read, a CI whose digest differs is changed, and nobody can say in what."""
    if before.missing or after.missing:
        return ChangeSet(tuple(sorted(_by_digest(before, after), key=lambda change: change.id)))
    if before.release is None and after.release is None:
        return diff(before.inventory, after.inventory)
    return ChangeSet(tuple(sorted(_by_value(before, after), key=lambda change: change.id)))


def _by_value(before: Side, after: Side) -> list[Change]:
    old, new = before.members(after), after.members(before)
    renamed = References(before.inventory, after.inventory).renamed
    changes = {change.former_id or change.id: change for change in diff(before.inventory, after.inventory).changes}
    found: list[Change] = []
    for name in old:
        now = renamed.get(name, name)
        if now in new or now not in after.inventory:
            found += [changes[name]] if name in changes else []
        elif name in before.inventory.cis:
            found += _alone(before.inventory, name, gone=True)
    for name in new - {renamed.get(name, name) for name in old}:
        if name in before.inventory:
            found += _alone(after.inventory, name, gone=False)
        elif name in changes:
            found.append(changes[name])
    return found


def _alone(inventory: Inventory, name: str, *, gone: bool) -> tuple[Change, ...]:
    """The change that a CI comes or goes with."""
    without = Plain((), inventory.schema)
    with_it = Plain((inventory.cis[name],), inventory.schema)
    return diff(with_it, without).changes if gone else diff(without, with_it).changes


def _by_digest(before: Side, after: Side) -> list[Change]:
    old, new = _digests(before, after), _digests(after, before)
    found = [Change(name, "", "removed") for name in old.keys() - new.keys()]
    found += [Change(name, "", "added") for name in new.keys() - old.keys()]
    found += [Change(name, "", "changed") for name in old.keys() & new.keys() if old[name] != new[name]]
    return [_with_kind(change, before, after) for change in found]


def _digests(side: Side, other: Side) -> Mapping[str, str]:
    if side.release is not None:
        return side.release.cis
    return digests(side.inventory, tuple(sorted(side.members(other))))


def _with_kind(change: Change, *sides: Side) -> Change:
    """With the kind, where a side that can be read has the CI."""
    for one in reversed(sides):
        if not one.missing and change.id in one.inventory.cis:
            return Change(change.id, one.inventory.cis[change.id].kind, change.action)
    return change
