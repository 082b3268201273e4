"""What went wrong lately with CIs: the drift that a ledger remembers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from cmdb.changes.circumstances import Trouble
from cmdb.ledger import History

LATELY = timedelta(days=90)
"""How long ago something may have been to count."""


def drifted_lately(history: History, as_of: date) -> Iterator[Trouble]:
    """The CIs that a ledger saw deviating in the 90 days up to a day."""
    for known in history.deviations:
        if known.id.ci and known.episodes and _lately(known.last_seen, as_of):
            yield Trouble(known.id.ci, "drift", known.id.path, known.last_seen)


def _lately(moment: datetime, as_of: date) -> bool:
    end = as_of if isinstance(as_of, datetime) else datetime.combine(as_of, time.max, UTC)
    return end - LATELY <= moment <= end
