"""What a verdict rests on, in the one shape that everything which tracks findings understands: code scanning, test
reports, annotations, monitoring, event buses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal

from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value

CONFIG = "cmdb.yaml"
"""The file that answers for what stands in no file, since trackers of findings want a place for each."""


State = Literal["", "new", "worse", "unchanged", "fixed"]
"""What a change has to do with a finding; nothing where no change was asked about."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `data` is what JSON says of it. `excuse` says why it does not count; `known` False
    means that nobody could see whether there is anything. What a change did not touch, and what it fixed, never
    counts."""

    problem: Problem
    data: Mapping[str, Value] = field(default_factory=dict)
    excuse: str = ""
    known: bool = True
    state: State = ""

    @property
    def counts(self) -> bool:
        """Whether it is more than something to know about."""
        return self.known and not self.excuse and self.state not in ("unchanged", "fixed")


@dataclass(frozen=True, slots=True)
class Setting:
    """What was judged: the workspace's name, its `folder` below the top of its repository, the moment or day that was
    meant, and the least severity that fails; `version` is that of the program."""

    workspace: str = ""
    folder: str = ""
    as_of: date = date.min
    level: Severity = Severity.ERROR
    version: str = ""

    @property
    def moment(self) -> datetime:
        """The moment that was meant, in UTC; a day begins at midnight."""
        if isinstance(self.as_of, datetime):
            return self.as_of.astimezone(UTC)
        return datetime.combine(self.as_of, time(), UTC)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings in the order of the answer. `passed` are rules with the names of what meets them; `incomplete` says
    why silence would not mean that everything was seen; `rules` explains codes. `base` is the commit that a change is
    held against, where that was asked for."""

    found: tuple[Finding, ...] = ()
    passed: tuple[tuple[str, str], ...] = ()
    incomplete: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    setting: Setting = Setting()
    base: str = ""

    def named(self) -> Iterator[tuple[Finding, str]]:
        """Each finding with a fingerprint of its own: where several are alike, the later ones are numbered."""
        seen: Counter[str] = Counter()
        for finding in self.found:
            name = finding.problem.fingerprint
            seen[name] += 1
            yield finding, name if seen[name] == 1 else f"{name}-{seen[name]}"

    def fails(self, finding: Finding) -> bool:
        """Whether the finding makes the verdict what it is."""
        return finding.counts and finding.problem.severity >= self.setting.level

    def place(self, finding: Finding) -> Location:
        """Where the finding stands, seen from the top of the repository."""
        where = finding.problem.where
        return self.seen_from_top(where if isinstance(where, Location) else Location(where.path if where else CONFIG))

    def seen_from_top(self, location: Location) -> Location:
        """A location of the workspace, seen from the top of the repository."""
        folder = self.setting.folder
        return Location(f"{folder}/{location.path}" if folder else location.path, location.line, location.column)


@dataclass(frozen=True, slots=True)
class Measure:
    """Numbers of one kind for monitoring: `samples` are labels with their values, always the same labels."""

    name: str
    meaning: str
    samples: tuple[tuple[tuple[tuple[str, str], ...], float], ...]
