"""Which commits changed which CI: told by what each commit made of the files, so that a commit which moved a file, or
changed its neighbour in a list, is not taken for one that changed the CI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.formats.layout import INVENTORY, role
from cmdb.formats.reading import read_precise
from cmdb.model.change import Change, ChangeSet
from cmdb.model.ci import CI
from cmdb.model.past import Commit
from cmdb.model.plain import Plain
from cmdb.model.value import Value
from cmdb.sources.commits import Contribution, contributions, lacks
from cmdb.sources.git_tree import GitTree
from cmdb.sources.repository import Repository
from cmdb.sources.revisions import commit_of
from cmdb.sources.worktree import Worktree
from cmdb.workspace import Workspace

_Entries = Mapping[str, Value]
"""What a file says of each CI, by id."""


@dataclass(frozen=True, slots=True)
class Authors:
    """The commits that changed any of the CIs, newest first; for each the ids of the CIs whose entries it changed, and
    the files of defaults and kinds. `notes` say what is odd about the history."""

    commits: tuple[Commit, ...] = ()
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, change: Change) -> tuple[str, ...]:
        """The commits that changed a CI, newest first."""
        words = _words(change)
        return tuple(commit.id for commit in self.commits if words & self.touched[commit.id])


def authors(before: Workspace, after: Workspace, changes: ChangeSet) -> Authors:
    """The commits from one side to the other; none where a side has no history."""
    old, new = before.source, after.source
    if not changes or not isinstance(old, GitTree) or not isinstance(new, GitTree | Worktree):
        return Authors()
    repository = old.repository
    head = new.commit if isinstance(new, GitTree) else commit_of(repository, "HEAD")
    words = frozenset[str]().union(*map(_words, changes.changes))
    found = contributions(repository, old.commit, head, INVENTORY)
    touched = {one.commit.id: what for one, what in _touched(repository, found) if what & words}
    commits = tuple(one.commit for one in found if one.commit.id in touched)
    return Authors(commits, touched, tuple(_notes(repository, old.commit, head)))


def _notes(repository: Repository, base: str, head: str) -> Iterator[str]:
    if count := lacks(repository, head, base):
        yield (
            f"the base has {count} {'commit' if count == 1 else 'commits'} that the head has not; what those changed "
            "shows here the other way round, unless you compare with BASE...HEAD"
        )


def _words(change: Change) -> frozenset[str]:
    """What a commit that changed the CI has touched: its entry, under either id, or a file that it inherits from."""
    words = {change.id, change.former_id or change.id}
    for ci, paths in _sides(change):
        words.update(place.path for path, place in ci.inherited.items() if path in paths)
    return frozenset((*words, *(change.cause or "").split(", ")))


def _sides(change: Change) -> Iterator[tuple[CI, set[tuple[object, ...]]]]:
    """The CI on each side, with the paths that its changed values may be inherited at."""
    changed = [one.path for one in change.attributes]
    changed += [("relations", one.type) for one in change.relations]
    paths = {tuple[object, ...](path[:end]) for path in changed for end in range(1, len(path) + 1)}
    for ci in (change.before, change.after):
        if ci is not None:
            yield ci, paths


def _touched(repository: Repository, found: tuple[Contribution, ...]) -> Iterator[tuple[Contribution, frozenset[str]]]:
    """Each commit with the ids of the entries that it changed, and the other files. A merge changed what is in none of
    its parents."""
    blobs = sorted({blob for one in found for file in one.files for blob in (*file.before, file.after) if blob})
    texts = {blob: read.data for blob, read in zip(blobs, repository.blobs(blobs), strict=True)}
    for one in found:
        files = [file for file in one.files if role(file.path) == "ci"]
        now = _entries({file.path: texts.get(file.after or "") for file in files})
        parents = range(max((len(file.before) for file in files), default=0))
        former = [_entries({file.path: texts.get(file.before[parent] or "") for file in files}) for parent in parents]
        differing = [{name for name in was.keys() | now.keys() if was.get(name) != now.get(name)} for was in former]
        others = frozenset(file.path for file in one.files if role(file.path) != "ci")
        yield one, others.union(set.intersection(*differing) if differing else ())


def _entries(files: Mapping[str, bytes | None]) -> _Entries:
    """What files say of each CI; nothing of those that cannot be read."""
    found: dict[str, Value] = {}
    for path, data in sorted(files.items()):
        for entry in read_precise(path, data).entries if data is not None else ():
            name = entry.raw.get("id")
            found.setdefault(name.text if isinstance(name, Plain) else str(name), entry.raw)
    return found
