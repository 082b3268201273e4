"""When a workspace wants changes, and when it wants none: maintenance windows and freezes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cmdb.model.location import Place

EntryKind = Literal["window", "freeze"]
FIRST_YEAR, LAST_YEAR = 1970, 2999
"""A calendar speaks of these years and those between them."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A maintenance window or a freeze, from `start` up to, not including, `end`.

    Both are without an offset: what the clocks of `zone` (a name of the IANA database) show. `repeat` is a recurrence
    rule of RFC 5545 that begins with `start`; empty means once. `applies_to` None concerns every CI.
    """

    kind: EntryKind
    name: str
    start: datetime
    end: datetime
    zone: str = "UTC"
    repeat: str = ""
    applies_to: str | None = None
    reason: str = ""
    approved_by: str | None = None
    place: Place = field(default=Place(""), compare=False)
