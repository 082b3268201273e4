"""What baselines demand of a CI together: what each inherits, which of them replace which, and when they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cmdb.model.baseline import Baseline, Expectation, IgnoreRule
from cmdb.model.keypath import KeyPath
from cmdb.model.problem import Problem, Related


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
        self._expected: dict[str, Mapping[KeyPath, tuple[_Written, ...]]] = {}
        self._rules: dict[tuple[str, ...], Rules] = {}
        for name in self._by_name:
            self._ancestors(name, ())

    def __iter__(self) -> Iterator[Baseline]:
        return iter(self._by_name.values())

    def rules(self, selected: tuple[str, ...]) -> Rules:
        """What the baselines that select a CI say together."""
        if selected not in self._rules:
            self._rules[selected] = self._combined(selected)
        return self._rules[selected]

    def _combined(self, selected: tuple[str, ...]) -> Rules:
        replaced = {ancestor for name in selected for ancestor in self._above[name]}
        claims: dict[tuple[str, KeyPath, int], Claim] = {}
        ignored: dict[tuple[str, int], Ignored] = {}
        for name in selected:
            for origin in (name, *sorted(self._above[name])):
                for rule in self._by_name[origin].ignore:
                    ignored.setdefault((origin, id(rule)), Ignored(rule, origin))
            if name in replaced:
                continue
            for path, found in self._demands(name).items():
                for origin, expectation in found:
                    owner = origin if origin in selected else name
                    claim = Claim(expectation, owner, frozenset((origin, name)))
                    claims.setdefault((owner, path, id(expectation)), claim)
        ordered = sorted(claims.values(), key=lambda claim: (tuple(map(str, claim.expectation.path)), claim.baseline))
        return Rules(tuple(ordered), tuple(ignored.values()))

    def _demands(self, name: str) -> Mapping[KeyPath, tuple[_Written, ...]]:
        """What a baseline expects on each path: its own word, else that of its nearest ancestors."""
        if name not in self._expected:
            baseline = self._by_name[name]
            found: dict[KeyPath, tuple[_Written, ...]] = {}
            for parent in self._parents(baseline):
                for path, written in self._demands(parent).items():
                    known = found.get(path, ())
                    found[path] = (*known, *(item for item in written if not _among(item, known)))
            found = {path: self._nearest(written) for path, written in found.items()}
            for expectation in baseline.expect:
                own = tuple((name, item) for item in baseline.expect if item.path == expectation.path)
                found[expectation.path] = own
            self._expected[name] = found
        return self._expected[name]

    def _nearest(self, written: tuple[_Written, ...]) -> tuple[_Written, ...]:
        replaced = {ancestor for origin, _ in written for ancestor in self._above[origin]}
        return tuple(item for item in written if item[0] not in replaced)

    def _parents(self, baseline: Baseline) -> list[str]:
        """The baselines it extends, without those that are unknown or extend it in turn."""
        below = baseline.name
        return [name for name in baseline.extends if name in self._above and below not in (name, *self._above[name])]

    def _ancestors(self, name: str, below: tuple[str, ...]) -> frozenset[str]:
        if name in self._above:
            return self._above[name]
        baseline = self._by_name[name]
        found: set[str] = set()
        for parent in baseline.extends:
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
