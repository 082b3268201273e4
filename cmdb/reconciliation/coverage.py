"""What was looked at: the lines of every run over the CIs they select, and whether a sudden absence is an outage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cmdb.graph.selectors import SelectorError
from cmdb.model.ci import CI
from cmdb.model.drift import CoverageRow
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.problem import CmdbError, Problem, Severity
from cmdb.reconciliation.claims import OUTAGE, Claims, Line
from cmdb.reconciliation.identity import Identified
from cmdb.reconciliation.runs import SourceRun
from cmdb.reconciliation.scopes import Scopes, union

LEAST = 3
"""Fewer CIs than this may well have gone for good at the same time."""


@dataclass(slots=True)
class SourceCoverage:
    """What one source covers: its lines, the CIs that it is there for, and both together as `tracked`."""

    source: str
    lines: tuple[Line, ...]
    covers: frozenset[str]
    tracked: frozenset[str] = frozenset()
    _wide: list[int] = field(default_factory=list)
    _narrow: dict[str, list[int]] = field(default_factory=dict)
    _known: dict[tuple[int, ...], Claims] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lines over most CIs are looked through for each CI, all others are indexed by CI."""
        self.tracked = _union((self.covers, *(line.cis for line in self.lines)))
        most = len(self.tracked) // 2
        for number, line in enumerate(self.lines):
            if len(line.cis) > most:
                self._wide.append(number)
            else:
                for ci in line.cis:
                    self._narrow.setdefault(ci, []).append(number)

    def claims(self, ci: str) -> Claims | None:
        """What the source says about a CI; None where it has nothing to do with it."""
        lines = self.lines
        found = [number for number in self._wide if ci in lines[number].cis]
        if self._narrow:
            found += self._narrow.get(ci, ())
        if not found and ci not in self.covers:
            return None
        signature = tuple(found)
        claims = self._known.get(signature)
        if claims is None:
            ordered = tuple(lines[number] for number in sorted(found))
            claims = self._known[signature] = Claims(self.source, ordered)
        return claims


@dataclass(frozen=True, slots=True)
class Covered:
    """What was looked at, by sources in order of precedence; `tracked` are the CIs that are in question at all, and
    `denied` those of which a source names values it did not see, without having looked for the CI itself."""

    sources: tuple[SourceCoverage, ...]
    tracked: frozenset[str]
    rows: tuple[CoverageRow, ...]
    failed: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    denied: frozenset[str] = frozenset()

    def claims(self, ci: str) -> tuple[Claims, ...]:
        """What each source that has to do with a CI says about it."""
        return tuple(claims for source in self.sources if (claims := source.claims(ci)) is not None)


def cover(
    runs: Sequence[SourceRun],
    inventory: Mapping[str, CI],
    identified: Identified,
    scopes: Scopes,
    threshold: float | None,
) -> Covered:
    """The coverage of all runs. `threshold` None trusts every absence, however many there are."""
    sources: list[SourceCoverage] = []
    rows: list[CoverageRow] = []
    problems: list[Problem] = []
    for run in runs:
        lines = _lines(run, scopes, identified, problems)
        if threshold is not None:
            lines = [_suspected(line, inventory, threshold) for line in lines]
        covers, wrong = union(scopes, run.source, run.covers)
        problems += (_unreadable(run.source, "what it covers", error) for error in wrong)
        sources.append(SourceCoverage(run.source, tuple(lines), covers))
        rows += (row(run.source, line) for line in lines)
    tracked = _union(source.tracked for source in sources)
    failed = tuple((run.source, run.coverage[0].reason) for run in runs if run.failed)
    denied = _union(_denied(source.lines) for source in sources)
    return Covered(tuple(sources), tracked, tuple(rows), failed, tuple(problems), denied)


def row(source: str, line: Line) -> CoverageRow:
    """A line as it was judged."""
    coverage = replace(line.coverage, status="partial", reason=line.outage) if line.outage else line.coverage
    return CoverageRow(source, coverage, len(line.cis), len(line.cis) - len(line.unseen))


def _denied(lines: Iterable[Line]) -> frozenset[str]:
    """The unseen CIs of one source's lines that name values, without those whose presence a line speaks of."""
    values = [line for line in lines if line.paths and not line.everything]
    if not values:
        return frozenset()
    return _union(line.unseen for line in values) - _union(line.cis for line in lines if line.everything)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """All members; often one of the sets has them all, and then it is the answer."""
    distinct = list({id(members): members for members in sets}.values())
    largest = max(distinct, key=len, default=frozenset[str]())
    others = [members for members in distinct if members is not largest]
    return largest if all(members <= largest for members in others) else largest.union(*others)


def _lines(run: SourceRun, scopes: Scopes, identified: Identified, problems: list[Problem]) -> list[Line]:
    lines: list[Line] = []
    wrong = False
    for coverage in run.coverage:
        try:
            cis = scopes.select(run.source, coverage.scope) if coverage.scope else frozenset[str]()
        except CmdbError as error:
            problems.append(_unreadable(run.source, f"the scope '{coverage.scope}'", error))
            cis, wrong = frozenset(), True
        paths = tuple(_path(name) for name in coverage.attributes if name != "*")
        unseen = identified.unnoticed(run.source, cis)
        lines.append(Line(coverage, cis, unseen, paths, "*" in coverage.attributes))
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
    why = error.reason if isinstance(error, SelectorError) else error.problem.message
    return Problem(
        "coverage-scope",
        f"source '{source}': {what} cannot be read, so that nothing it did not see counts as gone: {why}",
        Severity.WARNING,
        hint=error.problem.hint or "a scope is a selector without graph operators, or key=K",
        subject=f"{source} {what}",
    )


def _suspected(line: Line, inventory: Mapping[str, CI], threshold: float) -> Line:
    if not line.everything or line.coverage.status != "complete" or len(line.unseen) < LEAST:
        return line
    unseen = sum(inventory[ci].serves for ci in line.unseen)
    expected = sum(inventory[ci].serves for ci in line.cis) if unseen >= LEAST else 0
    if unseen < LEAST or unseen <= threshold * expected:
        return line
    return replace(line, outage=f"{OUTAGE}: {unseen} of {expected} were not seen")
