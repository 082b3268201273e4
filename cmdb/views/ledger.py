"""What `cmdb ledger` tells: what has counted longest, what keeps coming back, how long repairs take, and the trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cmdb.ledger.history import Day, Episode, History, Known, Repairs
from cmdb.model.document import Block, Document, Heading, Inline, Paragraph, Span, Table
from cmdb.model.value import Value
from cmdb.model.words import STYLES, several

DAYS = 14
"""Of the trend that people get; programs get all."""


def payload(history: History) -> dict[str, Value]:
    """`summary`, `deviations` with their episodes, `repairs` and `trend`; spans of time are in seconds."""
    return {
        "summary": summary(history),
        "deviations": [_known(known) for known in history.deviations],
        "repairs": [_repairs(repairs) for repairs in history.repairs()],
        "trend": [_day(day) for day in history.trend()],
    }


def summary(history: History) -> dict[str, Value]:
    """The runs, how many deviations are in which state, and how long a repair takes on average (null: none was)."""
    states = Counter(known.state for known in history.deviations)
    mean = history.mean_time_to_repair
    return {
        "runs": len(history.runs),
        "first_run": _data(history.runs[0].moment if history.runs else None),
        "last_run": _data(history.runs[-1].moment if history.runs else None),
        **{state: states[state] for state in ("open", "excused", "resolved", "dropped")},
        "flapping": sum(known.flaps > 0 for known in history.deviations),
        "mean_time_to_repair": None if mean is None else mean.total_seconds(),
    }


def document(history: History) -> Document:
    """The same for people: what is open, the oldest first; what flaps; the last days."""
    if not history.runs:
        return Document((Paragraph("No run of cmdb drift is remembered here."),))
    blocks: list[Block] = []
    last = history.runs[-1].moment
    open_ = sorted(history.deviations, key=lambda known: (known.open_since or last, known.id))
    blocks += _section("Open, the oldest first", [_age(k, last) for k in open_ if k.open_since], _OPEN)
    flapping = sorted((k for k in history.deviations if k.flaps), key=lambda known: (-known.flaps, known.id))
    blocks += _section("Came back after it was put right", map(_flap, flapping), _FLAPS)
    blocks += _section("Time to repair", map(_repaired, history.repairs()), _REPAIRS)
    blocks += _section("Trend", map(_trend, history.trend()[-DAYS:]), _TREND)
    return Document((*blocks, Paragraph(_said(history))))


_OPEN = ("severity", "CI or thing", "path", "outcome", "since", "age")
_FLAPS = ("CI or thing", "path", "times", "last seen", "state")
_REPAIRS = ("severity", "repairs", "mean", "longest")
_TREND = ("day", "runs", "incomplete", "new", "resolved", "open")


def _section(title: str, rows: Iterable[tuple[Inline, ...]], columns: Sequence[str]) -> list[Block]:
    found = tuple(rows)
    return [Heading(title), Table(tuple(columns), found)] if found else []


def _age(known: Known, last: datetime) -> tuple[Inline, ...]:
    since = known.open_since or last
    severity = Span(known.severity.label, STYLES[known.severity])
    return severity, _who(known), Span(known.id.path, "path"), known.id.outcome, f"{since:%Y-%m-%d}", span(last - since)


def _flap(known: Known) -> tuple[Inline, ...]:
    return _who(known), Span(known.id.path, "path"), str(known.flaps), f"{known.last_seen:%Y-%m-%d}", known.state


def _repaired(repairs: Repairs) -> tuple[Inline, ...]:
    severity = "all" if repairs.severity is None else Span(repairs.severity.label, STYLES[repairs.severity])
    return severity, str(repairs.resolutions), span(repairs.mean), span(repairs.longest)


def _trend(day: Day) -> tuple[Inline, ...]:
    return tuple(map(str, (day.day, day.runs, day.incomplete, day.opened, day.resolved, day.open)))


def _who(known: Known) -> Span:
    return Span(known.id.ci or f"{known.id.source}: {known.id.key}", "id")


def _said(history: History) -> str:
    counted = summary(history)
    since = f"{history.runs[0].moment:%Y-%m-%d}"
    states = ", ".join(f"{counted[state]} {state}" for state in ("open", "excused", "resolved", "dropped"))
    return f"{states}; {several(counted['runs'], 'run')} since {since}."


def span(length: timedelta) -> str:
    """A span of time with its two largest units."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} min"


def _known(known: Known) -> dict[str, Value]:
    return {
        "outcome": known.id.outcome,
        "ci": known.id.ci or None,
        "source": known.id.source or None,
        "key": known.id.key or None,
        "kind": known.kind,
        "path": known.id.path,
        "severity": known.severity.label,
        "state": known.state,
        "first_seen": _data(known.first_seen),
        "last_seen": _data(known.last_seen),
        "open_since": _data(known.open_since),
        "runs": known.runs,
        "flaps": known.flaps,
        "resolutions": known.resolutions,
        "episodes": [_episode(episode) for episode in known.episodes],
    }


def _episode(episode: Episode) -> dict[str, Value]:
    return {"opened": _data(episode.opened), "closed": _data(episode.closed), "ending": episode.ending}


def _repairs(repairs: Repairs) -> dict[str, Value]:
    return {
        "severity": None if repairs.severity is None else repairs.severity.label,
        "resolutions": repairs.resolutions,
        "mean": repairs.mean.total_seconds(),
        "longest": repairs.longest.total_seconds(),
    }


def _day(day: Day) -> dict[str, Value]:
    return {
        "day": day.day.isoformat(),
        "runs": day.runs,
        "incomplete": day.incomplete,
        "opened": day.opened,
        "resolved": day.resolved,
        "open": day.open,
    }


def _data(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
