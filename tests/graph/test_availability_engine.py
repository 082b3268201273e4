"""Figures, targets, assumptions, and what is said where they are missing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cmdb.graph.availability import Availability, availability
from cmdb.graph.availability.diagram import diagram
from cmdb.graph.availability.logic import logic
from cmdb.graph.topology import build
from cmdb.graph.weak.gates import gates
from cmdb.model.problem import CmdbError
from cmdb.testing.text import inventory

SHOP = """
- kind: business_service
  id: shop
  attributes: {availability_target: 99.9}
  relations: {depends_on: storefront}
- {kind: application, id: storefront, attributes: {availability: 99.95}, relations: {runs_on: web, uses: cache}}
- {kind: virtual_machine, id: web, relations: {runs_on: hv}}
- {kind: hypervisor, id: hv, attributes: {availability: 99.99}}
- {kind: cache, id: cache}
- {kind: server, id: later, lifecycle: planned, attributes: {availability: 99}}
"""
FIGURES = [
    ("a percentage", "{availability: 99.9}", "availability", 0.999),
    ("a share", "{availability: 0.999}", "availability", 0.999),
    ("always", "{availability: 1}", "availability", 1.0),
    ("never", "{availability: 0}", "availability", 0.0),
    ("mean times", "{mtbf: 999h, mttr: 1h}", "mtbf", 0.999),
    ("the percentage before mean times", "{availability: 99, mtbf: 999h, mttr: 1h}", "availability", 0.99),
    ("repaired in no time", "{mtbf: 10d, mttr: 0s}", "mtbf", 1.0),
]


def one(
    text: str, name: str, *, assume: Mapping[str, float | str] | None = None, samples: int | None = None
) -> Availability:
    (found,) = availability(inventory(text), [name], assume=assume, samples=samples).cis
    return found


@pytest.mark.parametrize(
    ("attributes", "basis", "expected"), [case[1:] for case in FIGURES], ids=[c[0] for c in FIGURES]
)
def test_figures(attributes: str, basis: str, expected: float) -> None:
    found = one(f"- {{kind: server, id: a, attributes: {attributes}}}\n", "a")
    assert found.availability == expected
    assert {each.basis for each in found.contributions} <= {basis}


@pytest.mark.parametrize("attributes", ["{}", "{mtbf: 10d}", "{mttr: 1h}", "{mtbf: 0s, mttr: 0s}"])
def test_without_figures_nothing_is_known(attributes: str) -> None:
    found = one(f"- {{kind: server, id: a, attributes: {attributes}}}\n", "a")
    assert (found.availability, found.low, found.high, found.missing) == (None, 0.0, 1.0, ("a",))


def test_missing_figures_leave_a_bound_and_are_named() -> None:
    found = availability(inventory(SHOP))
    (shop,) = found.cis
    assert (shop.id, shop.missing, found.missing) == ("shop", ("web",), ("web",))
    assert (shop.availability, shop.low) == (None, 0.0)
    assert shop.high == pytest.approx(0.9995 * 0.9999)
    assert (shop.verdict, shop.relies_on, shop.alone) == ("unknown", 3, 3)


def test_a_target_may_be_missed_whatever_is_missing() -> None:
    found = one(SHOP.replace("99.95", "99.8"), "shop")
    assert (found.verdict, found.availability) == ("missed", None)


def test_figures_may_be_assumed() -> None:
    assert one(SHOP, "shop", assume={"": 99.9}).availability == pytest.approx(0.9995 * 0.9999 * 0.999)
    by_kind = one(SHOP, "shop", assume={"": 50, "compute": "99.5", "virtual_machine": "99.8%"})
    assert by_kind.availability == pytest.approx(0.9995 * 0.9999 * 0.998)
    assert {each.id: each.basis for each in by_kind.contributions}["web"] == "assumed"
    assert one(SHOP, "shop", assume={"virtual_machine": 100}).verdict == "met"


def test_services_are_what_they_are_made_of() -> None:
    shop = one(SHOP, "shop", assume={"": 99.9})
    assert "shop" not in {each.id for each in shop.contributions}
    assert one(SHOP, "shop", assume={"": 99.9, "service": 99}).availability == pytest.approx(
        0.9995 * 0.9999 * 0.999 * 0.99
    )


@pytest.mark.parametrize(("assume", "message"), [({"": "often"}, "no percentage"), ({"sever": 9}, "no kind 'sever'")])
def test_a_wrong_assumption_is_an_error(assume: dict[str, float | str], message: str) -> None:
    with pytest.raises(CmdbError, match=message):
        one(SHOP, "shop", assume=assume)


def test_the_target_may_stand_in_an_agreement() -> None:
    text = (
        "- {kind: service_offering, id: a, attributes: {availability: 99}, relations: {covered_by: [sla, ola]}}\n"
        "- {kind: contract, id: sla, attributes: {availability_target: 98}}\n"
        "- {kind: contract, id: ola, attributes: {availability_target: 99.5}}\n"
    )
    found = one(text, "a")
    assert (found.target, found.target_of, found.verdict) == (0.995, "ola", "missed")


def test_what_is_exactly_on_target_meets_it() -> None:
    text = "- {kind: application, id: a, attributes: {availability: 99.9, availability_target: 99.9}}\n"
    assert one(text, "a").verdict == "met"


def test_what_does_not_serve_is_left_out_and_said() -> None:
    found = availability(inventory(SHOP), ["later", "hv"])
    assert [each.id for each in found.cis] == ["hv"]
    assert "'later' is planned and does not serve" in found.notes[0]
    assert [each.id for each in availability(inventory(SHOP), ["later"], include=["planned"]).cis] == ["later"]


def test_what_is_too_large_for_a_diagram_is_simulated() -> None:
    """A grid of needs that has no small diagram."""
    text = grid(9)
    found = one(text, "top", samples=1 << 16)
    assert (found.method, found.samples, found.confidence) == ("simulated", 1 << 16, 0.99)
    assert found.availability is not None
    assert found.low < found.availability < found.high < found.low + 0.02
    assert all(each.downtime >= 0 for each in found.contributions)
    assert found == one(text, "top", samples=1 << 16)


def test_a_diagram_beyond_its_limit_is_none() -> None:
    topology = build(inventory(grid(3)))
    root = topology.ids.index("top")
    tree = logic(gates(topology, [root]), root, range(len(topology)))
    assert diagram(tree, 2) is None
    assert diagram(tree, 100_000) is not None


def grid(size: int) -> str:
    """As many pairs of rows and columns as the size squared, of each of which one is needed."""
    pairs = ", ".join(
        f"{{at_least: 1, of: [r{row * 7 % size}, c{column}, x{row}{column}]}}"
        for row in range(size)
        for column in range(size)
    )
    nodes = [f"{letter}{number}" for letter in "rc" for number in range(size)]
    nodes += [f"x{row}{column}" for row in range(size) for column in range(size)]
    servers = "".join(
        f"- {{kind: server, id: {node}, attributes: {{availability: 80}}}}\n" for node in dict.fromkeys(nodes)
    )
    return f"- {{kind: service_offering, id: top, relations: {{depends_on: [{pairs}]}}}}\n{servers}"
