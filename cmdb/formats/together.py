"""Which CIs are read together: those of one shape, below the same defaults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

from cmdb.formats.alike import Shape, Uneven, shape
from cmdb.formats.ci_reader import Ahead, CIReader
from cmdb.formats.reading import Entry
from cmdb.formats.taking import Above

_FEW = 4
"""With fewer, one after the other is as fast."""


class Together:
    """Reads ahead what can be read together."""

    def __init__(self, reader: CIReader) -> None:
        self._reader = reader

    def read(self, files: Iterable[tuple[Sequence[Entry], Above]]) -> list[Ahead | None]:
        """Each CI of files, with the defaults above them; None where it has to be read alone, so that what is odd or
        wrong about it is told."""
        entries: list[Entry] = []
        groups: defaultdict[tuple[Above, Shape | None], list[int]] = defaultdict(list)
        for some, above in files:
            for entry in some:
                groups[above, shape(entry.raw)].append(len(entries))
                entries.append(entry)
        found: list[Ahead | None] = [None] * len(entries)
        for (above, common), positions in groups.items():
            if common is not None and len(positions) >= _FEW:
                self._read(entries, positions, above, found)
        return found

    def _read(
        self, entries: Sequence[Entry], positions: Sequence[int], above: Above, found: list[Ahead | None]
    ) -> None:
        """The first of a new shape is read alone, so that the others are like one before."""
        lead = positions[0]
        if not self._reader.met(entries[lead].raw, above):
            found[lead] = self._reader.tried(entries[lead], above)
            positions = positions[1:]
        with suppress(Uneven):
            alike = self._reader.alike([entries[position] for position in positions], above)
            for position, one in zip(positions, alike, strict=True):
                found[position] = one
