"""What would have to fail as well, against the impact of every further subset of CIs."""

from __future__ import annotations

from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import given, settings

from cmdb.graph.impact import Impact, impact
from cmdb.graph.topology import build
from cmdb.graph.weak.further import further, smallest
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.graphs import failing, random_inventory
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: business_service
  id: shop
  relations:
    depends_on: [{name: web, at_least: 1, of: [web-1, web-2, web-3]}, vault]
    uses: {name: capacity, at_least: 3, of: [web-1, web-2, web-3]}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: virtual_machine, id: web-3, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1}
- {kind: hypervisor, id: hv-2}
- {kind: application, id: vault}
- {kind: business_service, id: archive, relations: {uses: web-1}}
- {kind: service_offering, id: gold, relations: {depends_on: shop, uses: archive}}
""")


def test_the_sets_that_are_enough_now_and_those_that_always_were() -> None:
    hit = impact(SHOP, ["hv-1"])
    gold, shop = further(hit, ["shop", "gold", "hv-1", "web-1"])
    assert (shop.id, shop.complete_to_size) == ("shop", 3)
    assert shop.cut_sets == (("hv-2",), ("vault",), ("web-2", "web-3"))
    assert shop.new == {("hv-2",), ("web-2", "web-3")}
    assert (gold.id, gold.cut_sets) == ("gold", (("hv-2",), ("shop",), ("vault",), ("web-2", "web-3")))


def test_only_the_smallest_of_every_affected_service() -> None:
    found = {each.id: each.cut_sets for each in smallest(impact(SHOP, ["hv-1"]))}
    assert found == {
        "archive": (),
        "gold": (("hv-2",), ("shop",), ("vault",)),
        "shop": (("hv-2",), ("vault",)),
    }
    assert smallest(impact(SHOP, ["vault"])) == further(impact(SHOP, ["shop"]), []) == ()


def test_a_failure_that_is_not_down_can_still_get_worse() -> None:
    (found,) = further(impact(SHOP, {"web-1": Status.DEGRADED, "hv-2": Status.DOWN}), "shop")
    assert found.cut_sets == (("hv-1",), ("vault",), ("web-1",))


def test_what_was_enough_before_is_known_even_where_the_search_before_was_cut_off() -> None:
    below = {ci: [f"{ci}{number}" for number in range(8)] for ci in "bcd"}
    declared = inventory(
        "\n".join(
            [
                "- kind: server",
                "  id: a",
                "  relations: {depends_on: [{at_least: 1, of: [b, c, d]}, {at_least: 1, of: [x, y, z]}]}",
                *(
                    f"- {{kind: server, id: {ci}, relations: {{depends_on: [{', '.join(of)}]}}}}"
                    for ci, of in below.items()
                ),
                *(f"- {{kind: server, id: {ci}}}" for ci in [*"xyz", *chain.from_iterable(below.values())]),
            ]
        )
    )
    hit = impact(declared, ["b"])
    (found,) = further(hit, "a", limit=500)
    assert (found.complete_to_size, ("x", "y", "z") in found.cut_sets) == (3, True)
    assert found.new == set(found.cut_sets) - {("x", "y", "z")}


def test_a_wrong_id_is_told() -> None:
    with pytest.raises(CmdbError, match="there is no CI 'shpo'"):
        further(impact(SHOP, ["hv-1"]), "shpo")


@settings(max_examples=25, deadline=None)
@given(failing())
def test_they_are_all_minimal_sets_that_finish_it(case: tuple[Inventory, dict[str, Status]]) -> None:
    declared, seeds = case
    assert_exact(declared, seeds)


@pytest.mark.parametrize("limit", [0, 20, 1_000_000])
def test_whatever_the_search_may_look_at(limit: int) -> None:
    for seed in range(12):
        random = Random(f"further {seed}")
        declared = random_inventory(random, 8)
        seeds = dict.fromkeys(random.sample(list(declared), 2), Status.DOWN)
        assert_exact(declared, seeds, limit)


def assert_exact(declared: Inventory, seeds: dict[str, Status], limit: int = 1_000_000) -> None:
    topology = build(declared)
    hit = impact(topology, seeds)
    for found in further(hit, declared, limit=limit):
        expected = by_trying(hit, declared, seeds, found.id, found.complete_to_size)
        assert found.cut_sets == expected
        without = {cut for cut in expected if impact(topology, cut)[found.id].status < Status.DOWN}
        assert found.new == without
    if limit == 1_000_000:
        everything = {each.id: each.cut_sets for each in further(hit)}
        assert {each.id: each.cut_sets for each in smallest(hit)} == {
            ci: tuple(cut for cut in cuts if len(cut) == len(cuts[0])) for ci, cuts in everything.items()
        }


def by_trying(
    hit: Impact, declared: Inventory, seeds: dict[str, Status], asked: str, size: int
) -> tuple[tuple[str, ...], ...]:
    topology = build(declared)
    others = [ci for ci in declared if ci != asked and hit[ci].status < Status.DOWN]
    minimal: list[tuple[str, ...]] = []
    for count in range(1, size + 1):
        for several in combinations(others, count):
            if not any(set(smaller) <= set(several) for smaller in minimal):
                worse = seeds | dict.fromkeys(several, Status.DOWN)
                if impact(topology, worse)[asked].status == Status.DOWN:
                    minimal.append(several)
    return tuple(minimal)
