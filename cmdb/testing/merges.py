"""Hypothesis strategies for files that two sides changed: a list or documents of CIs, in flow or block style, with
comments, and everything in them that can be merged."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from cmdb.formats.writing import Block, Word, block_lines, flow
from cmdb.model.value import Value

Fields = dict[str, Any]
_IDS = ("a", "b", "c", "d", "e")
_TARGETS = ("vault", "mail", "dns", "a", "b")
_TAGS = ("pci", "gold", "test")
_SCALARS = ("1", "2", "1.10", "x", "no", "32 GiB")


@dataclass(frozen=True, slots=True)
class Sides:
    """One file as it was, and as each of two sides made it."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: CIs as documents or as items of a list, each in flow or in block style, with comments."""

    listed: bool
    inline: bool
    comments: bool
    crlf: bool = False


_words = st.sampled_from(_SCALARS).map(Word)
_target = st.sampled_from(_TARGETS)
_noted = st.builds(lambda name, port: {"to": Word(name), "port": port}, _target, st.integers(1, 2))
_group = st.builds(
    lambda name, least, of: {"name": Word(name), "at_least": least, "of": [Word(one) for one in of]},
    st.sampled_from(("g", "h")),
    st.integers(1, 2),
    st.lists(_target, min_size=1, max_size=3, unique=True),
)
_attributes = st.dictionaries(
    st.sampled_from(("memory", "os", "free")),
    _words | st.lists(_words, max_size=2) | st.dictionaries(st.sampled_from("xyz"), _words, max_size=2),
    max_size=3,
)


@st.composite
def _entries(draw: st.DrawFn) -> Value:
    plain = [Word(one) for one in draw(st.lists(_target, max_size=3, unique=True))]
    groups = {str(one["name"].text): one for one in draw(st.lists(_group, max_size=1))}
    noted = [one for one in draw(st.lists(_noted, max_size=1)) if one["to"] not in plain]
    found = [*plain, *noted, *groups.values()]
    return found[0] if len(found) == 1 and draw(st.booleans()) else found


_fields: Mapping[str, st.SearchStrategy[Value]] = {
    "owner": _words,
    "name": _words,
    "tags": st.lists(st.sampled_from(_TAGS).map(Word), unique=True, max_size=3),
    "labels": st.dictionaries(st.sampled_from(("tier", "zone")), _words, max_size=2),
    "attributes": _attributes,
    "relations": st.dictionaries(st.sampled_from(("depends_on", "uses")), _entries(), max_size=2),
}


@st.composite
def _cis(draw: st.DrawFn) -> Fields:
    names = draw(st.lists(st.sampled_from(tuple(_fields)), unique=True, max_size=4))
    return {"kind": Word("server"), **{name: draw(_fields[name]) for name in names}}


@st.composite
def _edited(draw: st.DrawFn, before: Mapping[str, Fields]) -> dict[str, Fields]:
    """CIs go, come, and change in some fields."""
    found = {name: deepcopy(fields) for name, fields in before.items()}
    for name in draw(st.lists(st.sampled_from(_IDS), unique=True, max_size=3)):
        fate = draw(st.sampled_from(("changes", "changes", "changes", "goes", "is new")))
        if fate == "goes":
            found.pop(name, None)
        elif name not in found or fate == "is new":
            found[name] = draw(_cis())
        else:
            for field in draw(st.lists(st.sampled_from(tuple(_fields)), unique=True, min_size=1, max_size=2)):
                _change(draw, found[name], field)
    return found


def _change(draw: st.DrawFn, fields: Fields, field: str) -> None:
    """A field gets another value, or a part of one, or goes."""
    new = draw(_fields[field] | st.none())
    known = fields.get(field)
    if new is None:
        fields.pop(field, None)
    elif isinstance(known, dict) and isinstance(new, dict) and draw(st.booleans()):
        fields[field] = {**known, **new}
    elif isinstance(known, list) and isinstance(new, list) and draw(st.booleans()):
        fields[field] = [*known, *(one for one in new if one not in known)]
    else:
        fields[field] = new


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Ways to write a file."""
    return Layout(draw(st.booleans()), draw(st.integers(0, 3)) == 0, draw(st.booleans()))


@st.composite
def triples(draw: st.DrawFn) -> Sides:
    """A file of CIs that two sides changed."""
    layout = draw(layouts())
    base = {name: draw(_cis()) for name in draw(st.lists(st.sampled_from(_IDS[:4]), unique=True, max_size=3))}
    sides = (base, draw(_edited(base)), draw(_edited(base)))
    return Sides(*(text(side, layout) for side in sides))


def text(cis: Mapping[str, Fields], layout: Layout) -> str:
    """A file of CIs. Comments name what they stand above, so that each can be followed."""
    return "".join(_entry(name, fields, layout, number) for number, (name, fields) in enumerate(cis.items()))


def _entry(name: str, fields: Fields, layout: Layout, number: int) -> str:
    whole = {"kind": fields["kind"], "id": Word(name), **{key: fields[key] for key in fields if key != "kind"}}
    said = f"# about {name}\n" if layout.comments else ""
    if layout.inline:
        lines = [flow(whole)]
    else:
        lines = []
        for key, value in whole.items():
            lines += [f"# {name}.{key}"] * (layout.comments and key not in ("kind", "id"))
            lines += block_lines({key: Block(value) if isinstance(value, dict) and value else value})
    if layout.listed:
        return said + "".join(f"{'- ' if at == 0 else '  '}{line}\n" for at, line in enumerate(lines))
    return ("---\n" if number else "") + said + "".join(f"{line}\n" for line in lines)
