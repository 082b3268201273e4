"""What both sides changed, each in its own way, in terms of the CI."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cmdb.formats.edits.operations import as_it_was
from cmdb.formats.writing import flow
from cmdb.merging.lists import MISSING
from cmdb.merging.trees import Disagreement
from cmdb.model import plain
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.value import Value
from cmdb.model.words import shortened

PRESENCE = "presence"
OURS, THEIRS = "{ours}", "{theirs}"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that both sides changed, each in its own way: the CI (or baseline) that has it, its key path, and the
    value on each side, None where it is not declared. `path` is `presence` where one side removed what the other
    changed, or both added it; `differing` has the key paths in question then. `file` is where it stands, if it stands
    in one; `words` are the values as people write them. A file that is in doubt as a whole has no `path`, and tells in
    `why` what happened to it, with OURS and THEIRS for the sides."""

    ci: str
    path: str
    before: Value = None
    ours: Value = None
    theirs: Value = None
    file: str = ""
    differing: tuple[str, ...] = ()
    words: tuple[str | None, str | None, str | None] = field(default=(None, None, None), compare=False)
    why: str = ""

    @property
    def message(self) -> str:
        """`payments-db-1: attributes.memory: 32 GiB before, ours 64 GiB, theirs 48 GiB`."""
        return self.told()

    def told(self, ours: str = "ours", theirs: str = "theirs") -> str:
        """The conflict in words, with names for both sides."""
        if self.why:
            return self.why.replace(OURS, ours).replace(THEIRS, theirs)
        who = f"{self.ci}: " if self.ci else ""
        if self.path == PRESENCE:
            return f"{who}{self._fate(ours, theirs)}{_listed(self.differing)}"
        before, mine, others = (shortened(word) for word in self.words)
        return f"{who}{self.path}: {before} before, {ours} {mine}, {theirs} {others}"

    def swapped(self) -> Conflict:
        """The same conflict seen from the other side."""
        before, ours, theirs = self.words
        turned = {OURS: THEIRS, THEIRS: OURS}
        return replace(
            self,
            ours=self.theirs,
            theirs=self.ours,
            words=(before, theirs, ours),
            why=re.sub("|".join(turned), lambda found: turned[found[0]], self.why),
        )

    def _fate(self, ours: str, theirs: str) -> str:
        if self.before is None:
            return "added on both sides, differently"
        one, other = (ours, theirs) if self.ours is None else (theirs, ours)
        return f"removed by {one}, changed by {other}"


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
