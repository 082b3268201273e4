"""Start orders against their definition, tried out wave by wave with the impact engine, and by example."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import impact
from cmdb.graph.ordering import StartOrder, recovery_order, start_order
from cmdb.model.ci import CI, Group, Target
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

SHOP = """
- {kind: business_service, id: shop, relations: {depends_on: storefront}}
- kind: application
  id: storefront
  relations:
    runs_on: {name: web, at_least: 1, of: [web-1, web-2, web-3]}
    depends_on: db
    uses: cache
    monitored_by: monitoring
- {kind: database, id: db, relations: {runs_on: hv-1}}
- {kind: cache, id: cache, relations: {runs_on: hv-2}}
- {kind: application, id: monitoring, relations: {monitored_by: monitoring-2}}
- {kind: application, id: monitoring-2, relations: {monitored_by: monitoring}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: virtual_machine, id: web-3, relations: {runs_on: hv-3}}
- {kind: hypervisor, id: hv-1}
- {kind: hypervisor, id: hv-2}
- {kind: hypervisor, id: hv-3, relations: {depends_on: power}}
- {kind: power_feed, id: power}
- {kind: server, id: next-year, lifecycle: planned}
"""
ALL = tuple(inventory(SHOP))


def waves(order: StartOrder) -> list[list[str]]:
    return [[ci.id for ci in wave.cis] for wave in order.waves]


def test_each_wave_has_what_needs_only_earlier_ones() -> None:
    order = start_order(inventory(SHOP), ALL)
    assert waves(order) == [
        ["hv-1", "hv-2", "monitoring", "monitoring-2", "power"],
        ["cache", "db", "hv-3", "web-1", "web-2"],
        ["storefront", "web-3"],
        ["shop"],
    ]
    assert order.broken == ()
    assert order.notes == (
        "'next-year' is planned and does not serve, so it is left out; --include planned counts it in",
    )
    assert [(service.id, service.wave) for service in order.services] == [("shop", 4)]


def test_a_group_is_waited_for_until_enough_members_are_up() -> None:
    (choice,) = start_order(inventory(SHOP), ALL).choices
    assert (choice.ci, choice.relation, choice.name, choice.at_least, choice.of, choice.up) == (
        ("storefront", "runs_on", "web", 1, 3, 0)
    )
    assert (choice.first, choice.later) == (("web-1",), ("web-2", "web-3"))


def test_members_outside_the_set_count_as_up() -> None:
    order = start_order(inventory(SHOP), ["web-1", "web-2", "storefront"])
    assert waves(order) == [["storefront", "web-1", "web-2"]]
    assert order.choices == ()


def test_spare_cis_and_what_only_they_need_may_follow() -> None:
    spare = [ci.id for wave in start_order(inventory(SHOP), ALL).waves for ci in wave.cis if ci.spare]
    assert spare == ["power", "hv-3", "web-2", "web-3"]


def test_each_ci_names_one_that_it_waited_for() -> None:
    after = {ci.id: ci.after for wave in start_order(inventory(SHOP), ALL).waves for ci in wave.cis}
    assert after["hv-1"] is None
    assert after["web-3"] == "hv-3"
    assert after["shop"] == "storefront"
    assert after["storefront"] in ("cache", "db", "web-1", "web-2")


def test_what_comes_first_is_said_by_a_rank() -> None:
    order = start_order(inventory(SHOP), ALL, rank={"power": (1,), "hv-2": (2,)})
    assert waves(order)[0] == ["power", "hv-2", "hv-1", "monitoring", "monitoring-2"]


def test_recovery_takes_in_what_is_down_with_the_set() -> None:
    order = recovery_order(inventory(SHOP), ["hv-1"])
    assert waves(order) == [["hv-1"], ["db", "web-1"], ["storefront"], ["shop"]]
    assert [(service.id, service.wave) for service in order.services] == [("shop", 4)]
    assert [ci.id for wave in order.waves for ci in wave.cis if ci.spare] == ["web-1"]


def test_what_is_only_degraded_outside_the_set_comes_back_by_itself() -> None:
    order = recovery_order(inventory(SHOP), ["hv-2"])
    assert waves(order) == [["hv-2"], ["cache", "web-2"]]
    assert [(service.id, service.wave) for service in order.services] == [("shop", 2)]


CIRCLES = [
    ("the relation that does least harm", "a: {depends_on: b}, b: {uses: a}", ["b without a"], [["b"], ["a"]]),
    ("one entry of a ring", "a: {depends_on: b}, b: {depends_on: c}, c: {depends_on: a}", ["a without b"], None),
    (
        "the entry that frees most",
        "a: {depends_on: x}, b: {depends_on: x}, c: {depends_on: x}, x: {depends_on: d}, d: {depends_on: [a, b, c]}",
        ["x without d"],
        [["x"], ["a", "b", "c"], ["d"]],
    ),
    ("nothing behind a circle", "a: {depends_on: c}, b: {depends_on: c}, c: {depends_on: b}", ["b without c"], None),
    (
        "two circles at once",
        "a: {uses: b}, b: {uses: a}, c: {uses: d}, d: {uses: c}",
        ["a without b", "c without d"],
        None,
    ),
    (
        "a member of its own quorum is there when it asks",
        ", ".join(f"{ci}: {{depends_on: {{at_least: 2, of: [a, b, c]}}}}" for ci in "abc"),
        ["a without depends_on#1"],
        [["a"], ["b", "c"]],
    ),
]


@pytest.mark.parametrize(
    ("relations", "expected", "order"), [case[1:] for case in CIRCLES], ids=[c[0] for c in CIRCLES]
)
def test_circles_break_where_it_hurts_least(relations: str, expected: list[str], order: list[list[str]] | None) -> None:
    cis = inventory("".join(f"- {{kind: server, id: {ci}, relations: {rest}}}\n" for ci, rest in pairs(relations)))
    found = start_order(cis, list(cis))
    assert [f"{broken.ci} without {broken.target}" for broken in found.broken] == expected
    assert order is None or waves(found) == order
    for broken in found.broken:
        assert broken.circle[0] == broken.circle[-1] == broken.ci


def pairs(text: str) -> Iterable[tuple[str, str]]:
    depth, start = 0, 0
    for place, letter in enumerate(text + ","):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and not depth:
            ci, _, rest = text[start:place].strip().partition(": ")
            yield ci, rest
            start = place + 1


def test_circles_outside_the_set_come_back_by_themselves() -> None:
    cis = inventory(
        "- {kind: server, id: a, relations: {depends_on: b}}\n"
        "- {kind: server, id: b, relations: {depends_on: [a, base]}}\n"
        "- {kind: server, id: base}\n"
        "- {kind: server, id: top, relations: {depends_on: a}}\n"
    )
    order = start_order(cis, ["base", "top"])
    assert (waves(order), order.broken) == ([["base"], ["top"]], ())


def test_an_unknown_ci_is_an_error() -> None:
    with pytest.raises(CmdbError, match="there is no CI 'hv-9'"):
        start_order(inventory(SHOP), ["hv-9"])


chosen = st.frozensets(st.sampled_from("abcdefg"), min_size=1)


@settings(max_examples=50, deadline=None)
@given(inventories(), chosen)
def test_every_ci_starts_as_soon_as_nothing_it_needs_is_degraded_or_down(
    cis: Inventory, wanted: frozenset[str]
) -> None:
    """The definition: while all that is not started is down, each CI waits exactly as long as it would be degraded."""
    names = sorted(wanted & set(cis)) or ["a"]
    order = start_order(cis, names)
    loose = without(cis, order)
    placed = {ci.id: wave.number for wave in order.waves for ci in wave.cis}
    assert set(placed) == {name for name in names if cis[name].serves}
    for name, number in placed.items():
        assert held_up(loose, placed, name, number) < Status.DEGRADED
        if name not in {broken.ci for broken in order.broken}:
            assert number == 1 or held_up(loose, placed, name, number - 1) >= Status.DEGRADED
    assert start_order(loose, names).broken == ()


@settings(max_examples=50, deadline=None)
@given(inventories(), chosen)
def test_without_what_is_spare_nothing_else_waits(cis: Inventory, wanted: frozenset[str]) -> None:
    names = sorted(wanted & set(cis)) or ["a"]
    order = start_order(cis, names)
    spare = {ci.id for wave in order.waves for ci in wave.cis if ci.spare}
    hit = impact(without(cis, order), spare)
    assert all(hit[ci.id].status < Status.DEGRADED for wave in order.waves for ci in wave.cis if not ci.spare)


def held_up(cis: Inventory, placed: dict[str, int], name: str, number: int) -> Status:
    """How a CI would be left if it started in a wave, with all of that wave and later ones still away."""
    away = [ci for ci, wave in placed.items() if wave >= number and ci != name]
    return impact(cis, away)[name].status


def without(cis: Inventory, order: StartOrder) -> Inventory:
    """The inventory without the entries that are not waited for."""
    loose = {(broken.ci, broken.relation, broken.target) for broken in order.broken}
    return replace(cis, declared=tuple(loosened(cis, ci, loose) for ci in cis.declared))


def loosened(cis: Inventory, ci: CI, loose: set[tuple[str, str, str]]) -> CI:
    relations = {}
    for relation, entries in ci.relations.items():
        relations[relation] = tuple(
            entry
            for place, entry in enumerate(entries, start=1)
            if (ci.id, relation, shown(cis, entry, f"{relation}#{place}")) not in loose
        )
    return replace(ci, relations=relations)


def shown(cis: Inventory, entry: Group | Target, position: str) -> str:
    return (cis.resolve(entry.id) or "") if isinstance(entry, Target) else position
