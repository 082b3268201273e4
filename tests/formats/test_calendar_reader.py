"""The calendar as a file: what is read, what is refused with its place, and what editors are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
import yaml
from hypothesis import given

from cmdb.changes.periods import Period
from cmdb.changes.recurrence import occurrences
from cmdb.formats.calendar_reader import read_calendar
from cmdb.formats.json_schema import calendar_schema
from cmdb.formats.places import Places
from cmdb.formats.recurrence_rules import parts_of
from cmdb.model.calendar import CalendarEntry
from cmdb.testing.calendars import rules
from cmdb.workspace import Workspace

PATH = "baselines/calendar.yaml"


def problems(text: str) -> list[str]:
    """Line, column and message of every problem."""
    _, found, unread = read_calendar(PATH, text.encode())
    assert unread is bool(found)
    located = Places(lambda _: text.encode()).located(found)
    return [f"{one.location.line}:{one.location.column} {one.message}" for one in located if one.location]


def test_an_entry_is_read_whole() -> None:
    text = """\
zone: Europe/Berlin
freezes:
  - name: sale
    from: 2026-11-27
    to: 2026-11-30T06:00
    zone: UTC
    repeat: FREQ=YEARLY
    applies_to: +shop
    reason: Black Friday
    approved_by: team-shop
"""
    (entry,), wrong, _ = read_calendar(PATH, text.encode())
    assert wrong == []
    assert entry == CalendarEntry(
        "freeze",
        "sale",
        datetime(2026, 11, 27),
        datetime(2026, 11, 30, 6),
        "UTC",
        "FREQ=YEARLY",
        "+shop",
        "Black Friday",
        "team-shop",
    )


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("from: 2026-01-01", "2:5 the field 'to' is missing"),
        ("from: 2026-02-30, to: 2026-03-01", "2:15 from: '2026-02-30' is not in the calendar"),
        ("from: soon, to: 2026-03-01", "2:15 from: 'soon' is no day (2026-12-24) and no time (2026-12-24T22:00)"),
        ("from: 2026-01-01T25:00Z, to: 2026-03-01", "2:15 from: '2026-01-01T25:00Z' is not in the calendar"),
        (
            "from: 2026-01-01T20:00, to: 2026-01-02",
            "2:15 from: '2026-01-01T20:00' means nothing without a zone; write 'zone: Europe/Berlin', or "
            "2026-01-01T20:00Z for UTC",
        ),
        ("from: 2026-01-02, to: 2026-01-01", "2:33 the window 'w' ends before it begins"),
        ("from: 1969-12-31, to: 2026-01-01", "2:15 from: a calendar knows the years 1970 to 2999"),
        ("from: 2026-01-01, to: 9999-12-31", "2:33 to: a calendar knows the years 1970 to 2999"),
        ("from: 2026-01-01, to: 3000-01-01", "2:33 to: a calendar knows the years 1970 to 2999"),
        ("from: 2026-01-01, to: 2026-01-02, zone: Europe/Berln", "2:49 there is no time zone 'Europe/Berln'"),
        ("from: 2026-01-01, to: 2026-01-02, zone: ../../etc/passwd", "2:49 there is no time zone '../../etc/passwd'"),
        ("from: 2026-01-01, to: 2026-01-02, zone: localtime", "2:49 there is no time zone 'localtime'"),
        ("from: 2026-01-01, to: 2026-01-02, zone: Europe", "2:49 there is no time zone 'Europe'"),
        ("from: 2026-01-01, to: 2026-01-02, until: 3", "2:49 there is no field 'until' here"),
        ("from: 2026-01-01, to: 2026-01-02, repeat: FREQ=WEEKLY;BYDAY=SA,SU", "2:78 there is no field 'SU' here"),
        ("from: 2026-01-01, to: 2026-01-02, repeat: weekly", "2:49 repeat: 'WEEKLY' is no part of a recurrence rule; "
         "write FREQ=WEEKLY;BYDAY=SU"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(entry: str, problem: str) -> None:
    assert problems(f"windows:\n  - {{name: w, {entry}}}\n") == [problem]


def test_all_problems_are_told_at_once_and_the_rest_is_read() -> None:
    text = """\
