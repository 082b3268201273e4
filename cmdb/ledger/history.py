"""What a ledger remembers, as values: every deviation with its times, how long repairs took, and the trend by day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from cmdb.model.drift import DeviationId
from cmdb.model.problem import Severity

State = Literal["open", "excused", "resolved", "dropped"]


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which a deviation counted. `ending` says what ended it: it was `resolved`, `excused` or `dropped`."""

    opened: datetime
    closed: datetime | None = None
    ending: State | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the deviation counted at a moment."""
        return self.opened <= moment and (self.closed is None or moment < self.closed)


@dataclass(frozen=True, slots=True)
class Known:
    """One deviation over all runs. `kind` is that of the thing; `runs` counts the runs that saw it, `resolutions` how
    often it was put right, `flaps` how often it came back after that. Episodes stand in the order of time."""

    id: DeviationId
    kind: str
    severity: Severity
    state: State
    first_seen: datetime
    last_seen: datetime
    runs: int = 1
    flaps: int = 0
    resolutions: int = 0
    episodes: tuple[Episode, ...] = ()

    @property
    def open_since(self) -> datetime | None:
        """When it last began to count; None where it does not count now."""
        return self.episodes[-1].opened if self.state == "open" and self.episodes else None

    def covers(self, moment: datetime) -> bool:
        """Whether it counted at a moment."""
        return any(episode.covers(moment) for episode in self.episodes)


@dataclass(frozen=True, slots=True)
class Past:
    """One run: when its sources saw what they did, how many deviations counted and how many were excused then, and
    whether it was incomplete."""

    moment: datetime
    deviations: int
    excused: int
    incomplete: bool


@dataclass(frozen=True, slots=True)
class Repairs:
    """How long deviations of one severity, or of all (None), counted before they were put right."""

    severity: Severity | None
    resolutions: int
    mean: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """One day in UTC on which there was a run: how many runs, how many of them incomplete, how many deviations began to
    count, how many were resolved, and how many counted when the day was over."""

    day: date
    runs: int
    incomplete: int
    opened: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a ledger remembers of one workspace: runs in the order of time, deviations sorted by id. `since`
    is the moment before which nothing was asked for."""

    runs: tuple[Past, ...] = ()
    deviations: tuple[Known, ...] = ()
    since: datetime | None = None

    def after(self, since: datetime) -> History:
        """What happened since a moment: its runs, and the deviations that counted or were seen then."""
        runs = tuple(run for run in self.runs if run.moment >= since)
        return replace(self, runs=runs, deviations=tuple(k for k in self.deviations if _later(k, since)), since=since)

    @property
    def mean_time_to_repair(self) -> timedelta | None:
        """How long a deviation counts, on average, before it is put right; None while none was. What was excused or
        dropped was not repaired."""
        repairs = self.repairs()
        return repairs[0].mean if repairs else None

    def repairs(self) -> tuple[Repairs, ...]:
        """The same for all, and then for each severity, the gravest first; empty while nothing was put right."""
        spans: dict[Severity | None, list[timedelta]] = defaultdict(list)
        for known in self.deviations:
            for episode in known.episodes:
                if episode.closed is not None and episode.ending == "resolved" and self._within(episode.closed):
                    spans[known.severity].append(episode.closed - episode.opened)
        if spans:
            spans[None] = [span for found in spans.values() for span in found]
        order = sorted(spans, key=lambda severity: (severity is not None, -(severity or 0)))
        return tuple(_repairs(severity, spans[severity]) for severity in order)

    def trend(self) -> tuple[Day, ...]:
        """Day by day; days without a run are not in it, since nobody looked."""
        runs: dict[date, list[Past]] = defaultdict(list)
        for run in self.runs:
            runs[_day(run.moment)].append(run)
        episodes = [episode for known in self.deviations for episode in known.episodes]
        opened = sorted(_day(episode.opened) for episode in episodes)
        closed = sorted(_day(episode.closed) for episode in episodes if episode.closed is not None)
        resolved = Counter(_day(e.closed) for e in episodes if e.closed is not None and e.ending == "resolved")
        return tuple(
            Day(
                day,
                len(found),
                sum(run.incomplete for run in found),
                bisect_right(opened, day) - bisect_left(opened, day),
                resolved[day],
                bisect_right(opened, day) - bisect_right(closed, day),
            )
            for day, found in sorted(runs.items())
        )

    def _within(self, moment: datetime) -> bool:
        return self.since is None or moment >= self.since


def _later(known: Known, since: datetime) -> bool:
    return known.last_seen >= since or any(e.closed is None or e.closed >= since for e in known.episodes)


def _repairs(severity: Severity | None, spans: list[timedelta]) -> Repairs:
    return Repairs(severity, len(spans), sum(spans, timedelta()) / len(spans), max(spans))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
