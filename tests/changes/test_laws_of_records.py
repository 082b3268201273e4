"""Laws of change records, over small and awkward inventories."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.changes.assess import assess
from cmdb.changes.design import OPPOSITE, design
from cmdb.changes.during import during
from cmdb.compare.apply import apply
from cmdb.compare.inventories import diff
from cmdb.graph.impact import impact
from cmdb.graph.redundancy import group_state, groups_below
from cmdb.graph.topology import Topology, build
from cmdb.graph.weak.single_points import single_points
from cmdb.model.change_config import ChangeConfig
from cmdb.model.change_record import ChangeRecord
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing import graphs, inventories
from cmdb.testing.changes import sides_of
from cmdb.views.change import payload

Pair = tuple[Inventory, Inventory]
law = settings(max_examples=80, deadline=None)
grown = st.tuples(graphs.inventories(), graphs.inventories())
pairs = st.one_of(inventories.pairs(), grown)


@st.composite
def edited(draw: st.DrawFn) -> Pair:
    """Two inventories of which the second has some CIs of another."""
    before, other = draw(grown)
    taken = draw(st.sets(st.sampled_from(graphs.IDS), max_size=2))
    cis = {**before.cis, **{name: other.cis[name] for name in taken if name in other.cis}}
    return before, Inventory(tuple(cis[name] for name in sorted(cis)), graphs.SCHEMA)


def record(before: Inventory, after: Inventory) -> ChangeRecord:
    return assess(sides_of(before, after), ChangeConfig())


@law
@given(pairs)
def test_the_way_back_restores_the_base(pair: Pair) -> None:
    before, after = pair
    found = record(before, after)
    assert found.backout.restores
    assert found.backout.differing == ()
    assert not diff(apply(found.backout.changes, after), before)


@law
@given(st.one_of(inventories.inventories(), graphs.inventories()))
def test_a_record_of_nothing_is_empty(inventory: Inventory) -> None:
    found = record(inventory, replace(inventory))
    assert not found
    assert found == ChangeRecord(found.id, "base", "head", kind_reason=found.kind_reason)


@law
@given(edited())
def test_the_way_back_does_the_opposite_to_the_design(pair: Pair) -> None:
    before, after = pair
    there, back = design(sides_of(before, after)), design(sides_of(after, before))
    mirrored = [replace(one, what=OPPOSITE[one.what], before=one.after, after=one.before) for one in back]
    assert sorted(map(repr, mirrored)) == sorted(map(repr, there))


@law
@given(edited())
def test_only_what_the_change_touches_is_looked_at_and_nothing_is_missed(pair: Pair) -> None:
    found = [one for one in design(sides_of(*pair)) if one.what.startswith("single_point")]
    told = {(one.ci, tuple(one.services), one.worse) for one in found}
    was, now = (points(build(side)) for side in pair)
    expected = set()
    for ci in was.keys() | now.keys():
        come, gone = now.get(ci, set()) - was.get(ci, set()), was.get(ci, set()) - now.get(ci, set())
        expected |= {(ci, tuple(sorted(come)), True)} if come else set()
        expected |= {(ci, tuple(sorted(gone)), False)} if gone else set()
    assert told == expected


@law
@given(edited())
def test_redundancy_is_counted_as_impact_counts_it(pair: Pair) -> None:
    """Where the groups of a CI that does not change itself are compared, both sides are those of the graph."""
    found = [one for one in design(sides_of(*pair)) if one.what.startswith("redundancy")]
    for one in found:
        for side, state in zip(pair, (one.before, one.after), strict=True):
            if state["name"] is not None:
                assert (state["relation"], state["at_least"], state["left"]) in states(build(side), one.ci)


@law
@given(pairs)
def test_impact_is_the_worse_of_both_graphs(pair: Pair) -> None:
    sides = sides_of(*pair)
    changed = {*sides.old, *sides.new}
    statuses: dict[str, Status] = {}
    for side, seeds in ((pair[0], sides.old), (pair[1], sides.added)):
        for one in impact(side, seeds).affected:
            if one.id not in changed:
                statuses[one.id] = max(one.status, statuses.get(one.id, Status.UP))
    assert {hit.id: hit.status for hit in during(sides).affected} == statuses
    for hit in during(sides).affected:
        assert len(hit.via) == hit.distance
        assert [step.target for step in hit.via][:-1] == [step.source for step in hit.via][1:]
        assert hit.via[-1].target in changed


@law
@given(pairs)
def test_the_order_of_files_never_matters(pair: Pair) -> None:
    mixed = [replace(side, declared=tuple(reversed(side.declared))) for side in pair]
    assert said(record(*mixed)) == said(record(*pair))


def said(found: ChangeRecord) -> str:
    return json.dumps(payload(found), default=str)


def points(topology: Topology) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    services = [topology.ids[node] for node in range(len(topology)) if topology.kind(node) in topology.services]
    for service in single_points(topology, services):
        for ci in service.cis:
            found.setdefault(ci, set()).add(service.id)
    return found


def states(topology: Topology, ci: str) -> set[tuple[str, int, int]]:
    node = topology.number(ci)
    assert node is not None
    groups = [group_state(topology, {}, group) for group in groups_below(topology, node)]
    return {(group.relation, group.at_least, group.of) for group in groups}
