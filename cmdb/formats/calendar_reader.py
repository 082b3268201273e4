"""`baselines/calendar.yaml`: maintenance windows and freezes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from cmdb.formats.calendar_shapes import CalendarShape, EntryShape
from cmdb.formats.reading import Entry, nearest, read_precise
from cmdb.formats.recurrence_rules import parts_of
from cmdb.formats.shapes import shaped
from cmdb.model.calendar import FIRST_YEAR, LAST_YEAR, CalendarEntry, EntryKind
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import Value
from cmdb.model.zones import UnknownZone, local, moment_of, zone_names, zone_of

T = TypeVar("T")

CODE = "invalid-calendar"
FIELDS = ("name", "from", "to", "zone", "repeat", "applies_to", "reason", "approved_by")
KINDS: dict[str, EntryKind] = {"windows": "window", "freezes": "freeze"}

Report = Callable[[Problem], None]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(Z|[-+][0-9]{2}:?[0-9]{2})?")


def read_calendar(path: str, data: bytes) -> tuple[list[CalendarEntry], list[Problem], bool]:
    """The entries that are right, the problems of the others, and whether there are such."""
    reading = read_precise(path, data)
    problems = list(reading.problems)
    found = [one for entry in reading.entries for one in _calendar(entry, problems.append)]
    return found, problems, bool(problems)


def _calendar(calendar: Entry, report: Report) -> Iterator[CalendarEntry]:
    place = calendar.place
    shape = _shaped(CalendarShape, calendar.raw, place, report)
    if shape is None:
        return
    usual = shape.zone
    if usual is not None and not _is_zone(usual, place.at("zone"), report):
        usual = "UTC"
    for name, kind in KINDS.items():
        for position, item in enumerate(getattr(shape, name)):
            yield from _entry(kind, item, usual, place.at(name, position), report)


def _entry(kind: EntryKind, raw: Any, usual: str | None, place: Place, report: Report) -> Iterator[CalendarEntry]:
    if not isinstance(raw, dict):
        report(_wrong(f"a {kind} is a mapping with 'name', 'from' and 'to'", place))
        return
    for name in _split_off(raw):
        hint = "where it is the end of a value, quote that: in brackets a comma ends it"
        report(Problem("unknown-field", f"there is no field '{name}' here", where=place.at(name), hint=hint))
    shape = _shaped(EntryShape, raw, place, report)
    if shape is None or (shape.zone is not None and not _is_zone(shape.zone, place.at("zone"), report)):
        return
    zone = shape.zone or usual
    start = _when(shape.start, zone, place.at("from"), "from", report)
    end = _when(shape.end, zone, place.at("to"), "to", report)
    if start is None or end is None or not _is_rule(shape.repeat, place.at("repeat"), report):
        return
    entry = CalendarEntry(
        kind,
        shape.name,
        start,
        end,
        zone or "UTC",
        shape.repeat or "",
        shape.applies_to,
        shape.reason,
        shape.approved_by,
        place,
    )
    if _lasts(entry):
        yield entry
    else:
        report(_wrong(f"the {kind} '{shape.name}' ends before it begins", place.at("to"), "correct one of the times"))


def _split_off(raw: Mapping[str, Value]) -> Iterator[str]:
    """Names without a value that are no fields, such as the second day of `{repeat: FREQ=WEEKLY;BYDAY=SA,SU}`."""
    return (name for name, item in raw.items() if item is None and name not in FIELDS)


def _shaped(shape: type[T], raw: dict[str, Any], place: Place, report: Report) -> T | None:
    found, problems = shaped(shape, raw, place)
    for problem in problems:
        report(problem)
    return found


def _when(written: str, zone: str | None, place: Place, end: Literal["from", "to"], report: Report) -> datetime | None:
    """The local time that is meant. The last day belongs to a period, so that `to` is the beginning of the next one."""
    try:
        found = _local(written, zone, end)
    except ValueError as error:
        report(_wrong(f"{end}: {error}", place))
        return None
    except OverflowError:
        found = datetime.max
    if FIRST_YEAR <= found.year <= LAST_YEAR:
        return found
    report(_wrong(f"{end}: a calendar knows the years {FIRST_YEAR} to {LAST_YEAR}", place))
    return None


def _local(written: str, zone: str | None, end: Literal["from", "to"]) -> datetime:
    if _DAY.fullmatch(written):
        day = _parsed(written)
        return day if end == "from" else day + timedelta(days=1)
    found = _TIME.fullmatch(written)
    if found is None:
        raise ValueError(f"'{written}' is no day (2026-12-24) and no time (2026-12-24T22:00)")
    moment = _parsed(written)
    if found[1]:
        return local(moment, zone or "UTC")
    if zone is None:
        raise ValueError(
            f"'{written}' means nothing without a zone; write 'zone: Europe/Berlin', or {written}Z for UTC"
        )
    return moment


def _parsed(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"'{written}' is not in the calendar") from None


def _lasts(entry: CalendarEntry) -> bool:
    return moment_of(entry.start, entry.zone) < moment_of(entry.end, entry.zone) and (
        not entry.repeat or entry.start < entry.end
    )


def _is_zone(name: str, place: Place, report: Report) -> bool:
    try:
        zone_of(name)
    except UnknownZone:
        hint = nearest(name, zone_names()) or "names of the IANA database, such as Europe/Berlin or UTC"
        report(_wrong(f"there is no time zone '{name}'", place, hint))
        return False
    return True


def _is_rule(rule: str | None, place: Place, report: Report) -> bool:
    try:
        if rule is not None:
            parts_of(rule)
    except ValueError as error:
        report(_wrong(f"repeat: {error}", place))
        return False
    return True


def _wrong(message: str, place: Place, hint: str = "") -> Problem:
    return Problem(CODE, message, where=place, hint=hint)
