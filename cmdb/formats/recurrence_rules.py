"""Recurrence rules of RFC 5545 as a calendar may have them: by days, weeks, months or years.

The time of day is that of the entry's beginning, so rules by the hour and finer are refused, and so are combinations
that would search centuries for a day that never comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from cmdb.formats.reading import nearest
from cmdb.model.calendar import LAST_YEAR

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NTH_DAY = rf"[-+]?(?:[1-9]|[1-4][0-9]|5[0-3]){_DAY}"
_DAY_OF_MONTH = r"[-+]?(?:[1-9]|[12][0-9]|3[01])"
_DAY_OF_YEAR = r"[-+]?(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"
_WEEK = r"[-+]?(?:[1-9]|[1-4][0-9]|5[0-3])"
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z?)?")


def _list_of(item: str) -> re.Pattern[str]:
    return re.compile(rf"{item}(?:,{item})*")


_ALWAYS: Mapping[str, re.Pattern[str]] = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": _NUMBER,
    "COUNT": _NUMBER,
    "UNTIL": _UNTIL,
    "WKST": re.compile(_DAY),
    "BYMONTH": _list_of(r"(?:[1-9]|1[0-2])"),
}
_MONTHLY: Mapping[str, re.Pattern[str]] = {
    **_ALWAYS,
    "BYDAY": _list_of(rf"(?:{_NTH_DAY}|{_DAY})"),
    "BYMONTHDAY": _list_of(_DAY_OF_MONTH),
    "BYSETPOS": _list_of(_DAY_OF_YEAR),
}
_PARTS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "DAILY": {**_ALWAYS, "BYDAY": _list_of(_DAY)},
    "WEEKLY": {**_ALWAYS, "BYDAY": _list_of(_DAY)},
    "MONTHLY": _MONTHLY,
    "YEARLY": {**_MONTHLY, "BYYEARDAY": _list_of(_DAY_OF_YEAR), "BYWEEKNO": _list_of(_WEEK)},
}
"""By frequency: the parts that a rule may have, and what they look like."""


def parts_of(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in capitals. Raises `ValueError`, which says what is wrong, for a rule that cannot
    be used."""
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, sign, value = (word.strip() for word in part.partition("="))
        if not sign:
            raise ValueError(f"'{part}' is no part of a recurrence rule; write FREQ=WEEKLY;BYDAY=SU")
        if name in parts:
            raise ValueError(f"{name} stands twice in the recurrence rule")
        parts[name] = value
    for wrong in _wrong(parts):
        raise ValueError(wrong)
    return parts


def _wrong(parts: Mapping[str, str]) -> Iterator[str]:
    known = _PARTS.get(parts.get("FREQ", ""))
    if known is None:
        yield f"a recurrence rule says how often: FREQ is one of {', '.join(FREQUENCIES)}"
        return
    for name, value in parts.items():
        if name not in known:
            yield f"{name} cannot stand in a {parts['FREQ']} rule; {nearest(name, tuple(known)) or _may(known)}"
        elif not known[name].fullmatch(value):
            yield f"{name}={value} is no part of a recurrence rule as RFC 5545 has it"
    if "COUNT" in parts and "UNTIL" in parts:
        yield "COUNT and UNTIL exclude each other"
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & parts.keys():
        yield "BYSETPOS picks from the days of another BY part, and there is none"
    if "UNTIL" in parts and not _is_day(parts["UNTIL"]):
        yield f"UNTIL={parts['UNTIL']} is no day of the calendar"


def _is_day(written: str) -> bool:
    found = _UNTIL.fullmatch(written)
    try:
        return found is not None and date(*map(int, found.groups())).year <= LAST_YEAR
    except ValueError:
        return False


def _may(known: Mapping[str, object]) -> str:
    return f"it may have {', '.join(known)}"
