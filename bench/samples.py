"""What was measured: numbers with their spread, and verdicts on budgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Verdict = Literal["kept", "exceeded", "not measured"]


@dataclass(frozen=True, slots=True)
class Sample:
    """The outcomes of several runs of one thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    @property
    def low(self) -> float:
        """The least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest."""
        return max(self.values)

    def times(self, factor: float) -> Sample:
        """All of them scaled."""
        return Sample(tuple(value * factor for value in self.values))

    def over(self, other: Sample) -> Sample:
        """Run by run, the ratio to another sample of the same rounds."""
        return Sample(tuple(ours / theirs for ours, theirs in zip(self.values, other.values, strict=True)))

    def beyond(self, other: Sample) -> Sample:
        """Run by run, what this has more than another sample of the same rounds."""
        return Sample(tuple(ours - theirs for ours, theirs in zip(self.values, other.values, strict=True)))


@dataclass(frozen=True, slots=True)
class Timing:
    """One thing that was measured in seconds, or in bytes; `note` says how where that is not plain."""

    label: str
    sample: Sample
    unit: Literal["s", "B"] = "s"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One budget at one size. `figure` is the number that is held against `limit`; None where there was nothing to
    measure yet, for the reason given. `timings` begin with ours and the floor; then come those that people would use
    instead."""

    work: str
    size: str
    limit: float
    unit: Literal["×", "ms", "kB"]
    against: str
    figure: Sample | None = None
    timings: tuple[Timing, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the median is within the limit."""
        if self.figure is None:
            return "not measured"
        return "kept" if self.figure.median <= self.limit else "exceeded"


def exit_code(results: Iterable[Result]) -> int:
    """0 where every budget is kept, 1 where one is exceeded, 3 where one was not measured."""
    verdicts = {result.verdict for result in results}
    return 1 if "exceeded" in verdicts else 3 if "not measured" in verdicts else 0


def status(results: Sequence[Result]) -> str:
    """The exit code as a word, as in all JSON of cmdb."""
    return {0: "clean", 1: "findings", 3: "incomplete"}[exit_code(results)]
