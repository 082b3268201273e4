"""What became of a CI: the questions that a workspace's history answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from cmdb.compare.fields import origin
from cmdb.graph.references import resolve
from cmdb.history import blame as blaming
from cmdb.history import log as logging
from cmdb.history.following import passages
from cmdb.history.sight import Sight, removed
from cmdb.look_back.past import GitPast
from cmdb.model import past
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.past import BlamedValue, Commit
from cmdb.model.problem import CmdbError
from cmdb.sources.git_tree import GitTree
from cmdb.workspace import Workspace

UNCOMMITTED = "commit it first; what is reached through a symbolic link has no history of its own"


def log(workspace: Workspace, ci: str, *, paths: Sequence[str] = (), limit: int | None = None) -> past.Log:
    """The commits that changed a CI, newest first: through moves of files, new ids and merges.

    The history is that of the workspace's revision, or of HEAD. `paths` are patterns of key paths: only changes at,
    above or below one count. At most `limit` commits are told. Of a CI that is gone, the newest is the one that removed
    it. Raises `CmdbError` where there was no such CI, and where there is no history.
    """
    tree = tree_of(workspace)
    patterns = tuple(other for path in paths for other in _once(workspace, _pattern(path)))
    if ci not in workspace.inventory and (gone := _gone(tree, ci)) is not None:
        return _log_of(tree, *gone, patterns, limit)
    found = _found(workspace, ci)
    known = GitPast(tree.repository, tree.commit, frozenset({found.place.path}))
    start = known.ask(partial(committed, ci=found))
    told: logging.Told = {}
    return known.ask(lambda one: logging.log(found.id, passages(one, start), patterns, limit, told))


def blame(workspace: Workspace, ci: str, *, paths: Sequence[str] = (), limit: int | None = None) -> past.Blame:
    """For each value of a CI the commit that last set it, and the line where it stands now.

    `paths` are patterns of key paths: only values at or below one are told. `limit` keeps as many values, those that
    were set last. Raises `CmdbError` where there is no such
    CI, no such value, or no history.
    """
    patterns = tuple(map(_pattern, paths))
    found, tree = _found(workspace, ci), tree_of(workspace)
    known = GitPast(tree.repository, tree.commit, frozenset({found.place.path}))
    inventory = workspace.inventory
    sight = Sight(found, inventory.schema, lambda names: [inventory[name] for name in names if name in inventory])
    whole = isinstance(workspace.source, GitTree)
    answer = known.ask(lambda one: blaming.blame(found, passages(one, sight, committed=whole), patterns))
    if patterns and not answer.values:
        hint = f"'cmdb show {found.id}' lists its values, and 'cmdb log {found.id} PATH' tells what became of one"
        raise CmdbError(f"'{found.id}' has no value at {', '.join(paths)}", hint=hint)
    kept = answer.values if limit is None else _latest(answer.values, limit)
    return replace(answer, values=tuple(_located(workspace, found, value) for value in kept))


def _latest(values: Sequence[BlamedValue], limit: int) -> tuple[BlamedValue, ...]:
    """The values that were set last, in their order."""
    newest = sorted(range(len(values)), key=lambda number: _when(values[number]), reverse=True)[:limit]
    return tuple(values[number] for number in sorted(newest))


def _when(value: BlamedValue) -> datetime:
    return value.commit.committed if value.commit else datetime.max.replace(tzinfo=UTC)


def tree_of(workspace: Workspace) -> GitTree:
    """The revision that a workspace is read from; for the working tree HEAD. Raises `CmdbError`."""
    if isinstance(workspace.source, GitTree):
        return workspace.source
    if workspace.root is None:
        raise CmdbError("a workspace in memory has no history")
    return GitTree(workspace.root, "HEAD")


def _found(workspace: Workspace, reference: str) -> CI:
    topology = workspace.topology
    return workspace.inventory[topology.ids[resolve(topology, reference)]]


def committed(known: GitPast, ci: CI) -> Sight:
    """The CI as the tip has it. Raises `CmdbError` where it has none."""
    names = (ci.id, *ci.aliases)
    found = known.look(known.tip, names)
    if isinstance(found, Sight):
        return found
    if found is None:
        known.search(None, names)
        raise CmdbError(
            f"'{ci.id}' is not committed yet",
            hint=UNCOMMITTED,
        )
    raise CmdbError(f"a file that '{ci.id}' depends on did not load", hint="'cmdb check --at HEAD' says why")


def _pattern(written: str) -> KeyPath:
    try:
        return parse_path(written, pattern=True)
    except KeyPathError as error:
        raise CmdbError(f"'{written}' is no key path: {error}", hint="write attributes.memory, or labels") from None


def _gone(tree: GitTree, name: str) -> tuple[Commit | None, Sight] | None:
    """The commit that removed a CI, and the CI before that; no commit where HEAD has it and the files do not."""
    known = GitPast(tree.repository, tree.commit, frozenset())
    known.paths = known.files_of(name)
    if not known.paths:
        return None
    if isinstance(there := known.look(tree.commit, (name,)), Sight):
        return None, there
    found = known.ask(lambda one: one.removed_by((name,)))
    before = known.look(found[1], (name,)) if found else None
    return (found[0].commit, before) if found and isinstance(before, Sight) else None


def _log_of(
    tree: GitTree, commit: Commit | None, sight: Sight, patterns: tuple[KeyPath, ...], limit: int | None
) -> past.Log:
    """The log of a CI that is gone."""
    tip = tree.commit if commit is None else f"{commit.id}^"
    entry = () if commit is None else (past.LogEntry(commit, removed(sight)),)
    left = None if limit is None else limit - len(entry)
    known = GitPast(tree.repository, tip, frozenset({sight.ci.place.path}))
    if left == 0:
        return past.Log(sight.ci.id, entry, more=True)
    log = known.ask(lambda one: logging.log(sight.ci.id, passages(one, sight), patterns, left))
    return replace(log, entries=(*entry, *log.entries))


def _once(workspace: Workspace, pattern: KeyPath) -> Iterator[KeyPath]:
    """A pattern, and the same with the former ids of the CI that it names as the target of a relation."""
    yield pattern
    if len(pattern) > 2 and pattern[0] == "relations" and pattern[2] in workspace.inventory:
        for former in workspace.inventory[str(pattern[2])].aliases:
            yield (*pattern[:2], former, *pattern[3:])


def _located(workspace: Workspace, ci: CI, value: BlamedValue) -> BlamedValue:
    inherited = origin(value.path, ci)
    if inherited is None:
        return replace(value, location=workspace.locate(ci.place.at(*value.path)))
    length = next(end for end in range(len(value.path), 0, -1) if value.path[:end] in ci.inherited)
    where = workspace.locate(inherited.at(*value.path[length:]))
    return replace(value, location=where, cause=inherited.path or f"kind {ci.kind}")
