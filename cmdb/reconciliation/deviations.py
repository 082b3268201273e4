"""What one CI that was seen deviates in: its declaration and every demand on it, path by path.

Several demands that fail on one path are one finding. What is tracked and was not seen is `unobserved`; what no source
ever looks at is only counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.model.ci import CI, SERVING
from cmdb.model.drift import Demand
from cmdb.model.keypath import KeyPath, format_path, matches
from cmdb.model.kind import Attribute
from cmdb.model.problem import Problem, Severity
from cmdb.model.types import equal
from cmdb.model.value import Value
from cmdb.reconciliation.concrete import concrete
from cmdb.reconciliation.differences import Difference, differences, identical
from cmdb.reconciliation.elsewhere import Beyond
from cmdb.reconciliation.evidence import Evidence, Look
from cmdb.reconciliation.expectations import Preparation, Ready
from cmdb.reconciliation.findings import PRESENCE, Asked, Finding, declared, demanded
from cmdb.reconciliation.inheritance import Claim, Rules
from cmdb.reconciliation.operators.verdicts import Doubt, Others, Verdict, nowhere
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT
from cmdb.reconciliation.weights import Weights


@dataclass(slots=True)
class Judged:
    """The verdict on one CI's values. `ignored` has the positions of the ignore rules that were needed."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    untracked: int = 0
    ignored: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Spot:
    """What is known of one path while demands on it are being collected."""

    look: Look
    observed: Value
    reason: str
    asked: list[Asked] = field(default_factory=list)


class Judge:
    """Judges CIs by what they declare and by rules; keeps what can be used again for the next CI."""

    def __init__(
        self, serving: Mapping[str, CI], weights: Weights, preparation: Preparation, beyond: Beyond | None = None
    ) -> None:
        self._cis = serving
        self._weights = weights
        self._preparation = preparation
        self._beyond = beyond

    def judge(self, evidence: Evidence, rules: Rules) -> Judged:
        """Every finding about the values of a CI that was seen."""
        bench = _Bench(evidence, rules, self._cis, self._weights, self._preparation, self._beyond)
        bench.attributes()
        if evidence.ci.relations:
            bench.relations()
        bench.expectations()
        return bench.judged()


