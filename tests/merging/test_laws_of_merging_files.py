"""Laws of merging a file, whatever is in it and however it is written."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from hypothesis import given, settings

from cmdb.formats.yaml import precise
from cmdb.merging.entries import entries
from cmdb.merging.files import FileMerge, Lines, Sides, merge_file
from cmdb.merging.lists import MISSING, Shape
from cmdb.model.keypath import KeyPath, format_path
from cmdb.testing import merges

PATH = "inventory/cis.yaml"
law = settings(max_examples=60, deadline=None)


def by_lines(sides: Sides) -> Lines:
    raise AssertionError(f"only lines can be merged of {sides}")


def merge(base: str, ours: str, theirs: str) -> FileMerge:
    return merge_file(PATH, Sides(base.encode(), ours.encode(), theirs.encode()), by_lines)


@law
@given(merges.triples())
def test_what_one_side_changed_is_taken(sides: merges.Sides) -> None:
    base, other = sides.base, sides.ours
    for one in (merge(base, base, other), merge(base, other, base), merge(base, other, other)):
        assert (one.data.decode(), one.conflicts) == (other, ())


@law
@given(merges.triples())
def test_it_makes_no_difference_who_is_who(sides: merges.Sides) -> None:
    one, other = merge(sides.base, sides.ours, sides.theirs), merge(sides.base, sides.theirs, sides.ours)
    assert one.conflicts == tuple(conflict.swapped() for conflict in other.conflicts)
    if not one.conflicts:
        assert meaning(one.data.decode()) == meaning(other.data.decode())


@law
@given(merges.triples())
def test_every_edit_is_in_the_result_or_in_a_conflict(sides: merges.Sides) -> None:
    found = merge(sides.base, sides.ours, sides.theirs)
    doubtful = {(conflict.ci, conflict.path) for conflict in found.conflicts}
    result = values(picked(found.data.decode(), "ours"))
    base = values(sides.base)
    for side in (values(sides.ours), values(sides.theirs)):
        for place in base.keys() | side.keys():
            if base.get(place, MISSING) != side.get(place, MISSING) and not in_doubt(place, doubtful):
                assert result.get(place, MISSING) == side.get(place, MISSING), place


@law
@given(merges.triples())
def test_nothing_changes_that_nobody_changed(sides: merges.Sides) -> None:
    found = merge(sides.base, sides.ours, sides.theirs)
    base, ours, theirs = map(values, (sides.base, sides.ours, sides.theirs))
    for pick in ("ours", "theirs"):
        result = values(picked(found.data.decode(), pick))
        for place in base.keys() | result.keys():
            if result.get(place, MISSING) != base.get(place, MISSING):
                assert result.get(place, MISSING) in (ours.get(place, MISSING), theirs.get(place, MISSING)), place


@law
@given(merges.triples())
def test_comments_survive(sides: merges.Sides) -> None:
    found = merge(sides.base, sides.ours, sides.theirs).data.decode().splitlines()
    for line in sides.ours.splitlines():
        if line.lstrip().startswith("#") and line in sides.base.splitlines() and line in sides.theirs.splitlines():
            assert line in found, line


@law
@given(merges.triples())
def test_markers_stand_around_both_sides(sides: merges.Sides) -> None:
    found = merge(sides.base, sides.ours, sides.theirs)
    text = found.data.decode()
    assert bool(found.conflicts) == ("<<<<<<< ours\n" in text)
    if found.conflicts:
        assert meaning(picked(text, "ours")) != meaning(picked(text, "theirs"))


def picked(text: str, side: str) -> str:
    """The text with one side taken at each marker."""
    kept: list[str] = []
    taking = True
    for line in text.splitlines(keepends=True):
        if line.startswith("<<<<<<< "):
            taking = side == "ours"
        elif line.startswith("======="):
            taking = side == "theirs"
        elif line.startswith(">>>>>>> "):
            taking = True
        elif taking:
            kept.append(line)
    return "".join(kept)


def meaning(text: str) -> dict[Hashable, Hashable]:
    """What each CI of a text says."""
    parsed = precise.parse(PATH, text.encode())
    assert parsed.problems == (), text
    return {key: Shape("ci").identity(entry.raw) for key, entry in entries(PATH, parsed.documents).items()}


def values(text: str) -> dict[tuple[str, str], Hashable]:
    """Every single value of a text by CI and key path, worked out anew."""
    parsed = precise.parse(PATH, text.encode())
    assert parsed.problems == (), text
    found: dict[tuple[str, str], Hashable] = {}
    for entry in entries(PATH, parsed.documents).values():
        found[entry.name, "presence"] = True
        found |= {(entry.name, format_path(path)): value for path, value in leaves(Shape("ci"), entry.raw)}
    return found


def leaves(shape: Shape, raw: object) -> Iterator[tuple[KeyPath, Hashable]]:
    parts = shape.parts(raw)
    if parts is None:
        yield shape.path, shape.identity(raw)
        return
    if shape.rule(raw) == "set":
        yield from (((*shape.path, str(part.key)), True) for part in parts)
        return
    for part in parts:
        yield from leaves(shape.at(part.segment), part.value)


def in_doubt(place: tuple[str, str], doubtful: set[tuple[str, str]]) -> bool:
    ci, path = place
    return any(
        one == ci and (other == "presence" or path == other or path.startswith((f"{other}.", f"{other}[")))
        for one, other in doubtful
    )