zone: Mars/Olympus
windows: [1, {name: w, from: 2026-01-01, to: 2026-01-02}]
freeze: []
"""
    assert problems(text) == ["3:1 there is no field 'freeze' here"]
    text = text.replace("freeze: []\n", "")
    assert problems(text) == [
        "1:1 there is no time zone 'Mars/Olympus'",
        "2:11 a window is a mapping with 'name', 'from' and 'to'",
    ]
    assert [one.name for one in read_calendar(PATH, text.encode())[0]] == ["w"]
    assert problems("windows: 5\n") and problems("- 5\n") and problems("windows: [\n")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=HOURLY", "a recurrence rule says how often: FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("BYDAY=SU", "a recurrence rule says how often: FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ stands twice in the recurrence rule"),
        ("FREQ=DAILY;", "'' is no part of a recurrence rule; write FREQ=WEEKLY;BYDAY=SU"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=DAILY;COUNT=-1", "COUNT=-1 is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=WEEKLY;BYDAY=1SU", "BYDAY=1SU is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=MONTHLY;BYDAY=54SU", "BYDAY=54SU is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32 is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH=13 is no part of a recurrence rule as RFC 5545 has it"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS picks from the days of another BY part, and there is none"),
        ("FREQ=DAILY;COUNT=1;UNTIL=20260101", "COUNT and UNTIL exclude each other"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL=20260230 is no day of the calendar"),
        ("FREQ=DAILY;UNTIL=99991231", "UNTIL=99991231 is no day of the calendar"),
        ("FREQ=DAILY;BYMOTH=1", "BYMOTH cannot stand in a DAILY rule; did you mean 'BYMONTH'?"),
        (
            "FREQ=DAILY;BYMONTHDAY=31",
            "BYMONTHDAY cannot stand in a DAILY rule; did you mean 'BYMONTH'?",
        ),
        (
            "FREQ=WEEKLY;BYHOUR=3",
            "BYHOUR cannot stand in a WEEKLY rule; it may have FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYDAY",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_in_words(rule: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        parts_of(rule)


@given(rules())
def test_whatever_rule_is_taken_can_be_followed(rule: str) -> None:
    parts_of(rule)
    entry = CalendarEntry("window", "w", datetime(2026, 1, 1, 22), datetime(2026, 1, 2), "Europe/Berlin", rule)
    year = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert len(list(occurrences(entry, year))) <= 366


def test_check_knows_the_calendar_and_a_past_freeze_is_no_problem() -> None:
    files = {
        "inventory/w.yaml": "{kind: server, id: web-1}\n",
        PATH: "freezes:\n  - {name: old, from: 2020-01-01, to: 2020-01-02, applies_to: web-1}\n",
    }
    workspace = Workspace.of(files)
    assert workspace.check(datetime(2026, 11, 1).date()) == ()
    assert [one.name for one in workspace.baselines.calendar] == ["old"]
    broken = Workspace.of({**files, PATH: files[PATH].replace("web-1", "web-9")})
    (problem,) = broken.check(datetime(2026, 11, 1).date())
    assert (problem.code, str(problem.where)) == ("invalid-calendar", f"{PATH}:2:51")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("windows: [{name: w, from: 2026-01-01, to: 2026-01-02, repeat: FREQ=DAILY}]", True),
        ("zone: UTC\nfreezes: []\nwindows:\n", True),
        ("windows: [{name: w, from: 2026-01-01}]", False),
        ("windows: [{name: w, from: 2026-01-01, to: 2026-01-02, repat: FREQ=DAILY}]", False),
        ("freeze: []", False),
    ],
)
def test_editors_are_told_the_same(text: str, right: bool) -> None:
    schema, validator = calendar_schema(), import_module("jsonschema").Draft202012Validator
    validator.check_schema(schema)
    raw: Any = yaml.load(text, yaml.BaseLoader)
    raw = {name: item or None for name, item in raw.items()}
    assert validator(schema).is_valid(raw) is right