class _Bench:
    def __init__(
        self,
        evidence: Evidence,
        rules: Rules,
        cis: Mapping[str, CI],
        weights: Weights,
        preparation: Preparation,
        beyond: Beyond | None,
    ) -> None:
        self.evidence = evidence
        self.ci = evidence.ci
        self.rules = rules
        self.cis = cis
        self.weights = weights
        self.preparation = preparation
        self.beyond = beyond
        self.spots: dict[KeyPath, _Spot] = {}
        self.unseen: dict[KeyPath, tuple[str, list[Asked]]] = {}
        self.rivals: dict[KeyPath, Look] = {}
        self.untracked: set[KeyPath] = set()
        self.ignored: set[int] = set()

    def attributes(self) -> None:
        """Declared attributes; equal values of the only source are done with at once."""
        only = self.evidence.only
        carried: Mapping[str, Value] = only.observation.attributes if only else {}
        for name, value in self.ci.attributes.items():
            seen = carried.get(name)
            if seen == value and (value.__class__ is str or identical(value, seen)):
                continue
            attribute = self.evidence.schema.attribute(self.ci.kind, name)
            if value is not None and not (attribute is not None and attribute.volatile):
                self._attribute(attribute, ("attributes", name), value)

    def relations(self) -> None:
        """Declared relations of the types that coverage names."""
        for relation in self.ci.relations:
            path = ("relations", relation)
            if any(claims.named(path) for claims in self.evidence.claims):
                self._relation(path)
            elif not self._is_ignored(path):
                self.untracked.add(path)

    def expectations(self) -> None:
        """Every demand of the baselines."""
        for claim in self.rules.claims:
            pattern = claim.expectation.path
            if pattern != PRESENCE:
                for path in concrete(self.evidence, pattern):
                    self._expectation(claim, path)

    def judged(self) -> Judged:
        """Everything found, one finding a path."""
        found = [self._finding(path, spot) for path, spot in self.spots.items()]
        unseen = ((path, *why) for path, why in self.unseen.items() if path not in self.spots)
        found += (self._unobserved(path, reason, asked) for path, reason, asked in unseen)
        if self.rules.ignored:
            found = [finding for finding in found if not self._ignores(finding.path)]
        problems = [_contested(self.ci, path, look) for path, look in self.rivals.items()]
        return Judged(found, problems, len(self.untracked), self.ignored)

    def _attribute(self, attribute: Attribute | None, path: KeyPath, value: Value) -> None:
        look = self._look(path)
        if look.state == "seen":
            self._compare(attribute, path, value, look)
        elif look.state == "absent":
            for difference in differences(attribute, value, ABSENT, {}):
                self._differs(path, difference, look)
        elif isinstance(value, Mapping) and any(claims.names_below(path) for claims in self.evidence.claims):
            for name, item in value.items():
                if item is not None:
                    self._attribute(attribute.of if attribute else None, (*path, name), item)
        elif look.state == "unseen":
            self._not_seen(path, look.reason, self._declared(path, value))
        elif not self._is_ignored(path):
            self.untracked.add(path)

    def _compare(self, attribute: Attribute | None, path: KeyPath, value: Value, look: Look) -> None:
        reasons: dict[KeyPath, str] = {(): look.wrong} if look.wrong else {}
        if len(path) == 2:
            sight = self.evidence.sight_of(look.source)
            reasons = dict(sight.attribute(str(path[1]), self.evidence.schema)[1]) if sight else {}
        for difference in differences(attribute, value, look.value, reasons):
            self._differs(path, difference, look)

    def _differs(self, above: KeyPath, difference: Difference, look: Look) -> None:
        path = (*above, *difference.path)
        if difference.observed is ABSENT and look.state == "seen":
            closer = self.evidence.look(path)
            if closer.state == "unseen":
                asked = self._declared(path, difference.expected)
                self._not_seen(path, closer.reason, asked)
                return
            if closer.state == "seen" and _means(self.evidence, path, difference.expected, closer.value):
                return
        self._spot(path, look, difference.observed, difference.reason).asked.append(
            self._declared(path, difference.expected)
        )

    def _relation(self, path: KeyPath) -> None:
        look = self._look(path)
        ends = self.evidence.ends
        expected = ends.declared(self.ci, str(path[1]))
        if not look.known:
            self._not_seen(path, look.reason, self._declared(path, tuple(sorted(expected))))
            return
        sight = self.evidence.sight_of(look.source)
        far = ends.observed(sight, str(path[1])) if sight and look.state == "seen" else None
        seen = far.ids if far else frozenset[str]()
        unknown = f"seen instead, unknown here: {', '.join(far.unknown)}" if far and far.unknown else ""
        for target in sorted(expected - seen):
            if far is not None and target in far.perhaps:
                asked = self._declared((*path, target), target)
                self._not_seen((*path, target), f"'{look.source}' saw something that may be it", asked)
            elif target not in self.cis or self.cis[target].lifecycle in SERVING:
                self._differs(path, Difference((target,), target, ABSENT, unknown), look)
        for target in sorted(seen - expected):
            self._differs(path, Difference((target,), ABSENT, target), look)

    def _expectation(self, claim: Claim, path: KeyPath) -> None:
        ready = self._ready(claim, path)
        if ready is None:
            return
        look = self._look(path) if path[0] in ("attributes", "relations") else Look("untracked")
        if look.state == "untracked":
            if not self._is_ignored(path):
                self.untracked.add(path)
        elif look.state == "unseen":
            self._not_seen(path, look.reason, self._asked(claim, ready, path))
        else:
            self._weigh(claim, ready, path, look)

    def _weigh(self, claim: Claim, ready: Ready, path: KeyPath, look: Look) -> None:
        """Holds a demand against a value that is known; the value it compares with may not be."""
        others = self.beyond.of(self.evidence, path) if self.beyond and ready.elsewhere else nowhere
        verdict = ready.judged(look.value, others, look.wrong)
        if path[0] == "relations" and self._depends(ready, others, path, look, verdict):
            verdict = Doubt("unseen", f"'{look.source}' saw something that may be one of several CIs")
        if verdict is False:
            self._spot(path, look, look.value, look.wrong).asked.append(self._asked(claim, ready, path))
        elif isinstance(verdict, Doubt) and verdict.state == "unseen":
            self._not_seen(path, verdict.reason, self._asked(claim, ready, path))
        elif isinstance(verdict, Doubt) and verdict.state == "untracked" and not self._is_ignored(path):
            self.untracked.add(path)

    def _depends(self, ready: Ready, others: Others, path: KeyPath, look: Look, verdict: Verdict) -> bool:
        """Whether a verdict on a relation depends on which of several CIs a far end is."""
        sight = self.evidence.sight_of(look.source)
        perhaps = self.evidence.ends.perhaps(sight, path) if sight is not None else ()
        if not perhaps:
            return False
        known: tuple[str, ...] = look.value if len(path) == 2 and look.state == "seen" else ()
        whole: Value = (*known, *perhaps) if len(path) == 2 else perhaps[0]
        return ready.judged(whole, others, look.wrong) != verdict

    def _ready(self, claim: Claim, path: KeyPath) -> Ready | None:
        """Read by the type of what it speaks of, even where nothing was seen there and the path ends before a star."""
        spoken = max(path, claim.expectation.path, key=len)
        attribute = attribute_at(self.evidence.schema, self.ci.kind, spoken)
        return self.preparation.ready(claim.expectation, attribute, claim.baseline)

    def _asked(self, claim: Claim, ready: Ready, path: KeyPath) -> Asked:
        severity = claim.expectation.severity
        if severity is None:
            severity = self.weights.of("deviating", path, self.ci)
        demand = Demand(claim.baseline, ready.operators, severity, claim.expectation.place, ready.said)
        return Asked(demand, ready.expected, claim.names)

    def _declared(self, path: KeyPath, expected: Value) -> Asked:
        attribute = attribute_at(self.evidence.schema, self.ci.kind, path)
        return declared(self.ci, path, expected, self.weights.of("deviating", path, self.ci), attribute)

    def _look(self, path: KeyPath) -> Look:
        look = self.evidence.look(path)
        if look.rivals and not self._is_ignored(path):
            self.rivals[path] = look
        return look

    def _spot(self, path: KeyPath, look: Look, observed: Value, reason: str) -> _Spot:
        if path not in self.spots:
            self.spots[path] = _Spot(look, observed, reason)
        return self.spots[path]

    def _not_seen(self, path: KeyPath, reason: str, asked: Asked) -> None:
        self.unseen.setdefault(path, (reason, []))[1].append(asked)

    def _ignores(self, path: KeyPath) -> bool:
        """Whether a rule ignores a path; remembers which."""
        fitting = {number for number, ignored in enumerate(self.rules.ignored) if covers(ignored.rule.path, path)}
        self.ignored |= fitting
        return bool(fitting)

    def _is_ignored(self, path: KeyPath) -> bool:
        return any(covers(ignored.rule.path, path) for ignored in self.rules.ignored)

    def _finding(self, path: KeyPath, spot: _Spot) -> Finding:
        expected, severity, asked = demanded(spot.asked)
        return Finding(
            "deviating",
            self.ci.kind,
            path,
            ci=self.ci.id,
            source=spot.look.source,
            key=spot.look.key,
            expected=expected,
            observed=spot.observed,
            severity=severity,
            asked=asked,
            reason=spot.reason,
        )

    def _unobserved(self, path: KeyPath, reason: str, asked: list[Asked]) -> Finding:
        expected, _, ordered = demanded(asked)
        return Finding(
            "unobserved",
            self.ci.kind,
            path,
            ci=self.ci.id,
            expected=expected,
            severity=Severity.NOTE,
            asked=ordered,
            reason=reason,
        )


def covers(pattern: KeyPath, path: KeyPath) -> bool:
    """Whether a path fits a pattern, or lies below one that does."""
    return any(matches(pattern, path[:length]) for length in range(1, len(path) + 1))


def _means(evidence: Evidence, path: KeyPath, one: Value, other: Value) -> bool:
    try:
        return equal(attribute_at(evidence.schema, evidence.ci.kind, path), one, other)
    except (TypeError, ValueError, AttributeError, KeyError):
        return False


def _contested(ci: CI, path: KeyPath, look: Look) -> Problem:
    others = ", ".join(f"'{source}'" for source in look.rivals)
    return Problem(
        "contested",
        f"{ci.id}: sources disagree on {format_path(path)}: '{look.source}' is judged, {others} saw something else",
        Severity.WARNING,
        ci=ci.id,
        key_path=format_path(path),
        hint="the source named first in cmdb.yaml is judged; correct the other, or change the order",
    )
