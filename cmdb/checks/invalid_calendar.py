"""The calendar has an entry that cannot be used: a time, a time zone, a recurrence rule or a selector that is wrong.

A freeze that nobody can read protects nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.graph.selectors import SelectorError, understood
from cmdb.model.calendar import CalendarEntry
from cmdb.model.problem import Problem

CODE = "invalid-calendar"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem that reading the calendar met, and every wrong selector in it."""
    yield from facts.found.get(CODE, ())
    for entry in facts.baselines.calendar:
        try:
            if entry.applies_to is not None:
                understood(entry.applies_to, facts.inventory)
        except SelectorError as error:
            yield _wrong(entry, error)


def _wrong(entry: CalendarEntry, error: SelectorError) -> Problem:
    return Problem(
        CODE,
        f"{entry.kind} '{entry.name}': {error.reason}",
        where=entry.place.at("applies_to"),
        hint=f"column {error.position + 1} of the selector",
        subject=entry.name,
    )
