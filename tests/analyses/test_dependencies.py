"""Who depends on whom."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings

from cmdb.all_analyses import report
from cmdb.analyses import dependencies
from cmdb.analyses.dependencies import Dependencies
from cmdb.facts import Facts
from cmdb.graph.export import multidigraph
from cmdb.graph.grouping import grouping
from cmdb.model.answer import Screen
from cmdb.model.asked import Asked
from cmdb.model.baseline import Baselines
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.render.text import text
from cmdb.testing.graphs import inventories
from cmdb.testing.text import inventory

DAY = date(2026, 11, 1)
SHOP = inventory("""
- kind: application
  id: storefront
  owner: team-shop
  environment: production
  labels: {tier: web}
  relations:
    runs_on: {name: web, at_least: 1, of: [web-1, {name: rest, at_least: 1, of: [web-2, web-1]}]}
    uses: report
    owned_by: team
    depends_on: old
- {kind: application, id: report, environment: test, relations: {runs_on: web-2, licensed_under: paper}}
- {kind: application, id: old, lifecycle: retired, owner: team-old}
- {kind: virtual_machine, id: web-1, owner: team-ops, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, owner: team-ops, relations: {runs_on: account}}
- kind: hypervisor
  id: hv-1
  owner: team-ops
  relations: {located_in: rack-1, supplied_by: acme, covered_by: contract}
- {kind: application, id: kiosk, relations: {located_in: campus, runs_on: web-1}}
- {kind: rack, id: rack-1, relations: {located_in: north}}
- {kind: site, id: north, relations: {located_in: campus, covered_by: contract}}
- {kind: site, id: campus}
- {kind: cloud_account, id: account, relations: {supplied_by: cloud}}
- {kind: supplier, id: acme}
- {kind: supplier, id: cloud}
- {kind: supplier, id: vendor}
- {kind: contract, id: contract, relations: {supplied_by: [acme, vendor]}}
- {kind: license, id: paper, relations: {supplied_by: vendor}}
- {kind: application, id: cluster, relations: {consists_of: [web-1, web-2], depends_on: cluster-peer}}
- {kind: application, id: cluster-peer, relations: {located_in: circle}}
- {kind: rack, id: circle, relations: {located_in: circle-2}}
- {kind: rack, id: circle-2, relations: {located_in: circle}}
- {kind: team, id: team}
""")


def facts(declared: Inventory) -> Facts:
    return Facts(declared, Baselines(), DAY)


def told(found: Dependencies) -> dict[tuple[str | None, str | None], tuple[int, int, int, str]]:
    return {
        (cell.source, cell.target): (cell.relations, cell.sources, cell.targets, cell.worst.label)
        for cell in found.cells
    }


def test_between_teams() -> None:
    found = report(facts(SHOP), "dependencies", ["owner=team-shop", "owner=team-ops"])
    assert told(found) == {
        ("team-ops", "team-ops"): (1, 1, 1, "down"),
        ("team-ops", None): (2, 2, 2, "down"),
        ("team-shop", "team-ops"): (2, 1, 2, "down"),
        ("team-shop", None): (1, 1, 1, "degraded"),
    }
    assert (found.sources, found.targets) == (("team-ops", "team-shop"), ("team-ops", None))
    assert (found.summary.relations, found.summary.across) == (6, 5)
    (_, _, cell, _) = found.cells
    assert [(one.source, one.relation, one.target) for one in cell.examples] == [
        ("storefront", "runs_on", "web-1"),
        ("storefront", "runs_on", "web-2"),
    ]


@pytest.mark.parametrize(
    ("ci", "by", "groups"),
    [
        ("storefront", "site", ["north"]),
        ("web-2", "site", [None]),
        ("cluster", "site", ["north"]),
        ("cluster-peer", "site", [None]),
        ("rack-1", "site", ["north"]),
        ("north", "site", ["north"]),
        ("kiosk", "site", ["campus"]),
        ("hv-1", "supplier", ["acme"]),
        ("north", "supplier", ["acme", "vendor"]),
        ("report", "supplier", ["vendor"]),
        ("web-2", "supplier", ["cloud"]),
        ("account", "supplier", ["cloud"]),
        ("acme", "supplier", ["acme"]),
        ("web-1", "supplier", [None]),
        ("storefront", "environment", ["production"]),
        ("storefront", "labels.tier", ["web"]),
        ("report", "labels.tier", [None]),
        ("storefront", "criticality", [None]),
        ("storefront", "kind", ["application"]),
    ],
)
def test_where_a_ci_belongs(ci: str, by: str, groups: list[str | None]) -> None:
    topology = facts(SHOP).topology
    node = topology.number(ci)
    assert node is not None
    assert list(grouping(SHOP, topology, by)(node) or (None,)) == groups


def test_other_groups_on_the_far_side() -> None:
    found = report(facts(SHOP), "dependencies", ["storefront", "web-1", "report"], by="owner", on="site")
    assert told(found) == {
        ("team-ops", "north"): (1, 1, 1, "down"),
        ("team-shop", "north"): (1, 1, 1, "down"),
        ("team-shop", None): (2, 1, 2, "down"),
        (None, None): (1, 1, 1, "down"),
    }


def test_what_does_not_serve_is_left_out_until_it_is_asked_for() -> None:
    without = report(facts(SHOP), "dependencies", ["storefront"])
    assert "team-old" not in without.targets
    assert ("team-shop", "team-old") in told(report(facts(SHOP), "dependencies", ["storefront"], include=("retired",)))


def test_shown() -> None:
    found = report(facts(SHOP), "dependencies", ["storefront", "web-1"])
    assert text(dependencies.present(found), Screen(80)) == (
        """\
