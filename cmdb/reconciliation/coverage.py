"""How far each source looked: of every source the worst word on a path counts, and absence only where it is `complete`.

A line's `*` claims presence and whatever observations carry. That something is not there, a line claims only by naming
its path; a line without `*` says nothing about presence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cmdb.reconciliation.identity import Identified
from cmdb.reconciliation.runs import SourceRun
from cmdb.reconciliation.scopes import Scopes, union
from cmdb.model.ci import CI
from cmdb.model.drift import CoverageRow
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.problem import CmdbError, Problem, Severity
from cmdb.model.snapshot import Coverage, CoverageStatus

OUTAGE = "suspected outage"
LEAST = 3
"""Fewer CIs than this may well have gone for good at the same time."""
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
    """A coverage line with the CIs in its scope and the paths it names."""

    coverage: Coverage
    cis: frozenset[str]
    paths: tuple[KeyPath, ...]
    everything: bool
    outage: str = ""


@dataclass(slots=True)
class Claims:
    """The lines of one source that select a CI; many CIs share one."""

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


@dataclass(frozen=True, slots=True)
class Covered:
    """What was looked at. `claims` has, for each CI in question, what each source there says, in order of precedence;
    a CI that is in question is tracked."""

    claims: Mapping[str, tuple[Claims, ...]]
    rows: tuple[CoverageRow, ...]
    failed: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


def cover(
    runs: Sequence[SourceRun],
    inventory: Mapping[str, CI],
    identified: Identified,
    scopes: Scopes,
    threshold: float | None,
) -> Covered:
    """The coverage of all runs. `threshold` None trusts every absence, however many there are."""
    claims: dict[str, list[Claims]] = defaultdict(list)
    rows: list[CoverageRow] = []
    problems: list[Problem] = []
    for run in runs:
        lines = _lines(run, scopes, problems)
        seen = _seen(identified, run.source)
        if threshold is not None:
            lines = [_suspected(line, inventory, seen, threshold) for line in lines]
        covered, wrong = union(scopes, run.source, run.covers)
        problems += (_unreadable(run.source, "covers", error) for error in wrong)
        for ci, claim in _shared(run.source, lines, covered).items():
            claims[ci].append(claim)
        rows += (_row(run.source, line, seen) for line in lines)
    failed = tuple((run.source, run.coverage[0].reason) for run in runs if run.failed)
    return Covered({ci: tuple(found) for ci, found in claims.items()}, tuple(rows), failed, tuple(problems))


def _lines(run: SourceRun, scopes: Scopes, problems: list[Problem]) -> list[Line]:
    lines: list[Line] = []
    wrong = False
    for coverage in run.coverage:
        try:
            cis = scopes.select(run.source, coverage.scope) if coverage.scope else frozenset[str]()
        except CmdbError as error:
            problems.append(_unreadable(run.source, "a coverage line", error))
            cis, wrong = frozenset(), True
        paths = tuple(_path(name) for name in coverage.attributes if name != "*")
        lines.append(Line(coverage, cis, paths, "*" in coverage.attributes))
    return [_doubted(line) for line in lines] if wrong else lines


def _doubted(line: Line) -> Line:
    """A line of a snapshot in which a scope does not parse: nobody knows where that scope looked."""
    if line.coverage.status != "complete":
        return line
    return replace(line, coverage=replace(line.coverage, status="partial", reason="a scope of the snapshot is wrong"))


def _path(name: str) -> KeyPath:
    try:
        path = parse_path(name, pattern=True)
    except KeyPathError:
        return ("attributes", name)
    return path if len(path) > 1 and path[0] in ("attributes", "relations") else ("attributes", *path)


def _unreadable(source: str, what: str, error: CmdbError) -> Problem:
    return Problem(
        "coverage-scope",
        f"source '{source}': the scope of {what} is wrong: {error.problem.message}",
        Severity.WARNING,
        hint=error.problem.hint or "a scope is a selector without graph operators, or key=K",
        subject=source,
    )


def _seen(identified: Identified, source: str) -> frozenset[str]:
    certain = {ci for ci, sights in identified.sights.items() if any(sight.source == source for sight in sights)}
    return frozenset(
        certain | {ci for ci, found in identified.doubts.items() if any(d.source == source for d in found)}
    )


def _suspected(line: Line, inventory: Mapping[str, CI], seen: frozenset[str], threshold: float) -> Line:
    if not line.everything or line.coverage.status != "complete" or len(line.cis) < LEAST:
        return line
    serving = [ci for ci in line.cis if inventory[ci].serves]
    unseen = sum(ci not in seen for ci in serving)
    if unseen < LEAST or unseen <= threshold * len(serving):
        return line
    return replace(line, outage=f"{OUTAGE}: {unseen} of {len(serving)} were not seen")


def _shared(source: str, lines: Iterable[Line], covered: Iterable[str]) -> Mapping[str, Claims]:
    about: dict[str, list[int]] = {ci: [] for ci in covered}
    every = tuple(lines)
    for number, line in enumerate(every):
        for ci in line.cis:
            about.setdefault(ci, []).append(number)
    known: dict[tuple[int, ...], Claims] = {}
    found: dict[str, Claims] = {}
    for ci, numbers in about.items():
        signature = tuple(numbers)
        if signature not in known:
            known[signature] = Claims(source, tuple(every[number] for number in numbers))
        found[ci] = known[signature]
    return found


def _row(source: str, line: Line, seen: frozenset[str]) -> CoverageRow:
    coverage = replace(line.coverage, status="partial", reason=line.outage) if line.outage else line.coverage
    return CoverageRow(source, coverage, len(line.cis), len(line.cis & seen))


def _presence(line: Line) -> Word:
    return Word("partial", OUTAGE) if line.outage else Word(line.coverage.status, line.coverage.reason)


def _badness(word: Word) -> tuple[int, str]:
    return BADNESS[word.status], word.reason


def _leads(prefix: KeyPath, path: KeyPath) -> bool:
    """Whether a path is at or below a prefix, which may have stars."""
    if len(prefix) > len(path):
        return False
    return all(one in ("*", other) for one, other in zip(prefix, path, strict=False))
