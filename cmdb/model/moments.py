"""Days as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


def end_of(moment: date | datetime) -> datetime:
    """A moment as it is; a date as its last instant in UTC."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.max, UTC)
