"""Between the rows of a ledger and values. A row that no ledger ever wrote is `Garbled`."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import get_args

from cmdb.ledger.history import Episode, Known, Past, State
from cmdb.ledger.schema import Garbled
from cmdb.model.drift import DeviationId
from cmdb.model.problem import Severity

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_STATES: dict[object, State] = {state: state for state in get_args(State)}
_KNOWN = """SELECT number, outcome, path, ci, source, key, kind, thing, severity, state,
    first_seen, last_seen, runs, flaps, resolutions FROM deviations WHERE history = ?"""
_EPISODES = """SELECT deviation, opened, closed, ending FROM episodes
    JOIN deviations ON number = deviation WHERE history = ? ORDER BY opened"""


def ticks(moment: datetime) -> int:
    """A moment as it is stored."""
    return (moment - _EPOCH) // _TICK


def moment(stored: object) -> datetime:
    """A stored moment. Raises `Garbled`."""
    try:
        return _EPOCH + _number(stored) * _TICK
    except OverflowError as error:
        raise Garbled(str(error)) from None


def numbered(database: sqlite3.Connection, history: str) -> dict[DeviationId, tuple[int, Known]]:
    """Every deviation of a history with the number of its row. Raises `Garbled`."""
    episodes: dict[object, list[Episode]] = defaultdict(list)
    for deviation, opened, closed, ending in database.execute(_EPISODES, (history,)):
        shut = None if closed is None else moment(closed)
        episodes[deviation].append(Episode(moment(opened), shut, _STATES.get(ending)))
    found: dict[DeviationId, tuple[int, Known]] = {}
    for number, *row in database.execute(_KNOWN, (history,)):
        known = _known(row, tuple(episodes[number]))
        found[known.id] = _number(number), known
    return found


def watched(database: sqlite3.Connection, history: str) -> frozenset[DeviationId]:
    """The deviations of a history that are there, excused or not. Raises `Garbled`."""
    query = f"{_KNOWN} AND state IN ('open', 'excused')"
    return frozenset(_known(row, ()).id for _, *row in database.execute(query, (history,)))


def runs(database: sqlite3.Connection, history: str) -> tuple[Past, ...]:
    """The runs of a history in the order of time. Raises `Garbled`."""
    query = "SELECT moment, deviations, excused, incomplete FROM runs WHERE history = ? ORDER BY moment"
    return tuple(
        Past(moment(at), _number(deviations), _number(excused), bool(incomplete))
        for at, deviations, excused, incomplete in database.execute(query, (history,))
    )


def moments(database: sqlite3.Connection, table: str, name: str, column: str, history: str) -> dict[str, datetime]:
    """Name -> moment of one of the small tables. Raises `Garbled`."""
    query = f"SELECT {name}, {column} FROM {table} WHERE history = ?"
    return {_text(word): moment(at) for word, at in database.execute(query, (history,))}


def _known(row: list[object], episodes: tuple[Episode, ...]) -> Known:
    outcome, path, ci, source, key, kind, thing, severity, state, first, last, runs, flaps, resolutions = row
    if state not in _STATES or severity not in Severity.__members__.values():
        raise Garbled("a state or a severity that there is not")
    return Known(
        DeviationId(_text(outcome), _text(path), _text(ci), _text(source), _text(key), _text(kind)),
        _text(thing),
        Severity(_number(severity)),
        _STATES[state],
        moment(first),
        moment(last),
        _number(runs),
        _number(flaps),
        _number(resolutions),
        episodes,
    )


def _number(stored: object) -> int:
    if isinstance(stored, int):
        return stored
    raise Garbled("a number is expected")


def _text(stored: object) -> str:
    if isinstance(stored, str):
        return stored
    raise Garbled("text is expected")
