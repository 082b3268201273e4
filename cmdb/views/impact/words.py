"""Wording that the answers about impact share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

from cmdb.model.document import Entry, Span
from cmdb.model.proof import GroupState, Step
from cmdb.model.words import several

STEPS = 8
"""Steps of a chain that text shows; JSON has all."""
SETS = 10
"""Sets of CIs of one size that text lists; JSON has all."""
COLUMNS = 72
"""Where a chain goes on in the next line, so that it fits below an entry at 80 columns."""


def together(names: Sequence[str]) -> tuple[str | Span, ...]:
    """CIs in one line: `a`, `a and b`, `a, b and c`."""
    joints = ["", *([", "] * (len(names) - 2)), " and "][: len(names)]
    return tuple(part for joint, name in zip(joints, names, strict=True) for part in (joint, Span(name, "id")) if part)


def cut_sets(cuts: Iterable[tuple[str, ...]]) -> Iterator[Entry]:
    """The first sets of each size, and how many more there are; they come by size."""
    for size, found in groupby(cuts, key=len):
        listed = list(found)
        yield from (Entry(together(cut)) for cut in listed[:SETS])
        if len(listed) > SETS:
            yield Entry((Span(f"and {several(len(listed) - SETS, 'more set')} of {size}", "dim"),))


def chain(steps: Iterable[Step], length: int) -> tuple[Entry, ...]:
    """A chain of entries, as many to a line as fit."""
    shown = [f"{step.relation} {step.target}" for step in islice(steps, STEPS)]
    if length > STEPS:
        shown.append(several(length - STEPS, "more step"))
    return tuple(Entry(line) for line in _lines(shown))


def group_line(state: GroupState) -> Entry:
    """What is left of a redundancy group. Redundancy is lost only where a member is degraded or down."""
    counts = counted(state.at_least, state.of, state.left)
    start = Span("Redundancy lost", "warning") if state.lost else Span("A member is at risk", "note")
    return Entry((start, f" in {state.name}: {counts}"))


def counted(at_least: int, of: int, left: int) -> str:
    """`2 of 3 needed, 1 left`; says so where fewer serve than are needed."""
    needed = f"{at_least} of {of} needed" if at_least <= of else f"{at_least} needed, {of} in service"
    return f"{needed}, {left} left"


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    line = ""
    for piece in pieces:
        longer = f"{line} → {piece}" if line else piece
        if line and len(longer) > COLUMNS:
            yield line
            longer = f"→ {piece}"
        line = longer
    if line:
        yield line
