"""Sets of periods: united, intersected and subtracted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From a moment up to, not including, another; both with an offset, the first before the second."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def overlaps(self, other: Period) -> bool:
        """Whether some moment is in both."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Period) -> bool:
        """Whether every moment of another is in this one."""
        return self.start <= other.start and other.end <= self.end


Periods = tuple[Period, ...]
"""Sorted, without overlaps, and none touching the next, where a function here returns them."""


def united(periods: Iterable[Period]) -> Periods:
    """The moments in any of the periods."""
    found: list[Period] = []
    for period in sorted(periods):
        if found and period.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, period.end))
        else:
            found.append(period)
    return tuple(found)


def common(left: Sequence[Period], right: Sequence[Period]) -> Periods:
    """The moments in both of two sets."""
    found: list[Period] = []
    ones, others = list(united(left)), list(united(right))
    while ones and others:
        one, other = ones[-1], others[-1]
        if one.overlaps(other):
            found.append(Period(max(one.start, other.start), min(one.end, other.end)))
        (ones if one.start >= other.start else others).pop()
    return tuple(reversed(found))


def without(periods: Sequence[Period], others: Iterable[Period]) -> Periods:
    """The moments of the first set that are not in the second."""
    left = united(periods)
    for other in united(others):
        left = tuple(rest for period in left for rest in _rests(period, other))
    return left


def _rests(period: Period, other: Period) -> Iterator[Period]:
    if not period.overlaps(other):
        yield period
        return
    if period.start < other.start:
        yield Period(period.start, other.start)
    if other.end < period.end:
        yield Period(other.end, period.end)
