"""A plan against the calendar and against other plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.changes.schedule import Ground, schedule
from cmdb.formats.calendar_reader import read_calendar
from cmdb.graph.impact import impact
from cmdb.inventory import Inventory
from cmdb.model.filed_change import FiledChange, Plan, State
from cmdb.model.schedule import Schedule
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories
from cmdb.workspace import Workspace

SHOP = """\
- {kind: business_service, id: shop, owner: team-shop, relations: {depends_on: {name: web, at_least: 1, of: [web-1, web-2]}}}
- {kind: business_service, id: mail, relations: {depends_on: web-2}}
- {kind: server, id: web-1}
- {kind: server, id: web-2}
- {kind: server, id: spare}
"""
CALENDAR = read_calendar(
    "baselines/calendar.yaml",
    b"""\
zone: Europe/Berlin
windows:
  - {name: sundays, from: 2026-01-04T02:00, to: 2026-01-04T06:00, repeat: FREQ=WEEKLY, applies_to: kind=server}
freezes:
  - {name: sale, from: 2026-11-27, to: 2026-11-30, applies_to: +shop, reason: Black Friday}
  - {name: gone, from: 2026-11-01, to: 2026-12-31, applies_to: no-such-ci}
""",
)[0]


def ground(text: str) -> Ground:
    found = Workspace.of({"inventory/shop.yaml": text}).inventory
    return Ground(found, found.topology)


def plan(text: str) -> Plan:
    start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    return Plan(start, end)


def other(name: str, when: str, *cis: str, state: State = "approved") -> FiledChange:
    changes = tuple({"id": ci, "kind": "server", "action": "changed"} for ci in cis)
    return FiledChange(name, name.upper(), state, planned=plan(when), content={"changes": changes})


SUNDAY = "2026-11-22T02:00+01:00/2026-11-22T04:00+01:00"


def asked(
    cis: Sequence[str], when: str = SUNDAY, others: Sequence[FiledChange] = (), *sides: str, itself: str = ""
) -> Schedule:
    grounds = [ground(text) for text in sides or (SHOP,)]
    return schedule(cis, plan(when), CALENDAR, grounds, others, itself=itself)


def test_without_a_plan_nothing_is_known() -> None:
    found = schedule(["web-1"], None, CALENDAR, [ground(SHOP)])
    assert found == Schedule() and found.clear


def test_a_plan_in_a_window_is_clear() -> None:
    found = asked(["web-1"])
    assert found.clear
    assert [(one.name, one.cis) for one in found.windows] == [("sundays", ("web-1",))]


def test_a_plan_in_a_freeze_and_out_of_its_window_says_when_it_could_be() -> None:
    found = asked(["web-1", "spare"], "2026-11-27T10:00+01:00/2026-11-27T12:00+01:00")
    assert not found.clear
    assert [(one.name, one.cis, one.reason) for one in found.freezes] == [("sale", ("web-1",), "Black Friday")]
    assert found.outside == ("spare", "web-1")
    assert found.next == plan("2026-12-06T01:00Z/2026-12-06T03:00Z")


def test_both_sides_of_a_change_are_looked_at() -> None:
    after = SHOP.replace("web-2]", "web-3]") + "- {kind: server, id: web-3}\n"
    found = asked(["web-3"], "2026-11-27T10:00+01:00/2026-11-27T12:00+01:00", (), SHOP, after)
    assert [one.cis for one in found.freezes] == [("web-3",)]


def test_two_changes_that_are_safe_alone_and_together_take_a_service_down_are_named() -> None:
    found = asked(["web-1"], SUNDAY, [other("chg-2", "2026-11-22T02:30Z/2026-11-22T05:00Z", "web-2")])
    assert not found.clear
    (overlap,) = found.overlaps
    assert (overlap.record, overlap.title, overlap.shared) == ("chg-2", "CHG-2", ())
    assert Plan(overlap.start, overlap.end) == plan("2026-11-22T02:30Z/2026-11-22T03:00Z")
    assert [(one.id, one.owner, one.alone, one.other, one.together) for one in overlap.harmed] == [
        ("shop", "team-shop", Status.AT_RISK, Status.AT_RISK, Status.DOWN)
    ]
    # mail is down by the other change alone, so the two together make it no worse


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        (other("chg-2", "2026-11-22T03:00Z/2026-11-22T05:00Z", "web-2"), 0),  # begins as the first one ends
        (other("chg-2", "2026-11-22T02:59Z/2026-11-22T05:00Z", "web-2"), 1),
        (other("chg-2", SUNDAY, "web-2", state="proposed"), 1),
        (other("chg-2", SUNDAY, "web-2", state="implemented"), 0),
        (other("chg-2", SUNDAY, "web-2", state="rejected"), 0),
        (other("chg-1", SUNDAY, "web-2"), 0),  # itself
        (other("chg-2", SUNDAY, "nowhere"), 1),
    ],
)
def test_only_other_changes_that_are_still_ahead_and_at_the_same_time_count(second: FiledChange, overlaps: int) -> None:
    assert len(asked(["web-1"], SUNDAY, [second], itself="chg-1").overlaps) == overlaps


def test_a_ci_that_two_changes_alter_is_named() -> None:
    found = asked(["web-1", "spare"], SUNDAY, [other("chg-2", SUNDAY, "spare", "nowhere")])
    assert [(one.shared, one.harmed) for one in found.overlaps] == [(("spare",), ())]
    assert not found.clear


def test_what_the_change_does_to_the_design_counts() -> None:
    """The change takes web-2 out of the group; from then on work on web-1 takes the shop down."""
    after = SHOP.replace("[web-1, web-2]", "[web-1]")
    found = asked(["web-2"], SUNDAY, [other("chg-2", SUNDAY, "web-1")], SHOP, after)
    assert [one.id for one in found.overlaps[0].harmed] == ["shop"]


@settings(max_examples=40, deadline=None)
@given(inventories(), st.data())
def test_together_is_never_better_than_alone_and_order_does_not_matter(found: Inventory, data: st.DataObject) -> None:
    names = st.lists(st.sampled_from(sorted(found.cis)), min_size=1, max_size=2, unique=True)
    mine, theirs = data.draw(names), data.draw(names)
    side = Ground(found, Inventory.of(found).topology)
    (one,) = schedule(mine, plan(SUNDAY), (), [side], [other("chg-2", SUNDAY, *theirs)]).overlaps
    (two,) = schedule(theirs, plan(SUNDAY), (), [side], [other("chg-1", SUNDAY, *mine)]).overlaps
    assert [(hit.id, hit.together) for hit in one.harmed] == [(hit.id, hit.together) for hit in two.harmed]
    both = impact(side.topology, {*mine, *theirs})
    for hit in one.harmed:
        assert hit.together == both[hit.id].status > max(hit.alone, hit.other)
