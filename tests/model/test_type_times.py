from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise, order, text
from cmdb.model.value import Value

DATE = Attribute("expires", "date")
DATETIME = Attribute("booted", "datetime")
DURATION = Attribute("uptime", "duration")


def test_a_date_stays() -> None:
    assert normalise(DATE, "2026-02-28") == "2026-02-28"
    assert normalise(DATE, "2028-02-29") == "2028-02-29"


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("2026-02-29", "no day of the calendar"),
        ("2026-13-01", "no day of the calendar"),
        ("0000-01-01", "no day of the calendar"),
        ("2026-2-1", "write it as 2026-11-30"),
        ("20261101", "write it as 2026-11-30"),
        ("01.11.2026", "write it as 2026-11-30"),
        ("2026-11-01T00:00:00Z", "write it as 2026-11-30"),
        (20261101, "20261101 is no date"),
        (True, "true is no date"),
        ("", "'' is no date"),
    ],
)
def test_what_is_no_date_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(DATE, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-11-01T02:00:00Z", "2026-11-01T02:00:00Z"),
        ("2026-11-01t02:00:00z", "2026-11-01T02:00:00Z"),
        ("2026-11-01 02:00:00Z", "2026-11-01T02:00:00Z"),
        ("2026-11-01T02:00Z", "2026-11-01T02:00:00Z"),
        ("2026-11-01T02:00:00+00:00", "2026-11-01T02:00:00Z"),
        ("2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00Z"),
        ("2026-11-01T02:00:00+0200", "2026-11-01T00:00:00Z"),
        ("2026-11-01T02:00:00+02", "2026-11-01T00:00:00Z"),
        ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"),
        ("2026-11-01T02:00:00.5Z", "2026-11-01T02:00:00.500000Z"),
        ("2026-11-01T02:00:00,5Z", "2026-11-01T02:00:00.500000Z"),
        ("2026-11-01T02:00:00.000Z", "2026-11-01T02:00:00Z"),
        ("2026-11-01T02:00:00.123456789Z", "2026-11-01T02:00:00.123456Z"),
    ],
)
def test_points_in_time_are_kept_in_utc(raw: str, value: str) -> None:
    assert normalise(DATETIME, raw) == value


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("2026-11-01T02:00:00", r"has no offset; write 2026-11-01T02:00:00Z for UTC, or 2026-11-01T02:00:00\+01:00"),
        ("2026-11-01 02:00", "has no offset"),
        ("2026-11-01", "write it as 2026-11-30T23:15:00Z"),
        ("2026-02-30T02:00:00Z", "of the calendar"),
        ("2026-11-01T25:00:00Z", "is no point in time"),
        ("2026-11-01T02:00:61Z", "is no point in time"),
        ("2026-11-01T02:00:00+99:00", "of the calendar"),
        ("0001-01-01T00:00:00+01:00", "of the calendar"),
        ("9999-12-31T23:59:00-01:00", "of the calendar"),
        (1762000000, "is no point in time"),
        (False, "is no point in time"),
    ],
)
def test_what_is_no_point_in_time_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(DATETIME, raw)


def test_fractions_of_a_second_count_in_the_order() -> None:
    later = normalise(DATETIME, "2026-11-01T02:00:00.5Z")
    assert order(DATETIME, "2026-11-01T02:00:00Z") < order(DATETIME, later) < order(DATETIME, "2026-11-01T02:00:01Z")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("90s", 90),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("7d", 604800),
        ("2w", 1209600),
        ("1w1d1h1m1s", 694861),
        ("1.5h", 5400),
        ("100ms", 0.1),
        ("1h 0.1s", 3600.1),
        ("5 minutes", 300),
        ("1 day 2 hours", 93600),
        ("-5m", -300),
        ("PT1H30M", 5400),
        ("P7D", 604800),
        ("P2W", 1209600),
        ("P1DT12H", 129600),
        ("PT0.5S", 0.5),
        ("PT0,5S", 0.5),
        (90, 90),
        (90.0, 90),
        (0.25, 0.25),
        ("90", 90),
        ("0.25", 0.25),
    ],
)
def test_durations(raw: Value, value: int | float) -> None:
    found = normalise(DURATION, raw)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("soon", "write 90s, 1h30m, 7d or PT1H30M"),
        ("5M", "write 90s"),
        ("1m1h", "write 90s"),
        ("1m1m", "write 90s"),
        ("1h30", "write 90s"),
        ("h", "write 90s"),
        ("P", "write 90s"),
        ("PT", "write 90s"),
        ("P1DT", "write 90s"),
        ("P1Y", "years and months differ in length, so write days"),
        ("P1M", "so write days"),
        ("", "write 90s"),
        ("-", "write 90s"),
        pytest.param("9" * 5000 + "s", "write 90s", id="nines"),
        (True, "true is no duration"),
        ([], "a list is no duration"),
    ],
)
def test_what_is_no_duration_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(DURATION, raw)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0s"), (90, "1m30s"), (5400, "1h30m"), (604800, "7d"), (-300, "-5m"), (0.1, "0.1s"), (1e-7, "0.0000001s")],
)
def test_durations_are_shown_in_units(value: int | float, written: str) -> None:
    assert text(DURATION, value) == written
