"""Freezing a release: CIs as a commit has them, with a digest of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cmdb.formats.layout import INVENTORY
from cmdb.formats.release_reader import is_name, release_text
from cmdb.history.digest import digests
from cmdb.look_back.asking import tree_of
from cmdb.look_back.sides import RESERVED
from cmdb.model.problem import CmdbError
from cmdb.model.release import FOLDER, Release
from cmdb.sources.cleanliness import differing
from cmdb.sources.git_tree import GitTree
from cmdb.sources.protocol import NotThere
from cmdb.sources.saving import save
from cmdb.sources.worktree import Worktree
from cmdb.workspace import CONFIG, Workspace

_FEW = 3


def freeze(
    workspace: Workspace,
    name: str,
    selectors: Sequence[str] = (),
    *,
    day: date,
    exclude: Sequence[str] = (),
    approved_by: str | None = None,
    note: str = "",
    allow_dirty: bool = False,
    force: bool = False,
) -> Release:
    """Writes `baselines/frozen/NAME.yaml`: the commit, and a digest of each CI that the selectors pick, or of all.

    The CIs are those of the workspace's revision, or of HEAD. Refuses with `CmdbError` where an inventory file did not
    load, where the files are not as HEAD has them (unless `allow_dirty`: then they are frozen as they are), and where
    there is a baseline of that name (unless `force`).
    """
    path = _path(workspace, name)
    if workspace.unread_inventory:
        hint = "'cmdb check' says why; mend that first"
        raise CmdbError(f"these files did not load: {', '.join(workspace.unread_inventory)}", hint=hint)
    tree = tree_of(workspace)
    before = _known(workspace, name, path, force)
    dirty = _dirty(workspace, tree)
    if dirty and not allow_dirty:
        raise _uncommitted(dirty)
    inventory = workspace.inventory
    cis = inventory.select(*selectors, exclude=exclude) if selectors or exclude else tuple(inventory.values())
    if not cis:
        raise CmdbError("the selectors pick no CI", hint="'cmdb select' shows what they pick")
    release = Release(
        name,
        tree.commit,
        day,
        digests(inventory, tuple(ci.id for ci in cis)),
        approved_by,
        note,
        tuple(selectors),
        tuple(exclude),
        bool(dirty),
    )
    assert workspace.root is not None
    save(workspace.root, {path: release_text(release).encode()}, {path: before})
    return release


def _path(workspace: Workspace, name: str) -> str:
    if not is_name(name) or name.casefold() in RESERVED:
        raise CmdbError(f"'{name}' is no name for a frozen baseline", hint="write letters, digits, '.', '_' and '-'")
    if workspace.root is None or not (workspace.root / CONFIG).is_file():
        raise CmdbError("a baseline is frozen into files, and this workspace has none", hint="use a checkout")
    return f"{FOLDER}/{name}.yaml"


def _known(workspace: Workspace, name: str, path: str, force: bool) -> bytes | None:
    """The bytes of the file that is written anew."""
    places = [one.place.path for one in workspace.baselines.releases if one.name == name]
    places += [one.place.path for one in workspace.baselines.baselines if one.name == name]
    elsewhere = next((place for place in places if place != path), None)
    if elsewhere:
        raise CmdbError(f"there is a baseline '{name}' in {elsewhere} already", hint="choose another name")
    assert workspace.root is not None
    try:
        before = Worktree(workspace.root).read(path)
    except NotThere:
        return None
    if not force:
        raise CmdbError(f"there is a frozen baseline '{name}' already", hint="choose another name, or say --force")
    return before


def _dirty(workspace: Workspace, tree: GitTree) -> tuple[str, ...]:
    if isinstance(workspace.source, GitTree) or workspace.root is None:
        return ()
    return differing(workspace.root, tree, (INVENTORY,), (CONFIG,))


def _uncommitted(paths: Sequence[str]) -> CmdbError:
    named = ", ".join(paths[:_FEW]) + (f" and {len(paths) - _FEW} more" if len(paths) > _FEW else "")
    hint = "commit first, name a revision with --at, or say --allow-dirty"
    return CmdbError(f"not committed yet: {named}", hint=hint)
