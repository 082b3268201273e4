"""The edits of one file, made and proved: what is read afterwards is what was read before, with the edits made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cmdb.formats.edits.cutting import cuts
from cmdb.formats.edits.nodes import Node, compose
from cmdb.formats.edits.operations import Change, Edit, Impossible, applied, reads_as
from cmdb.formats.edits.page import Page, Splice
from cmdb.formats.yaml import precise
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import Value

_BOM = b"\xef\xbb\xbf"
_HAND = "make the change by hand"


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that cannot be made, and why."""

    change: Change
    problem: Problem


@dataclass(frozen=True, slots=True)
class Edited:
    """The bytes of a file with all its changes made; or, where some are refused, as they were."""

    data: bytes
    refused: tuple[Refused, ...] = ()


def edit(path: str, data: bytes, changes: Sequence[Change], order: Sequence[str] = ()) -> Edited:
    """The file with the changes made, whose places are in it; every other line stays byte for byte. `order` is that of
    an entry's own keys. Where a change is refused none is made: leave it out and ask again."""
    if not changes:
        return Edited(data)
    parsed = precise.parse(path, data)
    if parsed.problems:
        return Edited(data, tuple(Refused(change, parsed.problems[0]) for change in changes))
    try:
        text = _made(_Draft(data.decode("utf-8-sig"), parsed.documents), _rounds(changes), order).text
    except Impossible:
        return _explained(path, data, changes, order, parsed.documents)
    return Edited((_BOM if data.startswith(_BOM) else b"") + text.encode())


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text on its way, and the documents that it means."""

    text: str
    documents: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One edit of one entry."""

    place: Place
    edit: Edit


def _rounds(changes: Iterable[Change]) -> list[list[_Step]]:
    """The edits so that each round has one of every entry, in their order."""
    entries: dict[tuple[int, int | None], list[_Step]] = {}
    for change in changes:
        mine = entries.setdefault((change.place.document, change.place.item), [])
        mine += (_Step(change.place, one) for one in change.edits)
    longest = max(map(len, entries.values()))
    return [[steps[number] for steps in entries.values() if number < len(steps)] for number in range(longest)]


def _made(draft: _Draft, rounds: Iterable[Sequence[_Step]], order: Sequence[str]) -> _Draft:
    """The text after all rounds. Raises `Impossible`."""
    for steps in rounds:
        page, documents = Page(draft.text), compose(draft.text)
        splices: list[Splice] = []
        wanted = list(draft.documents)
        for step in steps:
            tree = documents[step.place.document]
            splices += cuts(page, _entry(tree, step.place), step.edit, order, _shared(tree))
            wanted[step.place.document] = _with(wanted[step.place.document], step)
        draft = _proved(page.spliced(splices), wanted)
    return draft


def _proved(text: str, wanted: Sequence[Value]) -> _Draft:
    parsed = precise.parse("", text.encode())
    if parsed.problems or not reads_as(list(wanted), list(parsed.documents)):
        raise Impossible("it is written in a way that only people can edit")
    return _Draft(text, parsed.documents)


def _entry(tree: Node, place: Place) -> Node:
    node = tree if place.item is None else tree.child(place.item)
    if node is None or node.kind != "map":
        raise Impossible("there is no mapping of fields")
    if place.item is not None and node.anchor in _shared(tree):
        raise Impossible(f"the anchor &{node.anchor} is used elsewhere in the file")
    return node


def _with(document: Value, step: _Step) -> Value:
    if step.place.item is None:
        return applied(document, step.edit)
    items = list(document)
    items[step.place.item] = applied(items[step.place.item], step.edit)
    return items


def _shared(tree: Node) -> frozenset[str]:
    return frozenset(node.anchor for node in tree.walk() if node.kind == "alias" and node.anchor)


def _explained(
    path: str, data: bytes, changes: Sequence[Change], order: Sequence[str], documents: tuple[Value, ...]
) -> Edited:
    """Which changes cannot be made: each is tried upon those before it that can."""
    draft = _Draft(data.decode("utf-8-sig"), documents)
    refused: list[Refused] = []
    for change in changes:
        try:
            draft = _made(draft, _rounds([change]), order)
        except Impossible as why:
            refused.append(Refused(change, _problem(path, change, str(why))))
    return Edited(data, tuple(refused))


def _problem(path: str, change: Change, why: str) -> Problem:
    where = Place(path, change.place.document, change.place.item, change.edits[0].path)
    return Problem("not-editable", f"this cannot be edited safely: {why}", where=where, hint=_HAND)
