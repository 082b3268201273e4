"""Three-way merge of one file: by CI and key path where all three texts can be read, so that comments, order and layout
stay; else by its lines, as Git does it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from cmdb.formats.edits.applying import edit
from cmdb.formats.edits.operations import Impossible
from cmdb.formats.yaml import precise
from cmdb.merging.bringing import brought
from cmdb.merging.conflicts import Conflict, of_files
from cmdb.merging.entries import Entry, Unmergeable, entries, merged_entry, renamed, shape_of
from cmdb.merging.lists import MISSING, Schemas, Shape
from cmdb.merging.sheets import Sheet
from cmdb.merging.trees import Disagreement, Side, differences, disagreements, settled
from cmdb.merging.weaving import hunks, weave
from cmdb.model.ci import FIELDS
from cmdb.model.keypath import KeyPath
from cmdb.model.value import Value

_BOM = b"\xef\xbb\xbf"
MARKER = 7
"""How long the markers of a conflict are."""
Entries = Mapping[Hashable, Entry]
Trees = Mapping[Hashable, Value]


@dataclass(frozen=True, slots=True)
class Sides:
    """A file as it was, as we have it, and as they have it; empty where there was none."""

    base: bytes
    ours: bytes
    theirs: bytes


@dataclass(frozen=True, slots=True)
class Lines:
    """What a merge by lines gives; `clean` where no line is in doubt."""

    data: bytes
    clean: bool


ByLines = Callable[[Sides], Lines]


@dataclass(frozen=True, slots=True)
class FileMerge:
    """The bytes of a merged file. Where there are conflicts, it has markers around just the lines in doubt; `settled`
    is the same file with ours at each of them."""

    data: bytes
    settled: bytes
    conflicts: tuple[Conflict, ...] = ()


def merge_file(path: str, sides: Sides, by_lines: ByLines, schemas: Schemas = tuple, marker: int = MARKER) -> FileMerge:
    """The file with the changes of both sides. `by_lines` merges what cannot be read as YAML; `schemas` tell which
    lists of attributes are sets."""
    if sides.ours == sides.theirs or sides.base == sides.theirs:
        return FileMerge(sides.ours, sides.ours)
    if sides.base == sides.ours:
        return FileMerge(sides.theirs, sides.theirs)
    try:
        return _Merge(path, sides, schemas).merged(marker)
    except Unmergeable as why:
        return _by_lines(path, by_lines(sides), sides.ours, str(why))


def _by_lines(path: str, found: Lines, ours: bytes, why: str) -> FileMerge:
    if found.clean:
        return FileMerge(found.data, found.data)
    said = f"only its lines can be merged, and they conflict: {why}"
    return FileMerge(found.data, ours, (Conflict("", "", file=path, why=said),))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with plain line ends, and its entries."""

    text: str
    entries: Entries


