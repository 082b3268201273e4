"""Three-way merge of trees of files, as Git merges them: files that both sides changed are merged, wherever either side
moved them to; what cannot be decided is a conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cmdb.merging.conflicts import OURS, THEIRS, Conflict
from cmdb.merging.files import FileMerge, Sides

Entry = tuple[bytes, str]
"""How Git has a file: its mode, and the digest of its bytes."""
_REGULAR = (b"100644", b"100755")


class Moved(Protocol):
    """What a side did to a file: where it was (None for a new one) and is (None for one that is gone), and what was
    and is there."""

    @property
    def former(self) -> str | None: ...
    @property
    def path(self) -> str | None: ...
    @property
    def before(self) -> Entry | None: ...
    @property
    def after(self) -> Entry | None: ...


@dataclass(frozen=True, slots=True)
class FolderMerge:
    """The files of a merge by path. `made` has the bytes of those that neither side has, by digest."""

    entries: Mapping[str, Entry]
    made: Mapping[str, bytes]
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class FolderMerger:
    """Merges the changes of their side into our files. `read` gives the bytes behind digests, None where they are too
    large or not there; `merge` merges a file; `digest` names bytes as Git does. Files in doubt are ours, or with
    `settle_before` what they were."""

    ours: Mapping[str, Entry]
    read: Callable[[list[str]], Sequence[bytes | None]]
    merge: Callable[[str, Sides], FileMerge]
    digest: Callable[[bytes], str]
    settle_before: bool = False
    made: dict[str, bytes] = field(default_factory=dict)
    known: dict[str, bytes | None] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)

    def merged(self, mine: Sequence[Moved], others: Sequence[Moved]) -> FolderMerge:
        """The files with the changes of both sides; `mine` led to our files."""
        known = {one.former: one for one in mine if one.former is not None}
        pairs = [(known.get(one.former) if one.former is not None else None, one) for one in others]
        self._look([side for pair in pairs if pair[0] for one in pair if one for side in (one.before, one.after)])
        self.entries = dict(self.ours)
        for ours, theirs in pairs:
            if theirs.former is not None:
                self.entries.pop(theirs.former if ours is None else ours.path or "", None)
        for ours, theirs in pairs:
            self._one(ours, theirs)
        return FolderMerge(self.entries, self.made, tuple(sorted(self.conflicts, key=_order)))

    def _one(self, ours: Moved | None, theirs: Moved) -> None:
        """What becomes of a file that they changed."""
        if ours is None:
            if theirs.path is not None and theirs.after is not None:
                self._put(theirs.path, theirs.after)
        elif ours.path is None or theirs.path is None:
            self._deleted(ours, theirs)
        else:
            apart = ours.path != theirs.path
            path = theirs.path if ours.path == ours.former else ours.path
            if apart and theirs.path != theirs.former and ours.path != ours.former:
                why = f"renamed by {OURS} to {ours.path}, and by {THEIRS} to {theirs.path}"
                self._doubt(str(ours.former), why)
            self._put(path, self._content(path, ours.before, ours.after, theirs.after))

    def _deleted(self, ours: Moved, theirs: Moved) -> None:
        """A file that one side deleted, or both."""
        there = ours if ours.path is not None else theirs
        if there.path is None or there.after is None:
            return
        one, other = (THEIRS, OURS) if there is ours else (OURS, THEIRS)
        sides = [None if side is None else self._bytes(side) for side in (there.before, there.after)]
        found: tuple[Conflict, ...] = ()
        if None not in sides:
            before, after = (side or b"" for side in sides)
            texts = Sides(before, after, b"") if there is ours else Sides(before, b"", after)
            found = tuple(one for one in self.merge(there.path, texts).conflicts if not one.why)
        what = "renamed" if there.before == there.after else "changed"
        self.conflicts += found or [Conflict("", "", file=there.path, why=f"deleted by {one}, {what} by {other}")]
        settled = there.before if self.settle_before else there.after
        if settled is not None:
            self._put(there.path, settled)

    def _put(self, path: str, entry: Entry) -> None:
        """A file in its place; where another is in it already, both in one."""
        there = self.entries.get(path)
        self.entries[path] = entry if there is None else self._content(path, None, there, entry)

    def _content(self, path: str, base: Entry | None, ours: Entry | None, theirs: Entry | None) -> Entry:
        """What comes of a file that is there on both sides."""
        assert ours is not None and theirs is not None, "a file that has a path has content"
        if ours[1] == theirs[1] or theirs == base:
            return ours
        if ours == base:
            return theirs
        texts = [b"" if side is None else self._bytes(side) for side in (base, ours, theirs)]
        kept = base if self.settle_before and base is not None else ours
        if None in texts:
            self._doubt(path, "it is no file on both sides, or too large to be merged")
            return kept
        before, mine, others = (text or b"" for text in texts)
        found = self.merge(path, Sides(before, mine, others))
        self.conflicts += found.conflicts
        if found.conflicts and self.settle_before:
            return kept
        name = self.digest(found.settled)
        self.made[name] = found.settled
        return ours[0], name

    def _bytes(self, entry: Entry) -> bytes | None:
        if entry[0] not in _REGULAR:
            return None
        if entry[1] not in self.made and entry[1] not in self.known:
            self._look([entry])
        return self.made.get(entry[1], self.known.get(entry[1]))

    def _look(self, entries: Sequence[Entry | None]) -> None:
        """Reads files, all at once."""
        names = sorted({entry[1] for entry in entries if entry is not None and entry[0] in _REGULAR} - self.made.keys())
        self.known.update(zip(names, self.read(names), strict=True))

    def _doubt(self, path: str, why: str) -> None:
        self.conflicts.append(Conflict("", "", file=path, why=why))


def _order(conflict: Conflict) -> tuple[str, str, str, str]:
    return conflict.file, conflict.ci, conflict.path, conflict.why
