"""A merge before anybody makes it: its files, what of it is in doubt, and what would be wrong with it. Nothing is
written, nothing is checked out, and no program runs that the repository names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cmdb.compare.problems import Ratchet, ratchet
from cmdb.gating import introduced
from cmdb.merging.conflicts import PRESENCE, Conflict
from cmdb.merging.files import MARKER, FileMerge, Lines, Sides, merge_file
from cmdb.merging.folders import Entry, FolderMerge, FolderMerger
from cmdb.model.keypath import parse_path
from cmdb.model.location import Location, Where
from cmdb.model.problem import CmdbError, Problem, Severity
from cmdb.sources.git_tree import GitTree
from cmdb.sources.line_merge import merge_lines
from cmdb.sources.merged_tree import MergedTree
from cmdb.sources.repository import Repository
from cmdb.sources.tree_changes import entry_changes, merge_bases, tree_changes
from cmdb.sources.unchanged import blob_digest
from cmdb.workspace import CONFIG, Workspace

CONFLICT = "merge-conflict"
_READ = ("inventory/", "baselines/")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The merge of `head` into `base`, both as they were named, with the workspace of each side (`into` is that of
    `base`, at `commit`) and of the result. Where there are conflicts, the result has what `base` has there."""

    base: str
    head: str
    conflicts: tuple[Conflict, ...]
    result: Workspace
    into: Workspace
    other: Workspace
    commit: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would be wrong after a merge, held against the side that is merged into. `alone` are those of the problems
    that neither side has by itself, conflicts among them."""

    problems: Ratchet
    alone: frozenset[Problem]


def rehearse(workspace: Workspace, base: str, head: str) -> Rehearsal:
    """The merge of one revision into another. Raises `CmdbError`, too where the two have no commit in common."""
    if workspace.root is None:
        raise CmdbError("a workspace in memory has no revisions")
    into, other = GitTree(workspace.root, base), GitTree(workspace.root, head)
    sides = workspace.side(into), workspace.side(other)
    merging = _Rehearsing(into.repository, sides)
    found = merging.merged(into.commit, other.commit, merge_bases(into.repository, base, head))
    tree = MergedTree(workspace.root, into.commit, f"{head} merged into {base}", into.folder, found.entries, found.made)
    conflicts = tuple(one for one in found.conflicts if _read(one.file))
    return Rehearsal(base, head, conflicts, workspace.side(tree), *sides, into.commit)


def foreseen(rehearsal: Rehearsal, as_of: date) -> Foreseen:
    """The problems of a merge, with lines, and which of them only the merge has."""
    found = introduced(rehearsal.into, rehearsal.result, as_of)
    inventory = rehearsal.result.inventory
    mine = ratchet(rehearsal.other.problems(as_of), (*found.introduced, *found.worse), id_now=inventory.resolve)
    conflicts = rehearsal.result.located(_problem(rehearsal, conflict) for conflict in rehearsal.conflicts)
    whole = replace(found, introduced=(*conflicts, *found.introduced))
    return Foreseen(whole, frozenset((*conflicts, *mine.introduced, *mine.worse)))


@dataclass(frozen=True, slots=True)
class _Rehearsing:
    repository: Repository
    sides: tuple[Workspace, Workspace]

    def merged(self, ours: str, theirs: str, bases: tuple[str, ...]) -> FolderMerge:
        """The merge of two commits that parted at one commit, or at several."""
        if len(bases) == 1:
            mine, others = (tree_changes(self.repository, bases[0], side) for side in (ours, theirs))
            return self._merger(self._entries(ours)).merged(mine, others)
        base = self._ancestor(bases)
        mine, others = (entry_changes(base.entries, self._entries(side)) for side in (ours, theirs))
        merger = self._merger(self._entries(ours))
        merger.made.update(base.made)
        return merger.merged(mine, others)

    def _ancestor(self, bases: tuple[str, ...]) -> FolderMerge:
        """What several common ancestors come to: their merge, as Git does it; what is in doubt there is as it was
        before."""
        found = FolderMerge(self._entries(bases[0]), {}, ())
        for one in bases[1:]:
            before = self._fork(bases[0], one)
            mine, others = (entry_changes(before, entries) for entries in (found.entries, self._entries(one)))
            merger = self._merger(found.entries, settle_before=True)
            merger.made.update(found.made)
            found = merger.merged(mine, others)
        return found

    def _fork(self, one: str, other: str) -> Mapping[str, Entry]:
        try:
            return self._entries(merge_bases(self.repository, one, other)[0])
        except CmdbError:
            return {}

    def _entries(self, commit: str) -> Mapping[str, Entry]:
        from cmdb.sources.git_listing import read_listing

        return read_listing(self.repository, commit).entries

    def _merger(self, ours: Mapping[str, Entry], *, settle_before: bool = False) -> FolderMerger:
        like = next((digest for _, digest in ours.values()), "")
        return FolderMerger(
            ours,
            lambda digests: [blob.data for blob in self.repository.blobs(digests)],
            self._file,
            lambda data: blob_digest(data, like),
            settle_before,
        )

    def _file(self, path: str, sides: Sides) -> FileMerge:
        def by_lines(texts: Sides) -> Lines:
            return Lines(*merge_lines(texts.ours, texts.base, texts.theirs, MARKER))

        if not _read(path):
            return FileMerge(sides.ours, sides.ours)
        return merge_file(path, sides, by_lines, lambda: [side.schema for side in self.sides])


def _read(path: str) -> bool:
    """Whether a file is read; the others are for Git to merge."""
    return path == CONFIG or (path.startswith(_READ) and path.endswith((".yaml", ".yml")))


def _problem(rehearsal: Rehearsal, conflict: Conflict) -> Problem:
    key_path = conflict.path or None
    return Problem(
        CONFLICT,
        conflict.told(rehearsal.base, rehearsal.head),
        Severity.ERROR,
        where=_where(rehearsal, conflict),
        ci=conflict.ci or None,
        key_path=key_path,
        hint=f"merge {rehearsal.base} into {rehearsal.head}, and settle it there",
        subject=conflict.file,
    )


def _where(rehearsal: Rehearsal, conflict: Conflict) -> Where:
    """The value in the result, if the CI is there."""
    ci = rehearsal.result.inventory.get(conflict.ci)
    if ci is None or ci.place.path != conflict.file:
        return Location(conflict.file)
    return ci.place if conflict.path == PRESENCE else ci.place.at(*parse_path(conflict.path))
