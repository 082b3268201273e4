"""The shape of a calendar: what pydantic and the JSON Schema for editors know of it."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from cmdb.formats.shapes import STRICT, Text

When = Annotated[Text, Field(description="A day (2026-12-24), a local time (2026-12-24T22:00), or one with an offset.")]
Zone = Annotated[Text, Field(description="A name of the IANA time zone database, such as Europe/Berlin.")]
Rule = Annotated[Text, Field(description="A recurrence rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU.")]


@dataclass(config=STRICT, frozen=True)
class EntryShape:
    """A maintenance window or a freeze."""

    name: Text
    start: Annotated[When, Field(alias="from")]
    end: Annotated[When, Field(alias="to")]
    zone: Zone | None = None
    repeat: Rule | None = None
    applies_to: Text | None = None
    reason: Text = ""
    approved_by: Text | None = None


@dataclass(config=STRICT, frozen=True)
class CalendarShape:
    """Maintenance windows and freezes; `zone` is that of all entries without one of their own."""

    zone: Zone | None = None
    windows: list[Any] = field(default_factory=list)
    freezes: list[Any] = field(default_factory=list)
