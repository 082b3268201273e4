"""When windows and freezes take place, also on the days on which clocks change, and what that means for a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.changes.calendar import Calendar
from cmdb.changes.periods import Period, common, united, without
from cmdb.changes.recurrence import occurrences
from cmdb.formats.calendar_reader import read_calendar
from cmdb.model.calendar import CalendarEntry
from cmdb.model.zones import moment_of
from cmdb.testing.calendars import DAYS, clocks, entries, plans
from cmdb.workspace import Workspace

INVENTORY = Workspace.of({
    "inventory/shop.yaml": """\
- {kind: application, id: shop, environment: production, relations: {runs_on: web-1}}
- {kind: server, id: web-1, environment: production}
- {kind: server, id: web-2, environment: test}
""",
}).inventory  # fmt: skip


def read(text: str) -> tuple[CalendarEntry, ...]:
    found, problems, unread = read_calendar("baselines/calendar.yaml", text.encode())
    assert (problems, unread) == ([], False)
    return tuple(found)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def period(text: str) -> Period:
    start, end = text.split("/")
    return Period(at(start), at(end))


def said(periods: tuple[Period, ...] | list[Period]) -> list[str]:
    return [f"{one.start:%m-%d %H:%M}/{one.end:%m-%d %H:%M}" for one in periods]


YEAR = period("2026-01-01T00:00Z/2027-01-01T00:00Z")
"""The year of the tables; their periods are in UTC."""


@pytest.mark.parametrize(
    ("entry", "when"),
    [
        # Once: days are whole days of the zone, the last one included.
        ("from: 2026-12-24, to: 2026-12-26", ["12-24 00:00/12-27 00:00"]),
        ("zone: Europe/Berlin, from: 2026-07-01, to: 2026-07-01", ["06-30 22:00/07-01 22:00"]),
        ("zone: Europe/Berlin, from: 2026-03-29, to: 2026-03-29", ["03-28 23:00/03-29 22:00"]),  # 23 hours
        ("zone: Europe/Berlin, from: 2026-10-25, to: 2026-10-25", ["10-24 22:00/10-25 23:00"]),  # 25 hours
        ("zone: Europe/Berlin, from: 2026-06-01T22:00, to: 2026-06-02T06:00", ["06-01 20:00/06-02 04:00"]),
        ("from: 2026-06-01T22:00+02:00, to: 2026-06-02T04:00Z", ["06-01 20:00/06-02 04:00"]),
        # An offset tells apart what the clocks show twice.
        ("zone: Europe/Berlin, from: 2026-10-25T02:30+02:00, to: 2026-10-25T02:30+01:00", ["10-25 00:30/10-25 01:30"]),
        # Skipped: 02:30 does not exist; it counts as the moment at which it would have been.
        ("zone: Europe/Berlin, from: 2026-03-29T01:00, to: 2026-03-29T02:30", ["03-29 00:00/03-29 01:30"]),
        # Shown twice: the first of the two.
        ("zone: Europe/Berlin, from: 2026-10-25T02:30, to: 2026-10-25T04:00", ["10-25 00:30/10-25 03:00"]),
        # Again and again: by the clock, so that a night is a night, of seven hours or of nine.
        (
            "zone: Europe/Berlin, from: 2026-03-22T22:00, to: 2026-03-23T06:00, repeat: FREQ=WEEKLY;COUNT=2",
            ["03-22 21:00/03-23 05:00", "03-29 20:00/03-30 04:00"],
        ),
        (
            "zone: Europe/Berlin, from: 2026-03-21T22:00, to: 2026-03-22T06:00, repeat: FREQ=WEEKLY;BYDAY=SA;COUNT=3",
            ["03-21 21:00/03-22 05:00", "03-28 21:00/03-29 04:00", "04-04 20:00/04-05 04:00"],
        ),
        (
            "zone: Europe/Berlin, from: 2026-10-17T22:00, to: 2026-10-18T06:00, repeat: FREQ=WEEKLY;COUNT=3",
            ["10-17 20:00/10-18 04:00", "10-24 20:00/10-25 05:00", "10-31 21:00/11-01 05:00"],
        ),
        (
            "zone: America/New_York, from: 2026-03-07T02:30, to: 2026-03-07T03:30, repeat: FREQ=DAILY;COUNT=3",
            ["03-07 07:30/03-07 08:30", "03-08 07:30/03-08 07:30", "03-09 06:30/03-09 07:30"],
        ),
        (
            "zone: Australia/Lord_Howe, from: 2026-04-04T00:00, to: 2026-04-04T03:00, repeat: FREQ=DAILY;COUNT=2",
            ["04-03 13:00/04-03 16:00", "04-04 13:00/04-04 16:30"],
        ),
        # The first time is one that the rule has, and the end of it counts.
        ("from: 2026-01-01, to: 2026-01-01, repeat: FREQ=WEEKLY;BYDAY=SU;COUNT=1", ["01-04 00:00/01-05 00:00"]),
        (
            "from: 2026-01-31, to: 2026-01-31, repeat: FREQ=MONTHLY;UNTIL=20260531",
            ["01-31 00:00/02-01 00:00", "03-31 00:00/04-01 00:00", "05-31 00:00/06-01 00:00"],
        ),
        (
            "from: 2026-01-01, to: 2026-01-01, repeat: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20260301'",
            ["01-30 00:00/01-31 00:00", "02-27 00:00/02-28 00:00"],
        ),
        (
            "zone: Europe/Berlin, from: 2026-06-01T01:00, to: 2026-06-01T02:00, repeat: FREQ=DAILY;UNTIL=20260602T000000Z",
            ["05-31 23:00/06-01 00:00", "06-01 23:00/06-02 00:00"],
        ),
        ("from: 2025-12-30T12:00Z, to: 2026-01-02T00:00Z", ["12-30 12:00/01-02 00:00"]),
        ("from: 2025-11-01, to: 2025-12-31", []),
    ],
)  # fmt: skip
def test_entries_take_place_when_the_clocks_of_their_zone_say_so(entry: str, when: list[str]) -> None:
    (found,) = read(f"windows:\n  - {{name: it, {entry}}}\n")
    empty = [one for one in when if len(set(one.split("/"))) == 1]
    assert said(list(occurrences(found, YEAR))) == [one for one in when if one not in empty]


@given(entries(), plans())
def test_what_takes_place_in_a_period_is_what_takes_place_in_a_longer_one_and_has_a_moment_in_it(
    entry: CalendarEntry, plan: Period
) -> None:
    longer = Period(plan.start - timedelta(days=40), plan.end + timedelta(days=40))
    everything = list(occurrences(entry, longer))
    assert list(occurrences(entry, plan)) == [one for one in everything if one.overlaps(plan)]
    assert everything == sorted(everything)


@settings(max_examples=40)
@given(entries(), st.sets(st.sampled_from(DAYS), min_size=1), plans())
def test_a_weekly_rule_is_what_a_look_at_every_day_says(entry: CalendarEntry, days: set[str], plan: Period) -> None:
    weekly = replace(entry, repeat=f"FREQ=WEEKLY;BYDAY={','.join(sorted(days))}")
    length, expected = entry.end - entry.start, []
    for day in range(300):
        start = entry.start + timedelta(days=day)
        one = moment_of(start, entry.zone), moment_of(start + length, entry.zone)
        if DAYS[start.weekday()] in days and one[0] < one[1] and Period(*one).overlaps(plan):
            expected.append(Period(*one))
    assert list(occurrences(weekly, plan)) == expected


SHOP = read("""\
zone: Europe/Berlin
windows:
  - {name: sundays, from: 2026-01-04T02:00, to: 2026-01-04T06:00, repeat: FREQ=WEEKLY, applies_to: environment=production}
  - {name: after, from: 2026-01-04T06:00, to: 2026-01-04T07:00, repeat: FREQ=WEEKLY, applies_to: web-1}
  - {name: move, from: 2026-11-24T12:00, to: 2026-11-24T14:00, applies_to: +shop}
