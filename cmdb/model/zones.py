"""Local times and what they are in UTC, by the IANA time zone database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_OF_THE_MACHINE = frozenset({"localtime", "posixrules", "Factory"})
"""Files beside the zones that mean something else on each machine."""


class UnknownZone(ValueError):
    """A name that is none of the database."""


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of a name. Raises `UnknownZone`."""
    if name in _OF_THE_MACHINE:
        raise UnknownZone(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(name) from None


def zone_names() -> tuple[str, ...]:
    """All names, sorted."""
    return tuple(sorted(available_timezones()))


def moment_of(clock: datetime, zone: str) -> datetime:
    """What the clocks of a zone show, in UTC. A time that clocks show twice is the first of the two, unless its `fold`
    says otherwise; one that they skip counts as if they had not yet been put forward, as RFC 5545 wants it."""
    return clock.replace(tzinfo=zone_of(zone)).astimezone(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at a moment, without an offset; `fold` tells times apart that they show twice."""
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)
