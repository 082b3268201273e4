"""Which CI each observation is: one candidate without contradiction is a match, everything else is said aloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cmdb.reconciliation.matching import Clash, Match, Matcher
from cmdb.reconciliation.runs import SourceRun, merged
from cmdb.reconciliation.sight import Sight
from cmdb.model.ci import CI
from cmdb.model.drift import Candidate
from cmdb.model.snapshot import Observation
from cmdb.model.types import text


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a source saw that might be any of the candidates, or contradicts the only one."""

    source: str
    observation: Observation
    candidates: tuple[Candidate, ...]


@dataclass(slots=True)
class Identified:
    """What became of all observations. `sights` has each CI's in order of precedence, `doubts` those that may be a CI,
    `strangers` those that match nothing; `bound` leads from a source's key to the CIs it stands for, `possible` to
    those that it may stand for."""

    sights: dict[str, list[Sight]] = field(default_factory=lambda: defaultdict(list))
    doubts: dict[str, list[Doubt]] = field(default_factory=lambda: defaultdict(list))
    strangers: list[Sight] = field(default_factory=list)
    bound: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    possible: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))


def identify(matcher: Matcher, runs: Sequence[SourceRun]) -> Identified:
    """All observations of all runs; runs come in order of precedence."""
    identified = Identified()
    for run in runs:
        _identify_run(matcher, run, identified)
    return identified


def _identify_run(matcher: Matcher, run: SourceRun, identified: Identified) -> None:
    fits: dict[str, list[tuple[Observation, Match]]] = defaultdict(list)
    for seen in run.observations:
        match = matcher.match(run.source, seen)
        ci = match.only
        if not match.candidates:
            identified.strangers.append(Sight(run.source, seen, seen.kind))
        elif ci is None:
            _doubt(
                identified, run.source, seen, tuple(Candidate(name, why) for name, (_, why) in match.candidates.items())
            )
        elif clash := matcher.clash(ci, seen):
            _doubt(identified, run.source, seen, _contradicted(ci, match, clash))
        else:
            fits[ci.id].append((seen, match))
    for name, found in fits.items():
        _bind(identified, run.source, name, _settled(identified, run.source, name, found), matcher)


def _settled(
    identified: Identified, source: str, ci: str, found: list[tuple[Observation, Match]]
) -> list[tuple[Observation, Match]]:
    """The observations that stay with a CI: those of one key, or of the key that Git names."""
    keys = sorted({seen.key for seen, _ in found})
    if len(keys) == 1:
        return found
    named = {seen.key for seen, match in found if match.by_key}
    certain = named if len(named) == 1 else frozenset[str]()
    for seen, match in found:
        if seen.key not in certain:
            why = f"{match.candidates[ci][1]}, but '{source}' has several keys for it: {', '.join(keys)}"
            _doubt(identified, source, seen, (Candidate(ci, why),))
    return [(seen, match) for seen, match in found if seen.key in certain]


def _bind(
    identified: Identified, source: str, ci: str, found: list[tuple[Observation, Match]], matcher: Matcher
) -> None:
    if not found:
        return
    whole = merged([seen for seen, _ in found])
    identified.sights[ci].append(Sight(source, whole, matcher.kind_of(ci)))
    identified.bound[source, whole.key].add(ci)


def _doubt(identified: Identified, source: str, seen: Observation, candidates: tuple[Candidate, ...]) -> None:
    doubt = Doubt(source, seen, candidates)
    for candidate in candidates:
        identified.doubts[candidate.ci].append(doubt)
        identified.possible[source, seen.key].add(candidate.ci)


def _contradicted(ci: CI, match: Match, clash: Clash) -> tuple[Candidate, ...]:
    name, seen = clash.declaration.name, text(clash.declaration, clash.seen)
    declared = text(clash.declaration, clash.declared)
    first = Candidate(ci.id, f"{match.candidates[ci.id][1]}, but {name} was declared {declared} and seen {seen}")
    others = (Candidate(other.id, f"{name} {seen} is the same") for other in clash.holders if other.id != ci.id)
    return (first, *sorted(others, key=lambda candidate: candidate.ci))
