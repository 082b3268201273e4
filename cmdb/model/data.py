"""Typed results as data for programs, the same way for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import Enum

from cmdb.model.value import Value


def as_data(value: object) -> Value:
    """The value as JSON has it: dataclasses as objects of their public fields, tuples and sets as arrays, statuses and
    severities as words, durations in seconds, moments in ISO 8601. Mappings and sets are sorted. Raises `TypeError` for
    what has no such form."""
    if value is None or isinstance(value, str | bool) or type(value) in (int, float):
        return value
    if isinstance(value, Enum):
        return getattr(value, "label", value.name.lower())
    if is_dataclass(value) and not isinstance(value, type):
        public = [each.name for each in fields(value) if not each.name.startswith("_")]
        return {name: as_data(getattr(value, name)) for name in public}
    if isinstance(value, Mapping):
        return {str(key): as_data(value[key]) for key in sorted(value)}
    if isinstance(value, set | frozenset):
        return [as_data(item) for item in sorted(value)]
    if isinstance(value, list | tuple):
        return [as_data(item) for item in value]
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form as data")
