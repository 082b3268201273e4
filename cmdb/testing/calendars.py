"""Calendars and plans of any kind, around the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from cmdb.changes.periods import Period
from cmdb.model.calendar import CalendarEntry, EntryKind
from cmdb.model.zones import moment_of

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")
"""Clocks that are put forward by an hour or by half of one, or never; one has even skipped a day."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KINDS: tuple[EntryKind, ...] = ("window", "freeze")
_AROUND = st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 11, 1), datetime(2026, 4, 5)])
_MINUTES = st.integers(-7 * 24 * 4, 7 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
_LENGTHS = st.integers(1, 3 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def clocks() -> st.SearchStrategy[datetime]:
    """Local times in the weeks of clock changes, to the quarter of an hour."""
    return st.builds(lambda around, away: around + away, _AROUND, _MINUTES)


def plans() -> st.SearchStrategy[Period]:
    """Periods of up to three days, in UTC."""
    return st.builds(lambda start, length: Period(start, start + length), clocks().map(_in_utc), _LENGTHS)


def rules() -> st.SearchStrategy[str]:
    """Recurrence rules that a calendar may have."""
    days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join)
    nth = st.builds("{}{}".format, st.sampled_from(["1", "2", "-1"]), st.sampled_from(DAYS))
    interval = st.sampled_from(["", ";INTERVAL=2", ";INTERVAL=3"])
    ending = st.sampled_from(["", ";COUNT=3", ";UNTIL=20261101", ";UNTIL=20261025T010000Z", ";UNTIL=20261025T023000"])
    frequency = st.one_of(
        st.just("FREQ=DAILY"),
        days.map("FREQ=DAILY;BYDAY={}".format),
        days.map("FREQ=WEEKLY;BYDAY={}".format),
        nth.map("FREQ=MONTHLY;BYDAY={}".format),
        st.integers(-31, 31).filter(bool).map("FREQ=MONTHLY;BYMONTHDAY={}".format),
        days.map("FREQ=MONTHLY;BYDAY={};BYSETPOS=-1".format),
        st.just("FREQ=YEARLY"),
        nth.map("FREQ=YEARLY;BYMONTH=3,10;BYDAY={}".format),
    )
    return st.builds("{}{}{}".format, frequency, interval, ending)


@st.composite
def entries(draw: st.DrawFn, *, kind: EntryKind | None = None) -> CalendarEntry:
    """An entry that concerns every CI."""
    zone, start = draw(st.sampled_from(ZONES)), draw(clocks())
    end = start + draw(_LENGTHS)
    if moment_of(end, zone) <= moment_of(start, zone):
        end = start + timedelta(hours=3)
    repeat = draw(st.just("") | rules())
    chosen: EntryKind = draw(st.sampled_from(KINDS)) if kind is None else kind
    return CalendarEntry(chosen, "entry", start, end, zone, repeat)


def _in_utc(clock: datetime) -> datetime:
    return clock.replace(tzinfo=UTC)