Dependencies by owner
4 relations, 3 of them across. Rows depend on columns.

           team-ops  none
team-ops   1         ·
team-shop  2         1

team-shop on team-ops: 2 relations from 1 CI to 2, down
    storefront runs_on web-1
    storefront runs_on web-2
team-shop on none: 1 relation from 1 CI to 1, degraded
    storefront uses report
"""
    )


@pytest.mark.parametrize(
    ("count", "head"),
    [
        (9, "                        1  2  3  4  5  6  7  8  9"),
        (40, "the-team-of-number-0 on the-team-of-number-1: 1 relation from 1 CI to 1, degraded"),
    ],
)
def test_a_wide_matrix_has_numbers_and_a_wider_one_is_left_to_the_list(count: int, head: str) -> None:
    cis = (
        f"- {{kind: server, id: s{number}, owner: the-team-of-number-{number}, relations: {{uses: s{(number + 1) % count}}}}}"
        for number in range(count)
    )
    lines = text(
        dependencies.present(report(facts(inventory("\n".join(cis))), "dependencies")), Screen(80)
    ).splitlines()
    assert lines[3].startswith(head)


def test_nothing_at_all() -> None:
    found = report(facts(inventory("- {kind: server, id: a}")), "dependencies")
    assert text(dependencies.present(found), Screen(80)) == "Dependencies by owner\nThere are none.\n"


@settings(max_examples=80, deadline=None)
@given(inventories())
def test_the_matrix_counts_each_relation_once(declared: Inventory) -> None:
    graph = multidigraph(declared)
    expected = Counter(
        (declared[a].kind, declared[b].kind)
        for a, b, relation in {
            (a, b, data["relation"]) for a, b, data in graph.edges(data=True) if data["ceiling"] != "none"
        }
        if declared[a].serves and declared[b].serves
    )
    found = dependencies.analyse(facts(declared), Asked(values={"by": "kind"}))
    assert {(cell.source, cell.target): cell.relations for cell in found.cells} == expected
    assert found.summary.relations == expected.total()
    assert all(cell.worst > Status.UP for cell in found.cells)
