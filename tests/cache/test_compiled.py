"""A graph that was packed and mapped answers as the one that was built."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.cache.compiled import pack, unpack
from cmdb.cache.texts import Texts, packed
from cmdb.graph.impact import impact
from cmdb.graph.topology import Rows, Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import failing

Failing = tuple[Inventory, dict[str, Status]]


def mapped(topology: Topology) -> Topology:
    blocks, small = pack(topology)
    return unpack({name: memoryview(block) for name, block in blocks.items()}, small)


def plain(topology: Topology) -> dict[str, object]:
    def flat(value: object) -> object:
        if isinstance(value, Rows):
            return [list(value.start), list(value.node), list(value.relation)]
        return list(value) if isinstance(value, Sequence | array) else value

    return {name: flat(getattr(topology, name)) for name in Topology.__slots__}


@settings(max_examples=80, deadline=None)
@given(failing())
def test_everything_comes_back(case: Failing) -> None:
    topology = build(case[0])
    assert plain(mapped(topology)) == plain(topology)


@settings(max_examples=80, deadline=None)
@given(failing(), st.sampled_from([(), ("planned",)]))
def test_questions_have_the_same_answers(case: Failing, include: tuple[str, ...]) -> None:
    inventory, seeds = case
    built, there = build(inventory), mapped(build(inventory))
    ours, theirs = impact(there, seeds, include=include), impact(built, seeds, include=include)
    assert ours == theirs
    assert [hit.via for hit in ours.affected] == [hit.via for hit in theirs.affected]
    assert [there.number(ci) for ci in inventory] == [built.number(ci) for ci in inventory]


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_texts_come_back(texts: list[str]) -> None:
    block, start = packed(texts)
    found = Texts(memoryview(block), memoryview(start).cast("Q"))
    assert list(found) == [found[number] for number in range(len(texts))] == texts
    assert found[1:] == texts[1:]
    assert [found[-1]] == texts[-1:] if texts else not found
    with pytest.raises(IndexError):
        found[len(texts)]


def test_what_is_no_unicode_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        packed(["\udc80"])
