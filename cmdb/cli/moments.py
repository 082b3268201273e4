"""Durations and moments as people give them to options."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import click

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise

_DURATION = Attribute("duration", "duration", minimum=0)


def duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """Seconds, or what a duration in `cmdb.yaml` looks like: `90`, `90s`, `1h30m`. A callback; raises
    `BadParameter`."""
    if value is None:
        return None
    found = _duration(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no duration; write 90s, 10m or 1h30m.")
    return found


def when(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | timedelta | None:
    """A day (from its beginning in UTC), a moment with its offset, or how long before the moment that is meant. A
    callback; raises `BadParameter`."""
    if value is None:
        return None
    found = _moment(value) or _duration(value)
    if found is None:
        examples = "no day (2026-11-01), no moment (2026-11-01T02:00:00Z) and no duration (36h)"
        raise click.BadParameter(f"{value!r} is {examples}.")
    return found


def with_offset(value: str, otherwise: str) -> datetime:
    """A moment with its offset, in UTC. Raises `BadParameter`, which says `otherwise` of what is no moment."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is {otherwise}.") from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{value!r} needs an offset from UTC, such as {value}Z.")
    return moment.astimezone(UTC)


def before(when: datetime | timedelta, moment: datetime) -> datetime:
    """The moment that is meant."""
    return when if isinstance(when, datetime) else moment - when


def _duration(text: str) -> timedelta | None:
    try:
        return timedelta(seconds=normalise(_DURATION, text))
    except (WrongValue, OverflowError):
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
