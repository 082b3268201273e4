"""When an entry of the calendar takes place: the door of python-dateutil, which knows the rules of RFC 5545.

Rules are worked out in local time and only then turned into moments, so that a window from 22:00 to 06:00 is just that
on every night, also when clocks are put forward or back in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from cmdb.changes.periods import Period
from cmdb.model.calendar import CalendarEntry
from cmdb.model.zones import local, moment_of

_A_DAY = timedelta(days=1)
"""More than any two zones or two sides of a clock change are apart."""
_FOUR_CENTURIES = timedelta(days=146_097)
"""After them days and weekdays fall as they did. dateutil looks for a day that never comes up to the year 9999, so it
works as near to that as it can: a rule without any costs milliseconds then, and not seconds."""
_LAST_YEAR = 9990


def occurrences(entry: CalendarEntry, within: Period) -> Iterator[Period]:
    """Every time that an entry takes place and that has a moment in a period, in UTC, the earliest first."""
    for start, end in _repeated(entry, within) if entry.repeat else ((entry.start, entry.end),):
        begins, ends = moment_of(start, entry.zone), moment_of(end, entry.zone)
        if begins < ends and begins < within.end and within.start < ends:
            yield Period(begins, ends)


def _repeated(entry: CalendarEntry, within: Period) -> Iterator[tuple[datetime, datetime]]:
    """The local times of those that may have a moment in a period."""
    from dateutil.rrule import rrulestr

    length = entry.end - entry.start
    earliest = local(within.start, entry.zone) - length - _A_DAY
    latest = local(within.end, entry.zone) + _A_DAY
    late = (_LAST_YEAR - max(latest, entry.start).year) // 400 * _FOUR_CENTURIES
    rule = rrulestr(_naive(entry, late), dtstart=entry.start + late)
    for start in rule.between(earliest + late, latest + late, inc=True):
        yield start - late, start - late + length


def _naive(entry: CalendarEntry, late: timedelta) -> str:
    """The rule with its end as a local time, which is what the rest of it is about; a day counts to its end."""
    parts = entry.repeat.upper().removeprefix("RRULE:").split(";")
    return ";".join(_until(part, entry, late) if part.strip().startswith("UNTIL") else part for part in parts)


def _until(part: str, entry: CalendarEntry, late: timedelta) -> str:
    written = part.partition("=")[2].strip()
    if "T" not in written:
        last = datetime.combine(datetime.strptime(written, "%Y%m%d"), time.max)
    elif written.endswith("Z"):
        last = local(datetime.strptime(f"{written[:-1]}+0000", "%Y%m%dT%H%M%S%z"), entry.zone)
    else:
        last = datetime.strptime(written, "%Y%m%dT%H%M%S")
    return f"UNTIL={last + min(late, datetime.max - last):%Y%m%dT%H%M%S}"
