"""Events on their way: what waits for an endpoint goes first, in order; what is not taken waits for the next time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from cmdb.events.event import Event
from cmdb.events.http import Reply, post, shown
from cmdb.events.spool import Spool, Waiting
from cmdb.model.problem import CmdbError

LONGEST = 30.0
"""Seconds between two tries, at most, whatever the endpoint asks for."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How hard to try: seconds for each try, tries for each event, and seconds before the second one, which double."""

    timeout: float = 10.0
    tries: int = 4
    pause: float = 0.5
    wait: Callable[[float], None] = sleep


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it: how many events were taken, how many wait and why, and the files of those that were refused for
    good."""

    taken: int = 0
    waiting: int = 0
    reason: str = ""
    refused: tuple[Path, ...] = ()
    spool: Path = Path()


def deliver(url: str, event: Event, how: Delivery | None = None, home: Path | None = None) -> Delivered:
    """Sends an event to an HTTP endpoint, behind those that wait for it. Each is sent until it is taken: at least once,
    and no more once the endpoint said that it has it. Raises `CmdbError` where nothing could even be kept."""
    how, spool = how or Delivery(), Spool.of(url, home)
    spool.put(event)
    with spool.alone() as alone:
        if not alone:
            return _told(spool, 0, "another run is sending just now", [])
        return _sent(url, spool, how)


def _sent(url: str, spool: Spool, how: Delivery) -> Delivered:
    """Sends until nothing waits, also what others put there meanwhile; or until something is not taken."""
    taken, refused = 0, list[Path]()
    while (one := next(spool.waiting(), None)) is not None:
        try:
            reply = _tried(url, one, how)
        except CmdbError as error:
            return _told(spool, taken, error.problem.message, refused)
        if reply.outcome == "taken":
            spool.taken(one)
            taken += 1
        elif reply.outcome == "refused":
            refused.append(spool.refuse(one))
        else:
            return _told(spool, taken, f"{shown(url)}: {reply.reason}", refused)
    return _told(spool, taken, f"{shown(url)} refused it" if refused else "", refused)


def _tried(url: str, one: Waiting, how: Delivery) -> Reply:
    pause = how.pause
    for left in reversed(range(how.tries)):
        reply = post(url, one.event, how.timeout)
        if reply.outcome != "later" or not left:
            break
        how.wait(min(max(pause, reply.wait), LONGEST))
        pause *= 2
    return reply


def _told(spool: Spool, taken: int, reason: str, refused: list[Path]) -> Delivered:
    return Delivered(taken, sum(1 for _ in spool.waiting()), reason, tuple(refused), spool.folder)
