"""What rules make of a change: its risk factor by factor, its type, who must agree, and whom to call."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.changes.assess import assess
from cmdb.changes.circumstances import NONE, Circumstances, Trouble
from cmdb.changes.risk import level_of
from cmdb.model.change_config import DEFAULT_LEVELS, ChangeConfig
from cmdb.model.change_record import ChangeRecord
from cmdb.testing.changes import sides
from cmdb.testing.text import workspace

SHOP = """
- {kind: business_service, id: shop, owner: team-shop, criticality: critical, relations: {depends_on: store}}
- kind: application
  id: store
  owner: team-shop
  relations: {runs_on: {name: web, at_least: 1, of: [web-1, web-2]}, supported_by: desk}
- {kind: server, id: web-1, owner: team-web, environment: production, tags: [pci]}
- {kind: server, id: web-2, owner: team-web, environment: test}
- {kind: server, id: alone, owner: team-web, environment: lab}
- {kind: database, id: data, environment: test}
- {kind: team, id: team-shop, name: Shop, attributes: {email: shop@example.org, lead: kim, chat: "#shop"}}
- {kind: team, id: desk, attributes: {phone: "1"}}
- {kind: person, id: kim, attributes: {phone: "2"}}
"""


def config(text: str) -> ChangeConfig:
    made = workspace({"cmdb.yaml": text, "inventory/shop.yaml": SHOP})
    assert made.check(date(2026, 1, 1)) == ()
    return made.config.change


def record(edit: tuple[str, str], known: Circumstances = NONE, rules: str = "name: x") -> ChangeRecord:
    after = SHOP.replace(*edit)
    assert after != SHOP
    return assess(sides(SHOP, after), config(rules), known)


OWNER = ("id: alone, owner: team-web", "id: alone, owner: team-new")
LIVE = ("id: web-2, owner", "id: web-2, lifecycle: retiring, owner")
STORE = ("id: store\n", "id: store\n  description: new\n")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (OWNER, {"criticality": 6, "breadth": 0, "redundancy": 0, "environment": 5, "size": 0, "rollback": 1}),
        (LIVE, {"criticality": 6, "breadth": 0, "redundancy": 10, "environment": 1, "size": 0, "rollback": 1}),
        (STORE, {"criticality": 25, "breadth": 2, "redundancy": 20, "environment": 5, "size": 0, "rollback": 1}),
        (
            ("- {kind: database, id: data, environment: test}\n", ""),
            {"criticality": 6, "breadth": 0, "redundancy": 0, "environment": 1, "size": 0, "rollback": 10},
        ),
        (
            ("- {kind: person", "- {kind: server, id: new}\n- {kind: person"),
            {"criticality": 6, "breadth": 0, "redundancy": 0, "environment": 5, "size": 0, "rollback": 0},
        ),
        (
            ("depends_on: store", "depends_on: [store, alone]"),
            {"criticality": 25, "breadth": 0, "redundancy": 15, "environment": 5, "size": 0, "rollback": 3},
        ),
    ],
)
def test_points(edit: tuple[str, str], expected: dict[str, int]) -> None:
    found = record(edit).risk
    assert {one.name: one.points for one in found.factors} == {**expected, "history": 0, "freeze": 0}
    assert found.score == sum(expected.values())


def test_what_is_known_besides() -> None:
    drift, failed = Trouble("alone", "drift"), Trouble("alone", "failed change", "chg-1")
    elsewhere = Trouble("web-1", "failed change")
    for troubles, points in (((), 0), ((elsewhere,), 0), ((drift,), 5), ((drift, failed), 10)):
        found = record(OWNER, Circumstances(troubles=troubles)).risk
        assert next(one.points for one in found.factors if one.name == "history") == points
    frozen = record(OWNER, Circumstances(freezes=("year end",))).risk
    assert (frozen.factors[-1].points, frozen.factors[-1].reason) == (25, "inside year end")


def test_weights_and_levels_are_settings() -> None:
    rules = (
        "change: {weights: {criticality: 100, environment: 0}, levels: {medium: 20, high: 26}, environments: {lab: 1}}"
    )
    found = record(OWNER, rules=rules).risk
    assert {one.name: one.points for one in found.factors}["criticality"] == 25
    assert (found.score, found.level) == (26, "high")
    assert record(STORE, rules=rules).risk.score == 100
    assert [level_of(score, DEFAULT_LEVELS) for score in (0, 24, 25, 49, 50, 74, 75, 100)] == [
        *("low", "low", "medium", "medium", "high", "high", "critical", "critical")
    ]


@pytest.mark.parametrize(
    ("rule", "edit", "kind"),
    [
        ("{type: standard, cis: kind=server}", OWNER, "standard"),
        ("{type: standard, cis: kind=application}", OWNER, "normal"),
        ("{type: standard, paths: [owner]}", OWNER, "standard"),
        ("{type: standard, paths: [attributes.**]}", OWNER, "normal"),
        ("{type: standard, actions: [added]}", OWNER, "normal"),
        ("{type: standard, at_most: low}", OWNER, "standard"),
        ("{type: standard, at_most: low}", STORE, "normal"),
        ("{type: emergency, labels: [urgent, now]}", OWNER, "emergency"),
        ("{type: emergency, labels: [later]}", OWNER, "normal"),
        ("{type: standard, cis: owner=team-web}", OWNER, "normal"),
    ],
)
def test_types(rule: str, edit: tuple[str, str], kind: str) -> None:
    found = record(edit, Circumstances(frozenset({"now"})), f"change: {{types: [{rule}]}}")
    assert found.kind == kind
    assert bool(found.approvals) == (kind != "standard")


@pytest.mark.parametrize(
    ("rules", "edit", "approvers"),
    [
        ("", OWNER, ["team-new", "team-web"]),
        ("", LIVE, ["team-web"]),
        ("affected_owners: at_risk", LIVE, ["team-shop", "team-web"]),
        ("affected_owners: none", STORE, ["team-shop"]),
        ("approvals: [{approver: board, risk: high}]", OWNER, ["team-new", "team-web"]),
        ("approvals: [{approver: board, risk: high}]", STORE, ["board", "team-shop"]),
        ("approvals: [{approver: safe, cis: tags=pci}]", ("tags: [pci]", "tags: [pci, x]"), ["safe", "team-web"]),
        ("approvals: [{approver: safe, cis: tags=pci}]", LIVE, ["team-web"]),
        ("approvals: [{approver: ops, paths: [lifecycle]}]", LIVE, ["ops", "team-web"]),
        ("approvals: [{approver: ops, paths: [lifecycle], cis: id=web-1}]", LIVE, ["team-web"]),
        ("approvals: [{approver: boss, affected: criticality=critical}]", LIVE, ["boss", "team-web"]),
        ("approvals: [{approver: boss, affected: criticality=critical}]", OWNER, ["team-new", "team-web"]),
        ("approvals: [{approver: cab, type: emergency}]", OWNER, ["team-new", "team-web"]),
    ],
)
def test_who_must_agree(rules: str, edit: tuple[str, str], approvers: list[str]) -> None:
    found = record(edit, rules=f"change: {{{rules}}}")
    assert [one.approver for one in found.approvals] == approvers
    assert all(one.reasons for one in found.approvals)


def test_whom_to_call() -> None:
    found = record(STORE)
    assert [(one.role, one.ci, one.cis, dict(one.ways)) for one in found.contacts] == [
        (
            "owner",
            "team-shop",
            ("shop", "store"),
            {"email": "shop@example.org", "chat": "#shop", "lead": "kim"},
        ),
        ("support", "desk", ("store",), {"phone": "1"}),
        ("escalation", "kim", ("shop", "store"), {"phone": "2"}),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("change: []", "change is a mapping of settings"),
        ("change: {weights: {freez: 1}}", "there is no factor 'freez'"),
        ("change: {weights: {freeze: 101}}", "a weight is a number of points from 0 to 100"),
        ("change: {levels: {medium: 60}}", "levels begin in the order medium, high, critical"),
        ("change: {levels: {low: 1}}", "low begins at 0, always"),
        ("change: {environments: {test: 2}}", "an environment's measure is between 0 and 1"),
        ("change: {types: [{type: quick}]}", "one of standard, normal, emergency is expected"),
        ("change: {types: [{type: standard, actions: [moved]}]}", "there is no action 'moved'"),
        ("change: {types: [{type: standard, paths: ['a..b']}]}", "paths: expected a name"),
        ("change: {types: [{type: standard, cis: kind=nothing}]}", "unknown kind 'nothing'"),
        ("change: {approvals: [{risk: high}]}", "the field 'approver' is missing"),
        ("change: {approvals: [{approver: x, affected: 'nothing=1'}]}", "unknown field 'nothing'"),
        ("change: {affected_owners: up}", "one of at_risk, degraded, down, none is expected"),
        ("change: {wieghts: {}}", "there is no field 'wieghts' here"),
    ],
)
def test_wrong_settings_are_told_with_their_line(text: str, words: str) -> None:
    (problem,) = workspace({"cmdb.yaml": text}).check(date(2026, 1, 1))
    assert words in problem.message
    assert problem.location is not None
    assert problem.location.path == "cmdb.yaml"
