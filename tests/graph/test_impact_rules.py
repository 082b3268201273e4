"""Each rule of impact on a graph just large enough to show it."""

from __future__ import annotations

import pytest

from cmdb.graph.impact import Impact, impact
from cmdb.model.ci import CI, Group, Target
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import STATUSES, Status
from cmdb.testing.graphs import SCHEMA
from cmdb.testing.text import inventory


def of(*cis: CI) -> Inventory:
    return Inventory(cis, SCHEMA)


def outcome(hit: Impact) -> str:
    """`a down, b at_risk`: everything that is affected."""
    return ", ".join(f"{affected.id} {affected.status.label}" for affected in hit.affected)


def via(hit: Impact, ci: str) -> str:
    return " ".join(f"{step.source} {step.relation} {step.target}" for step in hit[ci].via)


NEED = "{kind: server, id: a, relations: {%s: b}}\n---\n{kind: server, id: b}"
CEILINGS = {
    "down": "depends_on runs_on located_in powered_by connects_to consists_of",
    "degraded": "uses receives_data_from",
    "at_risk": "replicates_to backed_up_by monitored_by",
    "up": "member_of owned_by supported_by supplied_by covered_by licensed_under documented_by linked_to",
}


@pytest.mark.parametrize(
    ("relation", "worst"), [(name, worst) for worst, names in CEILINGS.items() for name in names.split()]
)
def test_a_built_in_relation_lets_through_at_most_its_ceiling(relation: str, worst: str) -> None:
    declared = inventory(NEED % relation)
    for status in Status:
        assert impact(declared, {"b": status})["a"].status == min(status, STATUSES[worst])


def test_a_workspace_may_declare_relation_types_of_its_own() -> None:
    declared = inventory(NEED % "prints_on", schema="relation_types: {prints_on: {ceiling: degraded}}")
    assert outcome(impact(declared, ["b"])) == "a degraded"


GROUP = """
- {{kind: server, id: a, relations: {{{relation}: {{name: quorum, at_least: {k}, of: [m1, m2, m3]}}}}}}
- {{kind: server, id: m1}}
- {{kind: server, id: m2}}
- {{kind: server, id: m3}}
"""


@pytest.mark.parametrize(
    ("k", "members", "status"),
    [
        (1, "up up up", "up"),
        (1, "down up up", "at_risk"),
        (1, "down down up", "at_risk"),
        (1, "down down at_risk", "at_risk"),
        (1, "down down degraded", "degraded"),
        (1, "down down down", "down"),
        (2, "down up up", "at_risk"),
        (2, "degraded degraded up", "degraded"),
        (2, "down degraded up", "degraded"),
        (2, "down degraded degraded", "degraded"),
        (2, "down down up", "down"),
        (3, "at_risk up up", "at_risk"),
        (3, "degraded up up", "degraded"),
        (3, "down up up", "down"),
    ],
)
def test_a_group_is_as_good_as_its_kth_best_member(k: int, members: str, status: str) -> None:
    seeds = {f"m{number}": STATUSES[word] for number, word in enumerate(members.split(), start=1)}
    assert impact(inventory(GROUP.format(relation="depends_on", k=k)), seeds)["a"].status.label == status
    capped = min(STATUSES[status], Status.DEGRADED)
    assert impact(inventory(GROUP.format(relation="uses", k=k)), seeds)["a"].status == capped


def test_groups_explain_themselves_nested_ones_too() -> None:
    declared = inventory("""
    - kind: application
      id: shop
      relations:
        uses:
          - {name: sites, at_least: 1, of: [{name: east, at_least: 2, of: [e1, e2]}, {name: west, at_least: 1, of: [w1]}]}
        depends_on:
          - {at_least: 1, of: [e1, w1]}
          - {name: calm, at_least: 1, of: [w1]}
    - {kind: server, id: e1}
    - {kind: server, id: e2}
    - {kind: server, id: w1}
    """)
    found = impact(declared, ["e1"])["shop"].groups
    assert [(g.relation, g.name, g.at_least, g.of, g.left, g.contributes.label, g.lost) for g in found] == [
        ("depends_on", "depends_on#1", 1, 2, 1, "at_risk", 1),
        ("uses", "east", 2, 2, 1, "degraded", 1),
        ("uses", "sites", 1, 2, 1, "at_risk", 1),
    ]


