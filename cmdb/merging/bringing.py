"""What the other side changed, brought into our text: by pieces with their comments where whole lines can be taken,
else by edits of single values."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.formats.edits.operations import Append, Change, Edit, Impossible, Put, Remove, Steps, as_it_was
from cmdb.formats.edits.page import Splice
from cmdb.merging.lists import MISSING, Shape
from cmdb.merging.sheets import Piece, Pieces, Sheet, shifted
from cmdb.model.location import Place
from cmdb.model.value import Value

Targets = Mapping[Hashable, Value]


@dataclass(frozen=True, slots=True)
class Brought:
    """What is to be done to our text: first the edits of values, and only if there are none, the cuts."""

    splices: tuple[Splice, ...]
    changes: tuple[Change, ...]


def brought(ours: Sheet, base: Sheet, theirs: Sheet, target: Targets) -> Brought:
    """The way from our text to one that says what is wanted, which every part of has from us or from them. Raises
    `Impossible`."""
    bringing = _Bringing(ours, base, theirs)
    bringing.level(ours.pieces, base.pieces, theirs.pieces, target, ())
    bringing.tail()
    return Brought(_joined(bringing.splices), tuple(bringing.changes))


@dataclass(slots=True)
class _Bringing:
    ours: Sheet
    base: Sheet
    theirs: Sheet
    splices: list[Splice] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    place: Place = field(default_factory=lambda: Place(""))

    def level(self, mine: Pieces, bases: Pieces, others: Pieces, target: Targets, steps: Steps) -> None:
        """Pieces that stand below each other."""
        for key, piece in mine.items():
            if piece.step is None:
                entry = self.ours.entries[key]
                self.place = Place("", entry.document, entry.item)
            inner = steps if piece.step is None else (*steps, piece.step)
            self._one(piece, bases.get(key), others.get(key), target.get(key, MISSING), inner)
        self._new(mine, others, {key: value for key, value in target.items() if key not in mine}, steps)

    def tail(self) -> None:
        """The lines below the last entry."""
        sheets = (self.ours, self.base, self.theirs)
        ours, base, theirs = (sheet.text[sheet.tail :].splitlines(keepends=True) for sheet in sheets)
        found = _comments(ours, base, theirs)
        if found != ours:
            self.splices.append(Splice(self.ours.tail, len(self.ours.text), "".join(found)))

    def _one(self, piece: Piece, base: Piece | None, other: Piece | None, wanted: Value, steps: Steps) -> None:
        if wanted is MISSING:
            self._gone(piece, base)
            return
        if base is not None and other is not None and not piece.inline:
            self._lead(piece, base, other)
        agreed = piece.shape.same(piece.value, wanted)
        mine = self.ours.body(piece)
        before = None if base is None else self.base.body(base)
        theirs = None if other is None else self.theirs.body(other)
        if other is not None and mine == before and piece.shape.same(other.value, wanted):
            if mine != theirs or other.style != piece.style:
                self._exchange(piece, other)
            return
        if agreed and (theirs is None or theirs in (before, mine)):
            return
        deeper = other is not None and self._deeper(piece, base, other, wanted, steps)
        if not deeper and not agreed:
            self._value(piece, base, other, wanted, steps)

    def _value(self, piece: Piece, base: Piece | None, other: Piece | None, wanted: Value, steps: Steps) -> None:
        """A value that is to be another, and cannot be taken apart. Ours goes with its line where we changed it too."""
        changed = base is None or not piece.shape.same(piece.value, base.value)
        if changed and other is not None and piece.style != "document" and piece.shape.same(other.value, wanted):
            self._exchange(piece, other)
            return
        edits = tuple(_edits(piece.shape, piece.value, wanted, steps))
        self.changes.append(Change(self.place, edits))

    def _deeper(self, piece: Piece, base: Piece | None, other: Piece, wanted: Value, steps: Steps) -> bool:
        """Whether the parts could be looked at one by one."""
        parts = piece.shape.parts(wanted)
        if not parts or not type(piece.value) is type(other.value) is type(wanted):
            return False
        mine, others = self.ours.inside(piece), self.theirs.inside(other)
        bases = self.base.inside(base) if base is not None and type(base.value) is type(wanted) else {}
        if mine is None or others is None or not set(mine) & {part.key for part in parts}:
            return False
        self.level(mine, bases or {}, others, {part.key: part.value for part in parts}, steps)
        return True

    def _gone(self, piece: Piece, base: Piece | None) -> None:
        """Takes a piece away; what we wrote above it meanwhile stays."""
        if piece.inline:
            raise Impossible("the first key of an item goes")
        known = set(_stripped(self.base.lead(base))) if base is not None else set()
        kept = [line for line in self.ours.lead(piece) if line.strip() and line.strip() not in known]
        first = piece.top if self.ours.text[: piece.top].strip() else piece.start
        self.splices.append(Splice(first, piece.end, shifted("".join(kept), piece.column)))

    def _exchange(self, piece: Piece, other: Piece) -> None:
        text = shifted(self._rendered(other, piece), piece.column)
        self.splices.append(Splice(piece.begin, piece.end, text[piece.column :] if piece.inline else text))

    def _lead(self, piece: Piece, base: Piece, other: Piece) -> None:
        ours = self.ours.lead(piece)
        found = _comments(ours, self.base.lead(base), self.theirs.lead(other))
        if found != ours:
            self.splices.append(Splice(piece.start, piece.begin, shifted("".join(found), piece.column)))

    def _new(self, mine: Pieces, others: Pieces, wanted: Targets, steps: Steps) -> None:
        """Their new pieces, each below the one that stands above it there."""
        if (wanted and not mine) or wanted.keys() - others.keys():
            raise Impossible("there is nothing beside which it could stand")
        above: Hashable = None
        for key, other in others.items():
            if key in mine:
                above = key
            elif key in wanted and other.shape.same(other.value, wanted[key]):
                near, at = self._beside(mine, above, others, other)
                self.splices.append(Splice(at, at, self._added(other, near)))
            elif key in wanted:
                self._mixed(other, wanted[key], steps)

    def _mixed(self, other: Piece, wanted: Value, steps: Steps) -> None:
        """A new piece that is not just what they have."""
        if other.step is None:
            raise Impossible("it is in neither text")
        new = as_it_was(wanted)
        edit = Append(steps, new) if isinstance(other.step, int) else Put((*steps, other.step), new)
        self.changes.append(Change(self.place, (edit,)))

    def _beside(self, mine: Pieces, above: Hashable, others: Pieces, other: Piece) -> tuple[Piece, int]:
        """The piece of ours beside which one of theirs goes, and where: behind what we have there that they do not."""
        keys = list(mine)
        if above is None and other.step is not None and not mine[keys[0]].inline:
            return mine[keys[0]], mine[keys[0]].start
        at = keys.index(above) if above is not None else 0 if other.step is not None else len(keys) - 1
        while at + 1 < len(keys) and keys[at + 1] not in others:
            at += 1
        return mine[keys[at]], mine[keys[at]].end

    def _added(self, other: Piece, near: Piece) -> str:
        lead = "" if other.inline else "".join(self.theirs.lead(other))
        text = shifted(lead + self._rendered(other, near), near.column)
        return "---\n" + text if near.style == "document" else text

    def _rendered(self, other: Piece, near: Piece) -> str:
        """Their piece in the style of one of ours."""
        if other.style == near.style:
            return self.theirs.body(other)
        text = self.theirs.mapping(other)
        return text if near.style == "document" else "- " + shifted(text, 2)[2:]


def _joined(splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """What is added in one place as one cut: what belongs to a piece, then what stands below it."""
    texts: dict[int, str] = {}
    for splice in splices:
        if splice.start == splice.end:
            texts[splice.start] = texts.get(splice.start, "") + splice.text
    cuts = [splice for splice in splices if splice.start != splice.end]
    return (*cuts, *(Splice(at, at, text) for at, text in texts.items()))


def _comments(ours: list[str], base: list[str], theirs: list[str]) -> list[str]:
    """The lines above a piece: theirs where only they changed them, else ours with what they added."""
    mine, before, others = _stripped(ours), _stripped(base), _stripped(theirs)
    if others in (before, mine):
        return ours
    if mine == before:
        return theirs
    return [*ours, *(line for line in theirs if line.strip() and line.strip() not in {*mine, *before})]


def _stripped(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines]


def _edits(shape: Shape, raw: Value, wanted: Value, steps: Steps) -> Iterator[Edit]:
    """The edits that turn one value into another, in the order they have to be made."""
    if shape.same(raw, wanted):
        return
    parts, targets = shape.parts(raw), shape.parts(wanted)
    if parts and targets and _alike(shape, raw, wanted):
        yield from _of_parts(shape, parts, targets, steps)
    elif not steps:
        raise Impossible("all of it is to be another")
    else:
        yield Put(steps, as_it_was(wanted))


def _alike(shape: Shape, raw: Value, wanted: Value) -> bool:
    """Whether one can become the other part by part."""
    if isinstance(raw, dict) and isinstance(wanted, dict):
        return shape.rule(raw) != "members"
    return isinstance(raw, list) and isinstance(wanted, list)


def _of_parts(shape: Shape, parts: Sequence[Value], targets: Sequence[Value], steps: Steps) -> Iterator[Edit]:
    """First what changes where it stands, then what goes, from the end, then what is new."""
    left = {part.key: part for part in targets}
    gone = [part for part in parts if part.key not in left]
    for part in parts:
        if part.key in left:
            yield from _edits(shape.at(part.segment), part.value, left.pop(part.key).value, (*steps, part.step))
    for part in reversed(gone):
        yield Remove((*steps, part.step))
    for part in left.values():
        new = as_it_was(part.value)
        yield Append(steps, new) if isinstance(part.step, int) else Put((*steps, part.step), new)
