"""Loading an inventory: from the image of an earlier load as far as that goes, and from its files for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property
from typing import TYPE_CHECKING

from cmdb.cache.fanning import Bulk, Tell, readings
from cmdb.cache.folder import Folder
from cmdb.cache.marks import Content, Marks, salt
from cmdb.cache.remembered import Remembered, find, keep
from cmdb.cache.tracking import Tree
from cmdb.cache.warming import Warm, Warming
from cmdb.formats.contents import Contents
from cmdb.formats.inventory_reader import InventoryReading
from cmdb.graph.topology import Topology
from cmdb.inventory import Inventory
from cmdb.model.quiet import collector_resting
from cmdb.sources.protocol import TextSource
from cmdb.sources.unchanged import Tracked

if TYPE_CHECKING:
    from cmdb.formats.schema_reader import SchemaReading


class Loading:
    """One load. Everything happens on first use, and no more of it than what is asked for. `tracked` says which
    files Git knows without reading them. `executor` may read a part of them; `tell` hears
    how far it is."""

    def __init__(
        self,
        source: TextSource,
        files: Contents,
        tracked: Tracked | None,
        schema: Callable[[], SchemaReading],
        folder: Folder | None,
        executor: Executor | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._source = source
        self._files = files
        self._tracked = tracked
        self._schema = schema
        self.folder = folder
        self._bulk = Bulk(source, files, executor, tell)

    @property
    def topology(self) -> Topology:
        """The graph; where nothing changed, no CI is looked at."""
        known = self._known
        return known.topology if known is not None and known.same else self.inventory.topology

    @property
    def unread(self) -> tuple[str, ...]:
        """The files that did not load, or not wholly."""
        known = self._known
        return known.unread if known is not None and known.same else self.inventory.unread

    @cached_property
    def inventory(self) -> Inventory:
        """Every CI that loads, with the problems of those that do not."""
        if self.warm is not None:
            return self.warm.inventory
        with collector_resting():
            into, paths = self._begun(), self._files.cis
            found = readings(into, self._bulk.task(paths), self._bulk, self._contents)
            for path, (reading, _) in zip(paths, found, strict=True):
                into.take(path, reading)
            return Inventory.of(into.inventory())

    @cached_property
    def warm(self) -> Warm | None:
        """The inventory with what it was made from; None where nothing is remembered."""
        if self.folder is None:
            return None
        with collector_resting():
            found = Warming(self._bulk, self._begun(), self._marks, self._known).inventory()
            if found.due:
                self._keep(found)
            return found

    def keep(self) -> str:
        """The name of the image of just these files, which is written where there is none yet."""
        if self.warm is not None and not self.warm.due and (self._known is None or not self._known.same):
            self._keep(self.warm)
        return self._marks.name

    def _keep(self, warm: Warm) -> None:
        if self.folder is not None:
            keep(self.folder, self._family, self._marks, warm.inventory, warm.worth())

    def _contents(self, numbers: Sequence[int]) -> Iterator[Content]:
        return (content for _, content in self._source.read_many([self._files.cis[number] for number in numbers]))

    def _begun(self) -> InventoryReading:
        """With everything but the CIs."""
        schema = self._schema()
        into = InventoryReading(schema.schema, schema.unread)
        for error in self._files.refused:
            into.refuse(error)
        for path, data in self._files.defaults.items():
            into.take_defaults(path, data)
        return into

    @cached_property
    def _marks(self) -> Marks:
        if self._tracked is None or self.folder is None:
            return Marks.of(self._source, self._files, self._files.digests)
        return Tree(self._source, self._files, self._tracked, self.folder, self._family).marks()

    @cached_property
    def _family(self) -> str:
        return salt(self._files.schema)

    @cached_property
    def _known(self) -> Remembered | None:
        if self.folder is None:
            return None
        return find(self.folder, self._family, self._marks)
