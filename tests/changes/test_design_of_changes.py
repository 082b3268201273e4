"""What a change does to the design: redundancy, single points of failure, rules."""

from __future__ import annotations

import pytest

from cmdb.changes.design import OPPOSITE, design
from cmdb.model.change_record import DesignChange
from cmdb.model.value import Value
from cmdb.testing.changes import sides

SHOP = """
- {kind: business_service, id: shop, relations: {depends_on: store}}
- {kind: server, id: web-1}
- {kind: server, id: web-2}
- {kind: server, id: web-3}
"""
PAIR = "{name: web, at_least: 1, of: [web-1, web-2]}"


def store(runs_on: str, more: str = "") -> str:
    return SHOP + f"- {{kind: application, id: store, relations: {{runs_on: {runs_on}}}}}\n{more}"


def lines(before: str, after: str) -> list[str]:
    return [line(one) for one in design(sides(before, after)) if "violation" not in one.what]


def line(one: DesignChange) -> str:
    sides = f"{shown(one.before)} -> {shown(one.after)}"
    return f"{one.what} {one.ci}: {sides}" + (f" for {', '.join(one.services)}" if one.services else "")


def shown(value: Value) -> str:
    if isinstance(value, dict):
        return f"{value['relation']} {value['name']} {value['at_least']}/{value['of']} {value['left']} left"
    return ", ".join(value) if value else "nothing"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(store(PAIR), store(PAIR), [], id="nothing"),
        pytest.param(
            store(PAIR),
            store("web-1"),
            [
                "redundancy_lost store: runs_on web 1/2 2 left -> runs_on None 1/1 1 left for shop",
                "single_point_introduced web-1: nothing -> shop for shop",
            ],
            id="a group becomes a plain entry",
        ),
        pytest.param(
            store(PAIR),
            store("[web-1, web-2]"),
            [
                "redundancy_lost store: runs_on web 1/2 2 left -> runs_on None 2/2 2 left for shop",
                "single_point_introduced web-1: nothing -> shop for shop",
                "single_point_introduced web-2: nothing -> shop for shop",
            ],
            id="all members are needed",
        ),
        pytest.param(
            store(PAIR),
            store("{name: web, at_least: 1, of: [web-1, web-2, web-3]}"),
            ["redundancy_gained store: runs_on web 1/2 2 left -> runs_on web 1/3 3 left for shop"],
            id="one more member",
        ),
        pytest.param(
            store(PAIR),
            store("{name: web, at_least: 2, of: [web-1, web-2, web-3]}"),
            [],
            id="one more, and one more needed: as many to spare",
        ),
        pytest.param(
            store("{name: web, at_least: 2, of: [web-1, web-2, web-3]}"),
            store("{name: web, at_least: 1, of: [web-1, web-2, web-3]}"),
            ["redundancy_gained store: runs_on web 2/3 3 left -> runs_on web 1/3 3 left for shop"],
            id="fewer are needed",
        ),
        pytest.param(
            store(PAIR),
            store(PAIR).replace("id: web-2", "id: web-2, lifecycle: retired"),
            [
                "redundancy_lost store: runs_on web 1/2 2 left -> runs_on web 1/2 1 left for shop",
                "single_point_introduced web-1: nothing -> shop for shop",
            ],
            id="a member retires",
        ),
        pytest.param(
            store(PAIR),
            store(PAIR.replace("web,", "front,")),
            [],
            id="a new name is no new group",
        ),
        pytest.param(
            store("{at_least: 1, of: [web-1, web-2]}"),
            store("[web-3, {at_least: 1, of: [web-1, web-2]}]"),
            ["single_point_introduced web-3: nothing -> shop for shop"],
            id="an unnamed group is known by its members",
        ),
        pytest.param(
            store(PAIR),
            SHOP,
            ["single_point_removed store: shop -> nothing for shop"],
            id="who goes loses nothing",
        ),
        pytest.param(
            store(PAIR),
            store("[]"),
            [],
            id="a dependency that goes is no redundancy lost",
        ),
        pytest.param(
            store(f"[{PAIR}]"),
            store("{name: web, at_least: 1, of: [web-1, {name: inner, at_least: 2, of: [web-2, web-3]}]}"),
            [],
            id="a group within a group is one member",
        ),
        pytest.param(
            store("web-1"),
            store("web-1").replace("id: web-1", "id: web-9, aliases: [web-1]"),
            [],
            id="a new name is no new point of failure",
        ),
        pytest.param(
            store("web-1"),
            store("web-1", "- {kind: business_service, id: news, relations: {depends_on: web-2}}\n"),
            ["single_point_introduced web-2: nothing -> news for news"],
            id="a new service brings its own",
        ),
    ],
)
def test_redundancy_and_single_points(before: str, after: str, expected: list[str]) -> None:
    assert lines(before, after) == expected
    mirrored = [one for one in design(sides(after, before)) if "violation" not in one.what]
    if "aliases" not in after:
        assert sorted(f"{OPPOSITE[one.what]} {one.ci} {one.after}" for one in mirrored) == sorted(
            f"{one.what} {one.ci} {one.before}" for one in design(sides(before, after)) if "violation" not in one.what
        )


DEPENDENT = "- {kind: application, id: store, relations: {runs_on: web-1}}\n"
BASELINE = "baseline: hard\napplies_to: kind=server\nexpect: {environment: production}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "- {kind: server, id: web-1}\n" + DEPENDENT,
            "- {kind: server, id: web-1, lifecycle: retired}\n" + DEPENDENT,
            ["lifecycle_violation_introduced store needs-out-of-service"],
        ),
        (
            "- {kind: server, id: web-1}\n" + DEPENDENT,
            DEPENDENT,
            ["standard_violation_introduced store dangling-relation"],
        ),
        (
            "- {kind: server, id: web-1, environment: production}\n",
            "- {kind: server, id: web-1, environment: test}\n",
            ["standard_violation_introduced web-1 baseline-violation"],
        ),
        (
            "- {kind: server, id: web-1, attributes: {memory: much}}\n",
            "- {kind: server, id: web-1, attributes: {memory: 1 GiB}}\n",
            ["standard_violation_fixed web-1 attribute-type"],
        ),
        (
            "- {kind: server, id: web-1, attributes: {memory: much}}\n",
            "- {kind: server, id: web-2, aliases: [web-1], attributes: {memory: much}}\n",
            [],
        ),
        (
            "# a line\n# and another\n- {kind: server, id: web-1, attributes: {memory: much}}\n",
            "- {kind: server, id: web-1, owner: me, attributes: {memory: much}}\n",
            [],
        ),
    ],
)
def test_rules_that_are_broken_or_kept_again(before: str, after: str, expected: list[str]) -> None:
    baseline = BASELINE if "environment" in before else ""
    found = [one for one in design(sides(before, after, files=baseline)) if "violation" in one.what]
    assert [f"{one.what} {one.ci} {(one.before or one.after)['code']}" for one in found] == expected
    assert all(one.before is None if one.worse else one.after is None for one in found)