class _Merge:
    """One merge of one file. Raises `Unmergeable`."""

    def __init__(self, path: str, sides: Sides, schemas: Schemas) -> None:
        self.path = path
        self.sides = sides
        self.base, self.ours, self.theirs = map(self._read, (sides.base, sides.ours, sides.theirs))
        self.ours = replace(self.ours, entries=renamed(self.base.entries, self.ours.entries))
        self.theirs = replace(self.theirs, entries=renamed(self.base.entries, self.theirs.entries))
        known = [side.entries for side in (self.base, self.ours, self.theirs)]
        self.shapes = {
            key: shape_of([side[key] for side in known if key in side], schemas)
            for key in dict.fromkeys(key for side in known for key in side)
        }
        self.trees: Trees = {
            key: tree
            for key in dict.fromkeys((*self.ours.entries, *self.theirs.entries))
            if (tree := self._tree(key)) is not MISSING
        }

    def merged(self, marker: int) -> FileMerge:
        """The file, with or without conflicts."""
        conflicts = tuple(sorted(self._conflicts(), key=lambda one: (one.ci, one.path)))
        if not conflicts:
            plain = self._written(self._plain())
            return FileMerge(plain, plain)
        ours, theirs = self._brought(self._wanted("ours")), self._brought(self._wanted("theirs"))
        return FileMerge(self._written(marked(ours, theirs, marker)), self._written(ours), conflicts)

    def _tree(self, key: Hashable) -> Value:
        sides = (side.entries.get(key) for side in (self.base, self.ours, self.theirs))
        base, ours, theirs = (MISSING if side is None else side.raw for side in sides)
        return merged_entry(self.shapes[key], base, ours, theirs)

    def _wanted(self, side: Side) -> Trees:
        found = {key: settled(tree, side) for key, tree in self.trees.items()}
        return {key: tree for key, tree in found.items() if tree is not MISSING}

    def _conflicts(self) -> list[Conflict]:
        found: list[Conflict] = []
        for key, tree in self.trees.items():
            entry = self.ours.entries.get(key) or self.theirs.entries[key]
            shape = self.shapes[key]
            for path, one in disagreements(shape, tree):
                found.append(of_files(self.path, entry.name, path, one, () if path else _differing(shape, one)))
        return found

    def _plain(self) -> str:
        """The text of a merge without conflicts: by lines where that says what it should, else by pieces."""
        wanted = self._wanted("ours")
        found = weave(*(side.text.splitlines(keepends=True) for side in (self.base, self.ours, self.theirs)))
        if found is not None and self._says("".join(found), wanted):
            return "".join(found)
        return self._brought(wanted)

    def _brought(self, wanted: Trees) -> str:
        """Our text with what else is wanted, proved to say just that. Where we have nothing, theirs goes below what we
        have of comments."""
        start = self.ours if self.ours.entries else self.theirs
        above = "" if self.ours.entries else self.ours.text
        try:
            found = above + self._cut(start, wanted)
        except Impossible as why:
            raise Unmergeable(str(why)) from None
        if not self._says(found, wanted):
            raise Unmergeable("it is written in a way that only people can merge")
        return found

    def _cut(self, start: _Text, wanted: Trees) -> str:
        """A text with its values edited, and then with the pieces that the other side changed."""
        base, theirs, ours = map(self._sheet, (self.base, self.theirs, start))
        way = brought(ours, base, theirs, wanted)
        if way.changes:
            done = edit(self.path, ours.text.encode(), way.changes, FIELDS)
            if done.refused:
                raise Impossible(done.refused[0].problem.message)
            text = done.data.decode()
            ours = self._sheet(_Text(text, self._entries(text)))
            way = brought(ours, base, theirs, wanted)
        return ours.spliced(way.splices)

    def _says(self, text: str, wanted: Trees) -> bool:
        """Whether a text reads as it should."""
        try:
            found = self._entries(text)
        except Unmergeable:
            return False
        return found.keys() == wanted.keys() and all(
            self.shapes[key].same(entry.raw, wanted[key]) for key, entry in found.items()
        )

    def _sheet(self, side: _Text) -> Sheet:
        return Sheet(side.text, side.entries, self.shapes)

    def _entries(self, text: str) -> Entries:
        return renamed(self.base.entries, self._parsed(text))

    def _parsed(self, text: str) -> dict[Hashable, Entry]:
        parsed = precise.parse(self.path, text.encode())
        if parsed.problems:
            raise Unmergeable(parsed.problems[0].message)
        return entries(self.path, parsed.documents)

    def _read(self, data: bytes) -> _Text:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unmergeable("it is not UTF-8 text") from None
        if 0 < text.count("\r\n") < text.count("\n"):
            raise Unmergeable("its lines do not all end alike")
        text = text.replace("\r\n", "\n")
        text += "" if text.endswith("\n") or not text else "\n"
        return _Text(text, self._parsed(text))

    def _written(self, text: str) -> bytes:
        """The bytes with the line ends, the byte order mark and the last line's end that we had."""
        like = self.sides.ours or self.sides.theirs
        if not like.endswith(b"\n"):
            text = text.removesuffix("\n")
        if b"\r\n" in like:
            text = text.replace("\n", "\r\n")
        return (_BOM if like.startswith(_BOM) else b"") + text.encode()


def _differing(shape: Shape, found: Disagreement) -> tuple[KeyPath, ...]:
    """Where the sides of an entry differ that is in doubt as a whole."""
    there = [side for side in (found.before, found.ours, found.theirs) if side is not MISSING]
    return tuple(differences(shape, there[0], there[1]))


def marked(ours: str, theirs: str, size: int) -> str:
    """Two texts in one, with Git's markers around the lines in which they differ."""
    one, other = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    found: list[str] = []
    at = 0
    for (start, end), (first, last) in hunks(one, other):
        found += one[at:start]
        found += [f"{'<' * size} ours\n", *one[start:end], f"{'=' * size}\n"]
        found += [*other[first:last], f"{'>' * size} theirs\n"]
        at = end
    return "".join([*found, *one[at:]])
