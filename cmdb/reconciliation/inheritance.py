"""What baselines demand of a CI together: what each inherits, which of them replace which, and when they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cmdb.model.baseline import Baseline, Expectation, IgnoreRule
from cmdb.model.keypath import KeyPath
from cmdb.model.problem import Problem, Related
from cmdb.model.value import Value
from cmdb.reconciliation.parameters import Parameters, signature


@dataclass(frozen=True, slots=True)
class Claim:
    """One expectation as it reaches a CI. `baseline` is who demands it: the baseline that wrote it where that selects
    the CI itself, else the one that inherits it; a waiver may name either (`names`)."""

    expectation: Expectation
    baseline: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ignored:
    """One ignore rule as it reaches a CI."""

    rule: IgnoreRule
    baseline: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that baselines say about a CI, sorted by path."""

    claims: tuple[Claim, ...] = ()
    ignored: tuple[Ignored, ...] = ()


_Written = tuple[str, Expectation]
_Given = Mapping[str, Value]


class Family:
    """The baselines of a workspace and who extends whom; rules are worked out once for each set of baselines."""

    def __init__(self, baselines: Iterable[Baseline]) -> None:
        self._by_name: dict[str, Baseline] = {}
        self.problems: list[Problem] = []
        for baseline in baselines:
            first = self._by_name.setdefault(baseline.name, baseline)
            if first is not baseline:
                self.problems.append(_twice(baseline, first))
        self._above: dict[str, frozenset[str]] = {}
        self._expected: dict[tuple[str, str], Mapping[KeyPath, tuple[_Written, ...]]] = {}
        self._rules: dict[tuple[str, ...], Rules] = {}
        for name in self._by_name:
            self._ancestors(name, ())
        self._parameters = Parameters(self._by_name)
        self.problems += self._parameters.problems

    def __iter__(self) -> Iterator[Baseline]:
        return iter(self._by_name.values())

    def rules(self, selected: tuple[str, ...]) -> Rules:
        """What the baselines that select a CI say together."""
        if selected not in self._rules:
            self._rules[selected] = self._combined(selected)
        return self._rules[selected]

    def above(self, name: str) -> frozenset[str]:
        """The baselines that one inherits from, near and far."""
        return self._above[name]

    def lineage(self, name: str) -> Iterator[tuple[str, _Given]]:
        """A baseline and those it inherits from, each with the parameters it has there: itself first, then what it
        extends in the order of its file. A template that is extended twice with other values comes twice."""
        waiting = [(name, self._own(name))]
        known: set[tuple[str, str]] = set()
        while waiting:
            one, mine = waiting.pop()
            if (one, signature(mine)) not in known:
                known.add((one, signature(mine)))
                yield one, mine
                waiting += reversed(self._parents(self._by_name[one], mine))

    def written(self, name: str, given: _Given) -> tuple[Expectation, ...]:
        """What a baseline itself expects, its parameters filled in."""
        return self._parameters.expectations(self._by_name[name], given)

    def _combined(self, selected: tuple[str, ...]) -> Rules:
        claims: dict[tuple[str, KeyPath, int], Claim] = {}
        ignored: dict[tuple[str, int], Ignored] = {}
        for name in selected:
            heirs = [self._demands(heir, self._own(heir)) for heir in selected if name in self._above[heir]]
            for origin, given in self.lineage(name):
                for rule in self._parameters.ignores(self._by_name[origin], given):
                    ignored.setdefault((origin, id(rule)), Ignored(rule, origin))
            for path, found in self._demands(name, self._own(name)).items():
                if any(path in heir for heir in heirs):
                    continue
                for origin, expectation in found:
                    owner = origin if origin in selected else name
                    claim = Claim(expectation, owner, frozenset((origin, name)))
                    claims.setdefault((owner, path, id(expectation)), claim)
        ordered = sorted(claims.values(), key=lambda claim: (tuple(map(str, claim.expectation.path)), claim.baseline))
        return Rules(tuple(ordered), tuple(ignored.values()))

    def _own(self, name: str) -> _Given:
        return self._by_name[name].parameters

    def _demands(self, name: str, given: _Given) -> Mapping[KeyPath, tuple[_Written, ...]]:
        """What a baseline expects on each path: its own word, else that of its nearest ancestors."""
        known = (name, signature(given))
        if known not in self._expected:
            found: dict[KeyPath, tuple[_Written, ...]] = {}
            for parent, parameters in self._parents(self._by_name[name], given):
                for path, inherited in self._demands(parent, parameters).items():
                    so_far = found.get(path, ())
                    found[path] = (*so_far, *(item for item in inherited if not _among(item, so_far)))
            found = {path: self._nearest(inherited) for path, inherited in found.items()}
            own: dict[KeyPath, tuple[_Written, ...]] = {}
            for expectation in self.written(name, given):
                own[expectation.path] = (*own.get(expectation.path, ()), (name, expectation))
            self._expected[known] = found | own
        return self._expected[known]

    def _nearest(self, written: tuple[_Written, ...]) -> tuple[_Written, ...]:
        replaced = {ancestor for origin, _ in written for ancestor in self._above[origin]}
        return tuple(item for item in written if item[0] not in replaced)

    def _parents(self, baseline: Baseline, given: _Given) -> list[tuple[str, _Given]]:
        """What it extends, with the parameters that gets; without what is unknown or extends it in turn."""
        below = baseline.name
        return [
            (name, self._parameters.passed(baseline, position, given))
            for position, name in enumerate(baseline.extends)
            if name in self._above and below not in (name, *self._above[name])
        ]

    def _ancestors(self, name: str, below: tuple[str, ...]) -> frozenset[str]:
        if name in self._above:
            return self._above[name]
        baseline = self._by_name[name]
        found: set[str] = set()
        for parent in dict.fromkeys(baseline.extends):
            if parent not in self._by_name:
                self.problems.append(_unknown(baseline, parent))
            elif parent in (name, *below):
                self.problems.append(_cycle(baseline, parent))
            else:
                found |= {parent, *self._ancestors(parent, (*below, name))}
        self._above[name] = frozenset(found - {name})
        return self._above[name]


def in_force(baseline: Baseline, day: date) -> bool:
    """Whether a baseline is judged on a day; both its dates are inclusive."""
    begun = baseline.effective is None or baseline.effective <= day
    return begun and (baseline.expires is None or day <= baseline.expires)


def _among(item: _Written, known: Iterable[_Written]) -> bool:
    return any(item[1] is other[1] for other in known)


def _twice(baseline: Baseline, first: Baseline) -> Problem:
    return Problem(
        "duplicate-baseline",
        f"there is another baseline '{baseline.name}'",
        where=baseline.place.at("baseline"),
        related=(Related("the other stands here", first.place.at("baseline")),),
        hint="rename one of them",
        subject=baseline.name,
    )


def _unknown(baseline: Baseline, parent: str) -> Problem:
    return Problem(
        "unknown-baseline",
        f"baseline '{baseline.name}' extends '{parent}', and there is none of that name",
        where=baseline.place.at("extends"),
        hint="correct the name, or leave it out",
        subject=f"{baseline.name} {parent}",
    )


def _cycle(baseline: Baseline, parent: str) -> Problem:
    return Problem(
        "baseline-cycle",
        f"baseline '{baseline.name}' extends '{parent}', which extends it in turn",
        where=baseline.place.at("extends"),
        hint="take one of them out of the other's extends",
        subject=f"{baseline.name} {parent}",
    )
