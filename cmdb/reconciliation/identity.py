"""Which CI each observation is: one candidate without contradiction is a match, everything else is said aloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from cmdb.model.ci import CI, SERVING
from cmdb.model.drift import Candidate
from cmdb.model.snapshot import Observation
from cmdb.model.types import text
from cmdb.reconciliation.differences import Sameness
from cmdb.reconciliation.matching import Clash, Match, Matcher
from cmdb.reconciliation.runs import SourceRun, merged

_FEW = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a source saw that might be any of the candidates, or contradicts the only one."""

    source: str
    observation: Observation
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something a source saw that matches nothing."""

    source: str
    observation: Observation


@dataclass(slots=True)
class Identified:
    """What became of all observations. `seen` has, for each source in order of precedence, the CIs it saw and how;
    `otherwise` has those of which some source did not see every declared value just so; `special` those that were seen
    and have relations, or do not serve; `doubts` has, for each CI, what may be it."""

    seen: dict[str, dict[str, Observation]] = field(default_factory=dict)
    otherwise: set[str] = field(default_factory=set)
    special: set[str] = field(default_factory=set)
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)
    strangers: list[Stranger] = field(default_factory=list)
    _candidates: dict[tuple[Candidate, ...], tuple[Candidate, ...]] = field(default_factory=dict)
    _bound: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _possible: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def bound(self, source: str, key: str) -> set[str]:
        """The CIs that a source's key stands for."""
        if source not in self._bound:
            keys: dict[str, set[str]] = defaultdict(set)
            for ci, observation in self.seen.get(source, {}).items():
                keys[observation.key].add(ci)
            self._bound[source] = dict(keys)
        return self._bound[source].get(key, set())

    def possible(self, source: str, key: str) -> set[str]:
        """The CIs that a source's key may stand for."""
        return self._possible.get((source, key), set())

    def unnoticed(self, source: str, cis: frozenset[str]) -> frozenset[str]:
        """Those among CIs that a source did not see, nor anything that may be them."""
        missed = cis.difference(self.seen.get(source, {}))
        if missed and self.doubts:
            missed = frozenset(
                name for name in missed if all(doubt.source != source for doubt in self.doubts.get(name, ()))
            )
        return missed

    def anywhere(self) -> Set[str]:
        """The CIs that some source saw."""
        sources = list(self.seen.values())
        return sources[0].keys() if len(sources) == 1 else frozenset[str]().union(*sources)

    def doubt(self, source: str, observation: Observation, candidates: Iterable[Candidate]) -> None:
        """Takes in something that may be any of the candidates."""
        among = tuple(candidates)
        doubt = Doubt(source, observation, self._candidates.setdefault(among, among))
        for candidate in doubt.candidates:
            self.doubts.setdefault(candidate.ci, []).append(doubt)
            self.otherwise.add(candidate.ci)
            self._possible[source, observation.key].add(candidate.ci)


def identify(matcher: Matcher, sameness: Sameness, runs: Sequence[SourceRun]) -> Identified:
    """All observations of all runs; runs come in order of precedence."""
    identified = Identified()
    for run in runs:
        _identify_run(matcher, sameness, run, identified)
    return identified


def _identify_run(matcher: Matcher, sameness: Sameness, run: SourceRun, identified: Identified) -> None:
    source, otherwise, special = run.source, identified.otherwise, identified.special
    seen = identified.seen.setdefault(source, {})
    several: dict[str, list[Observation]] = {}
    for observation, ci in matcher.recognised(run.observations):
        if ci is None:
            ci = _only(matcher, source, observation, identified)
            if ci is None:
                continue
        name = ci.id
        if not sameness.holds(ci.kind, ci.attributes, observation.attributes):
            otherwise.add(name)
            if _clashes(matcher, source, observation, ci, identified):
                continue
        if ci.relations or ci.lifecycle not in SERVING:
            special.add(name)
        if name in seen:
            several.setdefault(name, [seen[name]]).append(observation)
        else:
            seen[name] = observation
    for name, found in several.items():
        kept = _settled(matcher, identified, source, name, found)
        if kept:
            seen[name] = merged(kept)
        else:
            del seen[name]


def _only(matcher: Matcher, source: str, observation: Observation, identified: Identified) -> CI | None:
    """The one candidate; where there are none or several, the observation is put down as what it is."""
    match = matcher.match(source, observation)
    cis = match[0]
    if len(cis) == 1:
        return cis[0]
    if not cis:
        identified.strangers.append(Stranger(source, observation))
    else:
        reasons = [(ci.id, matcher.reason(match, ci, source, observation)) for ci in cis]
        identified.doubt(source, observation, (Candidate(*reason) for reason in sorted(reasons)))
    return None


def _clashes(matcher: Matcher, source: str, observation: Observation, ci: CI, identified: Identified) -> bool:
    clash = matcher.clash(ci, observation)
    if clash is not None:
        match = matcher.match(source, observation)
        identified.doubt(source, observation, _contradicted(matcher, source, observation, match, clash))
    return clash is not None


def _settled(
    matcher: Matcher, identified: Identified, source: str, ci: str, found: list[Observation]
) -> list[Observation]:
    """The observations that stay with a CI: those of one key, or of the key that Git names."""
    keys = sorted({observation.key for observation in found})
    if len(keys) == 1:
        return found
    several = named_few(keys)
    matches = [(observation, matcher.match(source, observation)) for observation in found]
    named = {observation.key for observation, match in matches if match[1] == "key"}
    certain = named if len(named) == 1 else frozenset[str]()
    for observation, match in matches:
        if observation.key not in certain:
            why = matcher.reason(match, match[0][0], source, observation)
            why += f", but '{source}' has several keys for it: {several}"
            identified.doubt(source, observation, (Candidate(ci, why),))
    return [observation for observation in found if observation.key in certain]


def named_few(names: Sequence[str]) -> str:
    """Names in a row; of many only the first."""
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _contradicted(
    matcher: Matcher, source: str, observation: Observation, match: Match, clash: Clash
) -> tuple[Candidate, ...]:
    ci = match[0][0]
    name, seen = clash.declaration.name, text(clash.declaration, clash.seen)
    declared = text(clash.declaration, clash.declared)
    why = matcher.reason(match, ci, source, observation)
    first = Candidate(ci.id, f"{why}, but {name} was declared {declared} and seen {seen}")
    others = (Candidate(other.id, f"{name} {seen} is the same") for other in clash.holders if other.id != ci.id)
    return (first, *sorted(others, key=lambda candidate: candidate.ci))
