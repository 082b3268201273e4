"""What a source says about how far it looked at a CI: its worst word on a path counts.

A line's `*` claims presence and whatever observations carry. That something is not there, a line claims only by naming
its path; a line without `*` says nothing about presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.model.keypath import KeyPath
from cmdb.model.snapshot import Coverage, CoverageStatus

OUTAGE = "suspected outage"
BADNESS: Mapping[CoverageStatus, int] = {"complete": 0, "partial": 1, "failed": 2}
"""The worst word of a source counts, and the best among sources."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a source says about a path: how far it looked, and why no further."""

    status: CoverageStatus
    reason: str = ""

    @property
    def complete(self) -> bool:
        """Whether what was not seen is not there."""
        return self.status == "complete"


@dataclass(frozen=True, slots=True)
class Line:
    """A coverage line with the CIs in its scope, those among them that the source did not see, and the paths it names;
    `outage` says why its absences are not believed."""

    coverage: Coverage
    cis: frozenset[str]
    unseen: frozenset[str]
    paths: tuple[KeyPath, ...]
    everything: bool
    outage: str = ""


@dataclass(slots=True)
class Claims:
    """The lines of one source that select a CI; CIs that the same lines select share one."""

    source: str
    lines: tuple[Line, ...]
    _known: dict[KeyPath, Word | None] = field(default_factory=dict)

    def presence(self) -> Word | None:
        """What the source says about the CI's existence; None where it says nothing."""
        words = [_presence(line) for line in self.lines if line.everything]
        return max(words, key=_badness) if words else None

    def named(self, path: KeyPath) -> Word | None:
        """What the source says about a path; None where no line names it."""
        if path not in self._known:
            self._known[path] = self._named(path)
        return self._known[path]

    def names_below(self, path: KeyPath) -> bool:
        """Whether a line names something further down than a path."""
        return any(len(named) > len(path) and _leads(path, named) for line in self.lines for named in line.paths)

    def _named(self, path: KeyPath) -> Word | None:
        naming = [line for line in self.lines if any(_leads(named, path) for named in line.paths)]
        if not naming:
            return None
        both = [*naming, *(line for line in self.lines if line.everything)]
        return max((Word(line.coverage.status, line.coverage.reason) for line in both), key=_badness)


def _presence(line: Line) -> Word:
    return Word("partial", OUTAGE) if line.outage else Word(line.coverage.status, line.coverage.reason)


def _badness(word: Word) -> tuple[int, str]:
    return BADNESS[word.status], word.reason


def _leads(prefix: KeyPath, path: KeyPath) -> bool:
    """Whether a path is at or below a prefix, which may have stars."""
    if len(prefix) > len(path):
        return False
    return all(one in ("*", other) for one, other in zip(prefix, path, strict=False))
