"""Which CI each observation is: one candidate without contradiction is a match, everything else is said aloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from cmdb.model.drift import Candidate
from cmdb.model.snapshot import Observation
from cmdb.model.types import text
from cmdb.reconciliation.differences import Sameness
from cmdb.reconciliation.matching import Clash, Match, Matcher
from cmdb.reconciliation.runs import SourceRun, merged


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
    `as_declared` those of them whose every declared value it saw just so; `doubts` has, for each CI, what may be it."""

    seen: dict[str, dict[str, Observation]] = field(default_factory=dict)
    as_declared: dict[str, set[str]] = field(default_factory=dict)
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)
    strangers: list[Stranger] = field(default_factory=list)
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

    def as_declared_anywhere(self) -> Set[str]:
        """The CIs that some source saw as they are declared."""
        sets = list(self.as_declared.values())
        return sets[0] if len(sets) == 1 else set[str]().union(*sets)

    def otherwise(self) -> set[str]:
        """The CIs that some source saw otherwise, or may have."""
        found = set(self.doubts)
        for source, seen in self.seen.items():
            as_declared = self.as_declared[source]
            if len(as_declared) < len(seen):
                found.update([name for name in seen if name not in as_declared])
        return found

    def doubt(self, source: str, observation: Observation, candidates: Iterable[Candidate]) -> None:
        """Takes in something that may be any of the candidates."""
        doubt = Doubt(source, observation, tuple(candidates))
        for candidate in doubt.candidates:
            self.doubts.setdefault(candidate.ci, []).append(doubt)
            self._possible[source, observation.key].add(candidate.ci)


def identify(matcher: Matcher, sameness: Sameness, runs: Sequence[SourceRun]) -> Identified:
    """All observations of all runs; runs come in order of precedence."""
    identified = Identified()
    for run in runs:
        _identify_run(matcher, sameness, run, identified)
    return identified


def _identify_run(matcher: Matcher, sameness: Sameness, run: SourceRun, identified: Identified) -> None:
    source = run.source
    seen = identified.seen.setdefault(source, {})
    as_declared = identified.as_declared.setdefault(source, set())
    several: dict[str, list[Observation]] = {}
    for observation in run.observations:
        match = matcher.match(source, observation)
        cis, _ = match
        if len(cis) != 1:
            _no_match(matcher, source, observation, match, identified)
            continue
        ci = cis[0]
        if sameness.holds(ci.kind, ci.attributes, observation.attributes):
            as_declared.add(ci.id)
        elif clash := matcher.clash(ci, observation):
            identified.doubt(source, observation, _contradicted(matcher, source, observation, match, clash))
            continue
        if ci.id in seen:
            several.setdefault(ci.id, [seen[ci.id]]).append(observation)
        else:
            seen[ci.id] = observation
    as_declared -= several.keys()
    for name, found in several.items():
        kept = _settled(matcher, identified, source, name, found)
        if kept:
            seen[name] = merged(kept)
        else:
            del seen[name]


def _no_match(matcher: Matcher, source: str, observation: Observation, match: Match, identified: Identified) -> None:
    if not match[0]:
        identified.strangers.append(Stranger(source, observation))
        return
    ordered = sorted(match[0], key=lambda ci: ci.id)
    reasons = (Candidate(ci.id, matcher.reason(match, ci, source, observation)) for ci in ordered)
    identified.doubt(source, observation, reasons)


def _settled(
    matcher: Matcher, identified: Identified, source: str, ci: str, found: list[Observation]
) -> list[Observation]:
    """The observations that stay with a CI: those of one key, or of the key that Git names."""
    keys = sorted({observation.key for observation in found})
    if len(keys) == 1:
        return found
    matches = [(observation, matcher.match(source, observation)) for observation in found]
    named = {observation.key for observation, match in matches if match[1] == "key"}
    certain = named if len(named) == 1 else frozenset[str]()
    for observation, match in matches:
        if observation.key not in certain:
            why = matcher.reason(match, match[0][0], source, observation)
            why += f", but '{source}' has several keys for it: {', '.join(keys)}"
            identified.doubt(source, observation, (Candidate(ci, why),))
    return [observation for observation in found if observation.key in certain]


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
