"""What both sides changed, each in its own way, in terms of the CI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cmdb.formats.edits.operations import as_it_was
from cmdb.formats.writing import flow
from cmdb.merging.lists import MISSING
from cmdb.merging.trees import Disagreement
from cmdb.model import plain
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.value import Value
from cmdb.model.words import shortened

PRESENCE = "presence"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that both sides changed, each in its own way: the CI (or baseline) that has it, its key path, and the
    value on each side, None where it is not declared. `path` is `presence` where one side removed what the other
    changed, or both added it; `differing` has the key paths in question then. `file` is where it stands, if it stands
    in one; `words` are the values as people write them."""

    ci: str
    path: str
    before: Value
    ours: Value
    theirs: Value
    file: str = ""
    differing: tuple[str, ...] = ()
    words: tuple[str | None, str | None, str | None] = field(default=(None, None, None), compare=False)

    @property
    def message(self) -> str:
        """`payments-db-1: attributes.memory: 32 GiB before, ours 64 GiB, theirs 48 GiB`."""
        if not self.path:
            return f"only its lines can be merged, and they conflict: {self.words[2]}"
        who = f"{self.ci}: " if self.ci else ""
        if self.path == PRESENCE:
            return f"{who}{self._fate}{_listed(self.differing)}"
        before, ours, theirs = (shortened(word) for word in self.words)
        return f"{who}{self.path}: {before} before, ours {ours}, theirs {theirs}"

    @property
    def _fate(self) -> str:
        if self.ours is None:
            return "removed by ours, changed by theirs"
        return "removed by theirs, changed by ours" if self.theirs is None else "added on both sides, differently"

    def swapped(self) -> Conflict:
        """The same conflict seen from the other side."""
        before, ours, theirs = self.words
        words = (before, theirs, ours)
        return Conflict(self.ci, self.path, self.before, self.theirs, self.ours, self.file, self.differing, words)


def of_files(file: str, name: str, path: KeyPath, found: Disagreement, differing: Sequence[KeyPath]) -> Conflict:
    """The conflict of a disagreement about what files say."""
    sides = (found.before, found.ours, found.theirs)
    before, ours, theirs = (None if side is MISSING else plain.value(side) for side in sides)
    words = tuple(None if side is MISSING else written(side) for side in sides)
    whole = format_path(path) if path else PRESENCE
    paths = tuple(sorted(format_path(one) for one in differing))
    return Conflict(name, whole, before, ours, theirs, file, paths, (words[0], words[1], words[2]))


def written(raw: Value) -> str:
    """A value of a file on one line."""
    return raw if isinstance(raw, str) else flow(as_it_was(raw))


def _listed(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _MOST} more" if len(paths) > _MOST else ""
    return f" ({', '.join(paths[:_MOST])}{more})"
