"""One source, one run: what its process said, and where it failed, that."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from cmdb.discovery.children import Child, Children, Overdue
from cmdb.formats.snapshot_shapes import End, Header, parse_line
from cmdb.model.config import SourceConfig
from cmdb.model.snapshot import Coverage, Observation, Run


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: a source, in a workspace, for a run that is known by when it started."""

    source: SourceConfig
    root: Path
    started: datetime

    @property
    def run(self) -> str:
        """The name of the run."""
        return self.started.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"

    def within(self, seconds: float) -> Order:
        """The same order with no more time than that, in tenths of a second."""
        if seconds >= self.source.timeout.total_seconds():
            return self
        left = timedelta(seconds=max(math.floor(seconds * 10) / 10, 0))
        return replace(self, source=replace(self.source, timeout=left))

    def told(self) -> dict[str, object]:
        """The order as the worker reads it."""
        source = self.source
        return {
            "name": source.name,
            "plugin": source.plugin,
            "covers": source.covers,
            "options": dict(source.options),
            "root": str(self.root),
            "run": self.run,
            "seconds": source.timeout.total_seconds(),
        }


def observe(order: Order, children: Children | None = None, deadline: float = math.inf) -> Run:
    """Runs a source to its end, or to the end of its time, or to the deadline on the monotonic clock. Never raises
    because of the source."""
    order = order.within(deadline - monotonic())
    heard = _Heard(order.source.covers)
    seconds = order.source.timeout.total_seconds()
    try:
        with (children or Children()).started(order.told(), order.root, seconds) as child:
            why = _listen(child, heard, seconds)
    except (OSError, TypeError) as error:
        why = f"its process could not be started: {error}"
    return heard.run(order, why)


def failed(order: Order, why: str) -> Run:
    """The run of a source that could not be asked at all."""
    return _Heard(order.source.covers).run(order, why)


@dataclass(slots=True)
class _Heard:
    """What was said so far."""

    covers: str
    coverage: list[Coverage] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    end: End | None = None
    failure: str = ""

    def take(self, text: bytes) -> bool:
        """Takes a line in; says whether it was the last one. Raises `ValueError`."""
        if text.startswith(b'{"failed"'):
            self.failure = str(json.loads(text)["failed"])
            return True
        line = parse_line(text)
        if isinstance(line, Header):
            self.covers = line.covers
        elif isinstance(line, Coverage):
            self.coverage.append(line)
        elif isinstance(line, Observation):
            self.observations.append(line)
        else:
            self.end = line
        return self.end is not None

    def run(self, order: Order, why: str) -> Run:
        counts = (len(self.observations), len(self.coverage))
        if not why and (self.end is None or counts != (self.end.observations, self.end.coverage)):
            why = "its lines do not add up"
        return Run(
            source=order.source.name,
            run=order.run,
            started=order.started,
            covers=self.covers,
            coverage=(*self.coverage, *([self._blind(why)] if why else [])),
            observations=tuple(self.observations),
            ended=not why,
        )

    def _blind(self, why: str) -> Coverage:
        claimed = {name for line in self.coverage for name in line.attributes} - {"*"}
        return Coverage(self.covers, ("*", *sorted(claimed)), "failed", why)


def _listen(child: Child, heard: _Heard, seconds: float) -> str:
    """Hears a process out; gives the reason why it cannot be believed, if there is one."""
    try:
        if any(heard.take(line) for line in child.lines()):
            child.rest()
            return heard.failure
        return child.demise()
    except Overdue:
        return f"it did not finish within {seconds:g} s and was ended"
    except ValueError as error:
        return f"it sent what is no line of a snapshot: {error}"