freezes:
  - {name: sale, from: 2026-11-27, to: 2026-11-29, applies_to: +shop}
  - {name: audit, from: 2026-11-29T03:00, to: 2026-11-29T04:00, applies_to: environment=test}
""")  # fmt: skip


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar(SHOP, INVENTORY)


@pytest.mark.parametrize(
    ("cis", "plan", "frozen", "outside"),
    [
        ("web-1", "2026-11-22T02:00+01:00/2026-11-22T07:00+01:00", [], []),
        ("shop web-1", "2026-11-22T02:00+01:00/2026-11-22T07:00+01:00", [], ["shop"]),
        ("shop web-1", "2026-11-22T02:00+01:00/2026-11-22T06:00+01:00", [], []),
        ("web-1", "2026-11-22T01:59+01:00/2026-11-22T06:00+01:00", [], ["web-1"]),
        ("web-1", "2026-11-24T12:30+01:00/2026-11-24T13:00+01:00", [], []),
        ("web-2", "2026-11-23T12:00Z/2026-11-23T13:00Z", [], []),
        ("web-2 web-1", "2026-11-29T02:00+01:00/2026-11-29T06:00+01:00", ["sale: web-1", "audit: web-2"], []),
        ("web-2", "2026-11-29T04:00+01:00/2026-11-29T06:00+01:00", [], []),
        ("web-2", "2026-11-29T03:59+01:00/2026-11-29T06:00+01:00", ["audit: web-2"], []),
        ("web-1", "2026-11-30T00:00+01:00/2026-11-30T01:00+01:00", [], ["web-1"]),
        ("web-1", "2026-11-26T22:00+01:00/2026-11-27T00:00+01:00", [], ["web-1"]),
        ("web-1", "2026-11-26T22:00+01:00/2026-11-27T00:01+01:00", ["sale: web-1"], ["web-1"]),
    ],
)
def test_a_plan_meets_the_freezes_and_leaves_the_windows_of_its_cis(
    calendar: Calendar, cis: str, plan: str, frozen: list[str], outside: list[str]
) -> None:
    asked = cis.split()
    met = calendar.freezes(asked, period(plan))
    assert [f"{one.entry.name}: {', '.join(one.cis)}" for one in met] == frozen
    assert list(calendar.outside(asked, period(plan))) == outside


@pytest.mark.parametrize(
    ("cis", "after", "hours", "expected"),
    [
        ("web-1", "2026-11-22T00:00+01:00", 5, "11-22 01:00/11-22 06:00"),
        ("web-1", "2026-11-22T03:00+01:00", 4, "11-22 02:00/11-22 06:00"),
        ("web-1", "2026-11-22T03:00+01:00", 5, "12-06 01:00/12-06 06:00"),  # the freeze takes the next Sunday
        ("shop web-1", "2026-11-22T05:00+01:00", 2, "11-24 11:00/11-24 13:00"),
        ("web-1 shop", "2026-11-24T13:00+01:00", 2, "12-06 01:00/12-06 05:00"),
        ("web-1", "2026-11-22T03:00+01:00", 6, "10-31 00:00/10-31 06:00"),  # the night on which clocks are put back
        ("web-1", "2026-11-22T03:00+01:00", 7, None),
        ("web-2", "2026-11-22T03:00+01:00", 6, "11-22 02:00/11-29 02:00"),
    ],
)
def test_the_next_period_is_in_a_window_of_every_ci_and_in_no_freeze(
    calendar: Calendar, cis: str, after: str, hours: int, expected: str | None
) -> None:
    found = calendar.next(cis.split(), at(after), timedelta(hours=hours))
    assert (None if found is None else said([found])[0]) == expected


@given(entries(kind="window"), plans(), st.integers(0, 900), st.integers(0, 900))
def test_a_plan_inside_a_window_is_inside_any_longer_one(
    window: CalendarEntry, plan: Period, before: int, after: int
) -> None:
    longer = replace(
        window,
        start=window.start - timedelta(minutes=before),
        end=window.end + timedelta(minutes=after),
        repeat="",
    )
    once = replace(window, repeat="")
    if not Calendar([once], INVENTORY).outside(["shop"], plan):
        assert not Calendar([longer], INVENTORY).outside(["shop"], plan)
        assert not Calendar([window, longer], INVENTORY).outside(["shop"], plan)


@settings(max_examples=40)
@given(st.lists(entries(), max_size=4), clocks(), st.integers(1, 48))
def test_what_is_offered_next_meets_no_freeze_and_leaves_no_window(
    calendar_: list[CalendarEntry], after: datetime, hours: int
) -> None:
    found = Calendar(calendar_, INVENTORY)
    offered = found.next(["shop"], after.replace(tzinfo=UTC), timedelta(hours=hours))
    if offered is not None:
        assert offered.length >= timedelta(hours=hours) and offered.start >= after.replace(tzinfo=UTC)
        assert found.freezes(["shop"], offered) == () and found.outside(["shop"], offered) == ()


MOMENTS = st.integers(0, 30)
SETS = st.lists(st.tuples(MOMENTS, MOMENTS).filter(lambda pair: pair[0] < pair[1]), max_size=6)
ZERO = at("2026-01-01T00:00Z")


def periods(pairs: list[tuple[int, int]]) -> list[Period]:
    return [Period(ZERO + timedelta(hours=start), ZERO + timedelta(hours=end)) for start, end in pairs]


def hours(of: tuple[Period, ...] | list[Period]) -> set[int]:
    """The oracle: a set of periods as the hours in it."""
    hour = timedelta(hours=1)
    return {moment for one in of for moment in range((one.start - ZERO) // hour, (one.end - ZERO) // hour)}


@given(SETS, SETS)
def test_sets_of_periods_are_sets_of_moments(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, other = periods(left), periods(right)
    for found, expected in (
        (united([*one, *other]), hours(one) | hours(other)),
        (common(one, other), hours(one) & hours(other)),
        (without(one, other), hours(one) - hours(other)),
    ):
        assert hours(found) == expected
        assert all(before.end < after.start for before, after in pairwise(found))
