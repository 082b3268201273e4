"""Dates, points in time, and spans of time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache

from cmdb.model.kind import Attribute
from cmdb.model.types.numbers import decimal, exact, numeric, rounded
from cmdb.model.types.protocol import AttributeType, WrongValue, shown
from cmdb.model.value import Value

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
_DATETIME = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[Tt]|[ ]+)({_CLOCK})[ ]*([Zz]|[-+][0-9]{{2}}(?::?[0-9]{{2}})?)?"
)
_CANONICAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_DAY = 86_400
_SPANS = {"w": 7 * _DAY, "d": _DAY, "h": 3600, "m": 60, "s": 1}
_SMALL = {"ms": Fraction(1, 1000), "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6), "ns": Fraction(1, 10**9)}
_WORDS = {"week": "w", "day": "d", "hour": "h", "hr": "h", "minute": "m", "min": "m", "second": "s", "sec": "s"}
_PART = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*(weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|ms|us|µs|ns|[wdhms])\s*"
)
_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_ISO = re.compile(
    rf"P(?=[0-9T])(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_ISO_CALENDAR = re.compile(r"P(?:[0-9.,]+Y|[0-9.,]+M).*")


def _read_date(_attribute: Attribute, raw: Value) -> Value:
    if isinstance(raw, str) and _DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw).isoformat()
        except ValueError:
            raise WrongValue(f"{shown(raw)} is no day of the calendar") from None
    raise WrongValue(f"{shown(raw)} is no date; write it as 2026-11-30")


def _read_datetime(_attribute: Attribute, raw: Value) -> Value:
    found = _DATETIME.fullmatch(raw) if isinstance(raw, str) else None
    if not found:
        raise WrongValue(f"{shown(raw)} is no point in time; write it as 2026-11-30T23:15:00Z")
    day, clock, offset = found.groups()
    if not offset:
        raise WrongValue(f"{shown(raw)} has no offset; write {day}T{clock}Z for UTC, or {day}T{clock}+01:00")
    try:
        return _in_utc(f"{day}T{clock.replace(',', '.')}{offset.upper()}")
    except (ValueError, OverflowError):
        raise WrongValue(f"{shown(raw)} is no point in time of the calendar") from None


def _in_utc(text: str) -> str:
    if _CANONICAL.fullmatch(text):
        datetime.fromisoformat(text)
        return text
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(_attribute: Attribute, value: Value) -> datetime:
    return datetime.fromisoformat(value)


def _read_duration(_attribute: Attribute, raw: Value) -> Value:
    seconds = numeric(raw)
    if seconds is None and isinstance(raw, str):
        seconds = _span(raw)
    if seconds is not None:
        return seconds
    hint = "years and months differ in length, so write days" if _calendar(raw) else "write 90s, 1h30m, 7d or PT1H30M"
    raise WrongValue(f"{shown(raw)} is no duration; {hint}")


def _calendar(raw: Value) -> bool:
    return isinstance(raw, str) and _ISO_CALENDAR.match(raw) is not None


@lru_cache(maxsize=4096)
def _span(text: str) -> int | float | None:
    unsigned = text[1:] if text[:1] in ("-", "+") else text
    try:
        seconds = _iso(unsigned) if unsigned[:1] == "P" else _parts(unsigned)
    except ValueError:
        return None
    if seconds is None:
        return None
    return rounded(-seconds if text[0] == "-" else seconds)


def _parts(text: str) -> Fraction | None:
    """The sum of `1h 30m`: units from large to small, each at most once."""
    total, position, last = Fraction(0), 0, Fraction(10 * _SPANS["w"])
    while position < len(text):
        found = _PART.match(text, position)
        size = _size(found[2]) if found else last
        if not found or size >= last:
            return None
        total, position, last = total + exact(found[1]) * size, found.end(), size
    return total if position else None


def _size(unit: str) -> Fraction:
    small = _SMALL.get(unit)
    return small if small is not None else Fraction(_SPANS[_WORDS.get(unit.removesuffix("s"), unit)])


def _iso(text: str) -> Fraction | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    numbers = (exact(number.replace(",", ".")) if number else Fraction(0) for number in found.groups())
    return sum((number * size for number, size in zip(numbers, _SPANS.values(), strict=True)), Fraction(0))


def _date_measure(_attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    return "s", Fraction(date.fromisoformat(value).toordinal() * _DAY)


def _datetime_measure(attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    since = _moment(attribute, value) - datetime(1, 1, 1, tzinfo=UTC)
    return "s", Fraction(since.days * _DAY + since.seconds) + Fraction(since.microseconds, 10**6)


def _duration_measure(_attribute: Attribute, value: Value) -> tuple[str, Fraction]:
    return "s", exact(value)


def _duration_text(_attribute: Attribute, value: Value) -> str:
    if isinstance(value, float):
        return f"{decimal(value)}s"
    parts, rest = [], abs(value)
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, _SPANS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if value < 0 else "") + ("".join(parts) or "0s")


DATE = AttributeType(
    _read_date, order=lambda _attribute, value: value, measure=_date_measure, tolerance="duration", takes_pattern=True
)
DATETIME = AttributeType(
    _read_datetime, order=_moment, measure=_datetime_measure, tolerance="duration", takes_pattern=True
)
DURATION = AttributeType(
    _read_duration, order=lambda _attribute, value: value, measure=_duration_measure, text=_duration_text
)
