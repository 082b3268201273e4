"""What sources saw, and what they were able to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cmdb.model.problem import Problem
from cmdb.model.value import Value

CoverageStatus = Literal["complete", "partial", "failed"]
REDACTED: Mapping[str, bool] = {"redacted": True}
"""Stands for a secret in an observation: proves presence, is never compared or accepted."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a source was able to look at: `scope` is a selector over declared CIs or `key=K`; `attributes` are key
    paths below `attributes` (`packages`), `relations.TYPE`, or `*` for presence and whatever observations carry."""

    scope: str
    attributes: tuple[str, ...] = ("*",)
    status: CoverageStatus = "complete"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The far end of an observed relation: enough to find the CI, never a CI of its own."""

    kind: str
    key: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one source saw of one thing. `key` is the source's own identifier; `at` is when, None meaning the run."""

    kind: str
    key: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    relations: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one source, its shards united. `ended` says that every shard had a matching end line, so that
    `complete` may be believed."""

    source: str
    run: str
    started: datetime | None = None
    finished: datetime | None = None
    covers: str = ""
    coverage: tuple[Coverage, ...] = ()
    observations: tuple[Observation, ...] = ()
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Runs of any number of sources, and what was wrong with the files they came from."""

    runs: tuple[Run, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)
