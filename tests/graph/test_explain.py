"""Why one CI is affected, or is not."""

from __future__ import annotations

import pytest

from cmdb.graph.explain import Redundancy, Relied, explain
from cmdb.graph.impact import impact
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.testing.text import inventory

SHOP = inventory("""
- kind: application
  id: shop
  relations:
    depends_on:
      - db
      - {name: sites, at_least: 1, of: [{name: east, at_least: 2, of: [e1, e2]}, w1]}
    uses: mail
    linked_to: e1
- {kind: database, id: db}
- {kind: server, id: e1}
- {kind: server, id: e2}
- {kind: server, id: w1, lifecycle: planned}
- {kind: application, id: mail, relations: {depends_on: e1}, aliases: [post]}
""")


def told(entry: Relied | Redundancy) -> str:
    if isinstance(entry, Relied):
        return f"{entry.id} {entry.status.label}{'' if entry.serves else ' (out)'}"
    state = entry.state
    members = ", ".join(map(told, entry.members))
    return f"{state.name} {state.at_least}/{state.of} {state.left} left {entry.status.label} [{members}]"


def test_every_entry_says_what_it_contributes_the_worst_first() -> None:
    found = explain(SHOP, ["e1"], "shop").contributions
    assert [(c.relation, c.ceiling.label, c.contributes.label, told(c.entry)) for c in found] == [
        (
            "depends_on",
            "down",
            "down",
            "sites 1/1 0 left down [w1 up (out), east 2/2 1 left down [e1 down, e2 up]]",
        ),
        ("uses", "degraded", "degraded", "mail down"),
        ("depends_on", "down", "up", "db up"),
        ("linked_to", "up", "up", "e1 down"),
    ]


def test_a_ci_that_is_not_affected_shows_what_is_left() -> None:
    (group,) = [c for c in explain(SHOP, ["w1"], "shop").contributions if isinstance(c.entry, Redundancy)]
    assert told(group.entry) == "sites 1/1 1 left up [w1 down (out), east 2/2 2 left up [e1 up, e2 up]]"
    (group,) = [
        c for c in explain(SHOP, ["w1"], "shop", include={"planned"}).contributions if isinstance(c.entry, Redundancy)
    ]
    assert told(group.entry) == "sites 1/2 1 left at_risk [w1 down, east 2/2 2 left up [e1 up, e2 up]]"


def test_it_is_the_same_ci_as_in_the_impact() -> None:
    for ci in SHOP:
        assert explain(SHOP, ["e1"], ci).ci == impact(SHOP, ["e1"])[ci]
        assert explain(SHOP, ["e1"], ci).ci.via == impact(SHOP, ["e1"])[ci].via


def test_seeds_lifecycles_and_aliases_are_mentioned() -> None:
    seeded = explain(SHOP, {"e1": Status.DEGRADED}, "e1")
    assert (seeded.seed, seeded.serves, seeded.ci.status) == (Status.DEGRADED, True, Status.DEGRADED)
    planned = explain(SHOP, ["e1"], "w1")
    assert (planned.seed, planned.serves) == (None, False)
    assert planned.notes == ("'w1' is planned and does not serve, so nothing harms it; --include planned counts it in",)
    assert explain(SHOP, ["e1"], "post").notes == ("'post' is a former id of 'mail'",)


def test_an_unknown_ci_is_an_error() -> None:
    with pytest.raises(CmdbError, match="there is no CI 'shopp'"):
        explain(SHOP, ["e1"], "shopp")