def test_a_member_at_risk_is_left() -> None:
    (group,) = impact(inventory(GROUP.format(relation="depends_on", k=2)), {"m1": Status.AT_RISK})["a"].groups
    assert (group.left, group.lost, group.contributes) == (3, 0, Status.AT_RISK)


def test_a_member_named_twice_counts_once_and_at_least_is_capped() -> None:
    twice = Group(2, (Target("b"), Target("old-b"), Target("nowhere")))
    declared = of(CI("a", "server", relations={"depends_on": (twice,)}), CI("b", "server", aliases=("old-b",)))
    hit = impact(declared, ["b"])
    assert outcome(hit) == "a down"
    assert (hit["a"].groups[0].at_least, hit["a"].groups[0].of) == (2, 1)


def test_a_group_of_nothing_is_up() -> None:
    empty = Group(1, (Target("nowhere"),))
    either = Group(1, (empty, Target("b")))
    declared = of(CI("a", "server", relations={"depends_on": (empty, either)}), CI("b", "server"))
    assert outcome(impact(declared, ["b"])) == "a at_risk"


def test_a_quorum_may_have_its_own_ci_as_a_member() -> None:
    quorum = Group(2, (Target("a"), Target("b"), Target("c")), name="quorum")
    cis = [CI(ci, "server", relations={"depends_on": (quorum,)}) for ci in "abc"]
    assert outcome(impact(of(*cis), ["a"])) == "b at_risk, c at_risk"
    assert outcome(impact(of(*cis), ["a", "b"])) == "c down"


def test_cycles_end() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: b}}
    - {kind: server, id: b, relations: {depends_on: [c, d]}}
    - {kind: server, id: c, relations: {uses: a}}
    - {kind: server, id: d}
    """)
    hit = impact(declared, ["d"])
    assert outcome(hit) == "b down, a down, c degraded"
    assert (via(hit, "c"), hit["c"].distance) == ("c uses a a depends_on b b depends_on d", 3)


def test_the_status_of_a_seed_is_a_floor() -> None:
    declared = inventory(NEED % "depends_on")
    hit = impact(declared, {"a": Status.AT_RISK, "b": Status.DOWN})
    assert [(ci.id, ci.seed.label, ci.status.label) for ci in hit.failed] == [
        ("a", "at_risk", "down"),
        ("b", "down", "down"),
    ]
    assert hit.affected == ()


@pytest.mark.parametrize("lifecycle", ["planned", "ordered", "build", "retired"])
def test_what_does_not_serve_neither_harms_nor_is_harmed(lifecycle: str) -> None:
    declared = inventory(f"""
    - {{kind: server, id: a, relations: {{depends_on: b}}}}
    - {{kind: server, id: b, lifecycle: {lifecycle}, relations: {{depends_on: c}}}}
    - {{kind: server, id: c}}
    - {{kind: server, id: g, relations: {{depends_on: {{at_least: 1, of: [b, c]}}}}}}
    """)
    assert outcome(impact(declared, ["c"])) == "g down"
    assert outcome(impact(declared, ["c"], include={lifecycle})) == "b down, g down, a down"
    seeded = impact(declared, ["b"])
    assert outcome(seeded) == ""
    assert seeded.notes == (
        f"'b' is {lifecycle} and does not serve, so its failure harms nothing; --include {lifecycle} counts it in",
    )
    assert [(ci.id, ci.status) for ci in seeded.failed] == [("b", Status.DOWN)]
    assert outcome(impact(declared, ["b"], include={lifecycle})) == "a down, g at_risk"


def test_at_least_stays_when_members_leave() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: {at_least: 2, of: [m1, m2, m3]}}}
    - {kind: server, id: m1}
    - {kind: server, id: m2, lifecycle: retiring}
    - {kind: server, id: m3, lifecycle: planned}
    """)
    hit = impact(declared, ["m1"])
    assert outcome(hit) == "a down"
    assert [(group.at_least, group.of, group.left) for group in hit["a"].groups] == [(2, 2, 1)]


def test_the_witness_takes_only_entries_that_are_bad_enough() -> None:
    declared = inventory("""
    - {kind: server, id: top, relations: {uses: bad, depends_on: [long]}}
    - {kind: server, id: long, relations: {depends_on: longer}}
    - {kind: server, id: longer, relations: {runs_on: bad}}
    - {kind: server, id: bad}
    """)
    hit = impact(declared, ["bad"])
    assert via(hit, "top") == "top depends_on long long depends_on longer longer runs_on bad"
    assert hit["top"].distance == 3
    assert via(impact(declared, {"bad": Status.DEGRADED}), "top") == "top uses bad"


