"""What a branch declared at each of its last commits, read no further than somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.layout import INVENTORY, role
from cmdb.formats.schema_reader import read_schema
from cmdb.model.inventory import Inventory
from cmdb.model.step import Step
from cmdb.sources.changes import Commit, changes
from cmdb.sources.git_tree import GitTree
from cmdb.sources.memory import Memory
from cmdb.sources.protocol import File, NotThere, TextSource, Unreadable


class Excerpt:
    """The CIs of a few files of a workspace, with what makes their values what they are: kinds and defaults."""

    def __init__(self, source: TextSource) -> None:
        self._source = source
        self._taken: set[str] = set()
        self._inventory: Inventory | None = None

    def of(self, paths: frozenset[str]) -> Inventory:
        """The CIs of these files, where they exist, and of all that were asked for before. What cannot be read is
        among `unread`."""
        wanted = sorted(path for path in paths - self._taken if role(path) == "ci")
        self._taken.update(paths)
        for path, content in self._source.read_many(wanted):
            if not isinstance(content, NotThere):
                self._reading.take(path, self._reading.read(path, content))
        if wanted or self._inventory is None:
            self._inventory = self._reading.inventory()
        return self._inventory

    @cached_property
    def _reading(self) -> InventoryReading:
        """With kinds and defaults, and no CI yet."""
        files = [entry.path for entry in self._source.files(INVENTORY) if isinstance(entry, File)]
        kinds = dict(self._source.read_many([path for path in files if role(path) == "schema"]))
        read = {path: data for path, data in kinds.items() if isinstance(data, bytes)}
        schema = read_schema(sorted(read.items()))
        into = InventoryReading(schema.schema, (*schema.unread, *sorted(kinds.keys() - read.keys())))
        for path, data in self._source.read_many(sorted(path for path in files if role(path) == "defaults")):
            if isinstance(data, Unreadable):
                into.refuse(data)
            else:
                into.take_defaults(path, data)
        return into


def steps(tree: GitTree, since: datetime) -> Sequence[Step]:
    """The commits that changed the inventory up to the one of a tree, none older than a moment, newest first. Raises
    `CmdbError` where there is no history to ask."""
    return [_step(tree.root, commit) for commit in changes(tree.repository, tree.commit, INVENTORY, since)]


def _step(root: Path, commit: Commit) -> Step:
    before: TextSource | None = None
    if commit.parent is not None:
        before = GitTree(root, commit.parent)
    elif not commit.cut:
        before = Memory({})
    after = Excerpt(GitTree(root, commit.id))
    return Step(commit.id, commit.at, commit.paths, after.of, Excerpt(before).of if before is not None else None)
