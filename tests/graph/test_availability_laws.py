"""Availability against its definition: every combination of failures is tried out with the impact engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.availability import YEAR, Availability, availability
from cmdb.graph.availability.logic import logic
from cmdb.graph.availability.simulation import simulated
from cmdb.graph.propagate import settle
from cmdb.graph.topology import Topology, build
from cmdb.graph.weak.gates import gates
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

PERCENTS = ("0", "0.5", "12.5", "50", "90", "99", "99.9", "99.95", "99.99", "100")
percents = st.lists(st.sampled_from(PERCENTS), min_size=7, max_size=7)


@st.composite
def with_figures(draw: st.DrawFn) -> tuple[Inventory, dict[str, Fraction]]:
    """An inventory, and how often each of its CIs is unavailable by its own fault."""
    cis, shares = draw(inventories()), draw(percents)
    figures = dict(zip(cis, shares, strict=False))
    declared = tuple(replace(ci, attributes={"availability": f"{figures[ci.id]}%"}) for ci in cis.declared)
    return replace(cis, declared=declared), {name: 1 - Fraction(share) / 100 for name, share in figures.items()}


@settings(max_examples=60, deadline=None)
@given(with_figures(), st.booleans())
def test_it_is_the_share_of_all_combinations_to_the_last_digit(
    case: tuple[Inventory, dict[str, Fraction]], degraded: bool
) -> None:
    cis, own = case
    level = Status.DEGRADED if degraded else Status.DOWN
    topology = build(cis)
    for found in availability(cis, list(cis), degraded=degraded).cis:
        down = unavailable(topology, own, found.id, level)
        assert (found.method, found.missing) == ("exact", ())
        assert found.unavailability == float(down)
        assert found.availability == found.low == found.high == float(1 - down)
        assert found.downtime == float(down) * YEAR


@settings(max_examples=40, deadline=None)
@given(with_figures())
def test_importance_is_the_difference_that_a_ci_makes(case: tuple[Inventory, dict[str, Fraction]]) -> None:
    cis, own = case
    topology = build(cis)
    for found in availability(cis, list(cis)).cis:
        told = {each.id: each for each in found.contributions}
        for name, share in own.items():
            down, up = (unavailable(topology, {**own, name: Fraction(end)}, found.id) for end in (1, 0))
            if name in told:
                assert told[name].importance == pytest.approx(float(down - up), abs=1e-15)
                assert told[name].downtime == pytest.approx(float((down - up) * share) * YEAR, abs=1e-6)
                second = unavailable(topology, {**own, name: share * share}, found.id)
                now = unavailable(topology, own, found.id)
                assert told[name].second_saves == pytest.approx(float(now - second) * YEAR, abs=1e-6)
            elif share:
                assert down == up


@settings(max_examples=40, deadline=None)
@given(with_figures(), st.sampled_from("abcdefg"), st.sampled_from(PERCENTS))
def test_a_better_ci_makes_nothing_worse(case: tuple[Inventory, dict[str, Fraction]], name: str, percent: str) -> None:
    cis, own = case
    if name in cis and 1 - Fraction(percent) / 100 <= own[name]:
        declared = tuple(
            replace(ci, attributes={"availability": f"{percent}%"}) if ci.id == name else ci for ci in cis.declared
        )
        before, after = availability(cis, list(cis)), availability(replace(cis, declared=declared), list(cis))
        assert all(one.high <= other.high for one, other in zip(before.cis, after.cis, strict=True))


@settings(max_examples=30, deadline=None)
@given(with_figures(), st.permutations("abcdefg"))
def test_asking_about_many_is_asking_about_each(case: tuple[Inventory, dict[str, Fraction]], names: list[str]) -> None:
    cis, _ = case
    known = [name for name in names if name in cis]
    together = {found.id: found for found in availability(cis, known).cis}
    alone: dict[str, Availability] = {}
    for name in known:
        alone |= {found.id: found for found in availability(cis, name).cis}
    assert together == alone


@settings(max_examples=40, deadline=None)
@given(with_figures(), st.sampled_from("abcdefg"))
def test_without_a_figure_the_answer_is_a_bound(case: tuple[Inventory, dict[str, Fraction]], name: str) -> None:
    cis, _ = case
    declared = tuple(replace(ci, attributes={}) if ci.id == name else ci for ci in cis.declared)
    whole = {found.id: found for found in availability(cis, list(cis)).cis}
    for found in availability(replace(cis, declared=declared), list(cis)).cis:
        if name in found.missing:
            assert (found.availability, found.unavailability, found.downtime, found.low) == (None, None, None, 0.0)
            assert found.high >= whole[found.id].high
        elif name not in cis or not cis.schema.is_a(cis[name].kind, "service"):
            assert found == whole[found.id]


@settings(max_examples=25, deadline=None)
@given(with_figures())
def test_a_simulation_comes_to_the_same(case: tuple[Inventory, dict[str, Fraction]]) -> None:
    """Every combination counts as often in the states that are tried as its share says."""
    cis, own = case
    topology = build(cis)
    shares = {number: float(own[name]) for number, name in enumerate(topology.ids) if topology.serving[number]}
    for root in shares:
        tree = logic(gates(topology, [root]), root, frozenset(node for node, share in shares.items() if share))
        if tree.parts:
            blocks = {node: blocked(shares, gate.own) for node, gate in tree.gates.items() if gate.own}
            found = simulated(tree, blocks, 1 << 16)
            exact = float(unavailable(topology, own, topology.ids[root]))
            deviation = (exact * (1 - exact) / found.samples) ** 0.5
            assert abs(found.down / found.samples - exact) <= 6 * deviation + 1e-9


def test_a_simulation_is_the_same_each_time_and_narrows() -> None:
    rows = "".join(f"- {{kind: server, id: s-{number}}}\n" for number in range(5))
    cis = inventory(
        "- {kind: server, id: top, relations: {depends_on: {at_least: 3, of: [s-0, s-1, s-2, s-3, s-4]}}}\n" + rows
    )
    topology = build(cis)
    tree = logic(gates(topology, [5]), 5, range(5))
    shares = dict.fromkeys(range(5), 0.3)
    few, many = simulated(tree, shares, 1 << 16), simulated(tree, shares, 1 << 20)
    assert few == simulated(tree, shares, 1 << 16)
    exact = 0.16308  # 10 * 0.3**3 * 0.7**2 + 5 * 0.3**4 * 0.7 + 0.3**5
    for found, width in ((few, 0.008), (many, 0.002)):
        low, high = found.interval()
        assert low < exact < high < low + width


def blocked(shares: Mapping[int, float], nodes: tuple[int, ...]) -> float:
    up = 1.0
    for node in nodes:
        up *= 1 - shares[node]
    return 1 - up


def unavailable(topology: Topology, own: Mapping[str, Fraction], name: str, level: Status = Status.DOWN) -> Fraction:
    """The share of all combinations of failures in which a CI is unavailable."""
    names = [each for each in topology.ids if topology.serving[topology.ids.index(each)]]
    node, total = topology.ids.index(name), Fraction(0)
    uncertain = [each for each in names if 0 < own[each] < 1]
    certain = [each for each in names if own[each] == 1]
    for states in product((True, False), repeat=len(uncertain)):
        failed = [*certain, *(each for each, fails in zip(uncertain, states, strict=True) if fails)]
        status = settle(topology, {topology.ids.index(each): Status.DOWN for each in failed})
        if status.get(node, Status.UP) >= level:
            weight = Fraction(1)
            for each, fails in zip(uncertain, states, strict=True):
                weight *= own[each] if fails else 1 - own[each]
            total += weight
    return total