def test_the_witness_ends_at_a_seed_that_is_bad_enough() -> None:
    declared = inventory("""
    - {kind: server, id: top, relations: {depends_on: weak}}
    - {kind: server, id: weak, relations: {depends_on: strong}}
    - {kind: server, id: strong}
    """)
    hit = impact(declared, {"weak": Status.DEGRADED, "strong": Status.DOWN})
    assert (outcome(hit), via(hit, "top")) == ("top down", "top depends_on weak weak depends_on strong")


def test_ties_go_to_the_first_relation_then_the_first_target() -> None:
    declared = inventory("""
    - {kind: server, id: top, relations: {runs_on: a, depends_on: [{at_least: 2, of: [c, b]}, d]}}
    - {kind: server, id: a, relations: {runs_on: z}}
    - {kind: server, id: b, relations: {uses: z, runs_on: z}}
    - {kind: server, id: c, relations: {depends_on: z}}
    - {kind: server, id: d, relations: {depends_on: z}}
    - {kind: server, id: z}
    """)
    assert via(impact(declared, ["z"]), "top") == "top depends_on b b runs_on z"


def test_the_order_is_worst_first_then_distance_then_id() -> None:
    declared = inventory("""
    - {kind: server, id: z}
    - {kind: server, id: far, relations: {depends_on: y}}
    - {kind: server, id: y, relations: {depends_on: z}}
    - {kind: server, id: x, relations: {depends_on: z}}
    - {kind: server, id: a, relations: {uses: z}}
    """)
    assert outcome(impact(declared, ["z"])) == "x down, y down, far down, a degraded"


def test_services_and_owners() -> None:
    declared = inventory("""
    - {kind: business_service, id: shop, owner: team-b, relations: {depends_on: app}}
    - {kind: service_offering, id: support, relations: {uses: app}}
    - {kind: application, id: app, owner: team-a, relations: {runs_on: vm}}
    - {kind: application, id: web, owner: team-b, relations: {runs_on: vm}}
    - {kind: virtual_machine, id: vm, owner: team-c}
    """)
    hit = impact(declared, ["vm"])
    assert [service.id for service in hit.services] == ["shop", "support"]
    assert [(owner.owner, owner.count) for owner in hit.owners] == [("team-a", 1), ("team-b", 2), (None, 1)]


def test_the_answer_is_a_mapping_of_all_cis() -> None:
    hit = impact(inventory(NEED % "depends_on" + "\n---\n{kind: server, id: c, aliases: [old-c]}"), "b")
    assert (hit["a"].status, hit["b"].status, hit["old-c"].status) == (Status.DOWN, Status.DOWN, Status.UP)
    assert (hit["c"].via, hit["c"].groups, hit["c"].distance) == ((), (), 0)
    assert ("a" in hit, "c" in hit, "nowhere" in hit, list(hit)) == (True, False, False, ["a", "b"])
    with pytest.raises(KeyError):
        hit["nowhere"]


def test_a_former_id_is_understood_and_said_to_be_one() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: b}}
    - {kind: server, id: b, aliases: [old-b]}
    """)
    for seeds in ({"old-b": Status.DEGRADED, "b": Status.DOWN}, {"b": Status.DOWN, "old-b": Status.DEGRADED}):
        hit = impact(declared, seeds)
        assert (outcome(hit), hit.notes) == ("a down", ("'old-b' is a former id of 'b'",))


def test_an_unknown_seed_is_an_error_with_a_hint() -> None:
    with pytest.raises(CmdbError) as error:
        impact(inventory("{kind: server, id: web-1}"), ["Web-11"])
    assert error.value.problem.message == "there is no CI 'Web-11'"
    assert error.value.problem.hint == "did you mean 'web-1'?"


def test_a_ci_that_points_at_itself_is_hit_by_nothing() -> None:
    assert (
        outcome(impact(of(CI("a", "server", relations={"depends_on": (Target("a"),)}), CI("b", "server")), "b")) == ""
    )


def test_an_unknown_relation_type_harms_nothing() -> None:
    declared = of(CI("a", "server", relations={"unheard_of": (Target("b"),)}), CI("b", "server"))
    assert outcome(impact(declared, "b")) == ""
