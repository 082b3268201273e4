"""The entries of files while edits to them are being collected, so that each edit is made for what the ones before it
leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cmdb.formats.edits.operations import Change, Edit, Impossible, applied
from cmdb.formats.reading import read_precise
from cmdb.model.location import Place
from cmdb.model.value import Value

Read = Callable[[str], bytes]
Entry = tuple[str, int, int | None]


@dataclass(slots=True)
class Drafts:
    """Entries by their place; files are read when they are first asked for."""

    read: Read
    _entries: dict[Entry, dict[str, Value]] = field(default_factory=dict)
    _files: set[str] = field(default_factory=set)

    def raw(self, place: Place) -> dict[str, Value]:
        """The entry's mapping as the file has it, with the edits made so far. Raises `Impossible` where the file no
        longer has it."""
        if place.path not in self._files:
            self._files.add(place.path)
            for entry in read_precise(place.path, self.read(place.path)).entries:
                self._entries[_key(entry.place)] = entry.raw
        found = self._entries.get(_key(place))
        if found is None:
            raise Impossible("the file no longer has it")
        return found

    def change(self, place: Place, edits: Sequence[Edit]) -> Change:
        """Makes edits to an entry. Raises `Impossible`."""
        tree = self.raw(place)
        for edit in edits:
            tree = applied(tree, edit)
        self._entries[_key(place)] = tree
        return Change(Place(place.path, place.document, place.item), tuple(edits))


def _key(place: Place) -> Entry:
    return place.path, place.document, place.item
