"""What is known of the availability of CIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cmdb.graph.availability.figures import Basis

Method = Literal["exact", "simulated"]
Verdict = Literal["met", "missed", "unknown"]
YEAR = 365 * 24 * 3600
"""Seconds; 99.9 % of it leave 8.76 hours."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a CI does to the availability of another. `unavailability` is its own share, on the `basis` of its figures.
    `importance` is by how much the other's unavailability differs while this one is down and while it is up
    (Birnbaum 1969); 1 where it is a single point of failure of something that cannot fail otherwise. `downtime` are the
    seconds a year that would be saved if it never failed, `second_saves` those if there were a second one of it, as
    good as it is, failing by itself, in the same place."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    unavailability: float
    basis: Basis
    alone: bool
    importance: float
    downtime: float
    second_saves: float


@dataclass(frozen=True, slots=True)
class Availability:
    """The availability of a CI, from 0 to 1; None where something that it relies on has no figure (`missing`, sorted),
    since it is then anything up to `high`. `low` and `high` are bounds: the same where the method is exact and nothing
    is missing, a confidence interval where it is simulated. `unavailability` is the rest of the whole with all its
    digits, `downtime` the same in seconds a year. `target` and whether it is met are None without one; `target_of` is
    the CI that has it. `relies_on` counts the CIs that could take it down, `alone` those that would do so alone.
    `contributions` come with the largest downtime first, then by id."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    availability: float | None
    unavailability: float | None
    downtime: float | None
    low: float
    high: float
    method: Method
    confidence: float | None
    samples: int | None
    target: float | None
    target_of: str | None
    verdict: Verdict | None
    relies_on: int
    alone: int
    missing: tuple[str, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many CIs were asked about, and how many of them meet or miss their target or leave it open; those without
    one; those that were worked out exactly; and how many CIs have no figure."""

    cis: int
    met: int
    missed: int
    unknown: int
    without_target: int
    exact: int
    missing: int


@dataclass(frozen=True, slots=True)
class Availabilities:
    """The answer, by id, with the CIs that have no figure although somebody relies on them, and remarks."""

    summary: Summary
    cis: tuple[Availability, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
