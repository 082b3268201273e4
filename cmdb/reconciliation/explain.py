"""Why one CI got its verdict: the same case, asked for everything that led there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from cmdb.model.ci import CI
from cmdb.model.drift import CoverageRow, Demand, Deviation
from cmdb.model.explanation import Effect, Explanation, Judgement, Pardon, Standing, Told
from cmdb.model.keypath import KeyPath, format_path, parse_path
from cmdb.model.kind import Attribute
from cmdb.model.location import Where
from cmdb.model.plain import Plain
from cmdb.model.plain import value as resolved
from cmdb.model.value import Value
from cmdb.reconciliation import recognition
from cmdb.reconciliation.claims import Word
from cmdb.reconciliation.concrete import concrete
from cmdb.reconciliation.coverage import row
from cmdb.reconciliation.deviations import covers
from cmdb.reconciliation.engine import Trial
from cmdb.reconciliation.evidence import Evidence, Look, Witness
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE, declared, said
from cmdb.reconciliation.inheritance import Rules
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT


def explain(trial: Trial, ci: CI) -> Explanation:
    """Everything that led to the verdict on a CI of the case's inventory."""
    report = trial.report()
    evidence, rules = trial.evidence(ci), trial.selection.rules(ci)
    found = {parse_path(one.path): one for one in report.deviations if one.ci == ci.id}
    identified = trial.identified
    return Explanation(
        ci.id,
        ci.kind,
        ci.lifecycle,
        outcome=report.outcomes.get(ci.id),
        where=ci.place,
        marks=tuple(recognition.marks(trial.inventory, ci)),
        sightings=tuple(recognition.sightings(trial.matcher, identified, ci)),
        doubts=recognition.doubts(identified, ci),
        near=recognition.near(trial.matcher, identified, ci),
        coverage=tuple(_lines(evidence)),
        baselines=tuple(sorted({claim.baseline for claim in rules.claims} | {rule.baseline for rule in rules.ignored})),
        judgements=_Judgements(trial, evidence, rules, found).all(),
        pardons=tuple(_pardons(trial, evidence, rules, found)),
    )


def located(found: Explanation, locate: Callable[[Where], Where]) -> Explanation:
    """With a line for every place."""

    def at(where: Where | None) -> Where | None:
        return where and locate(where)

    def said(demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
        return tuple(replace(demand, where=at(demand.where)) for demand in demands)

    return replace(
        found,
        where=at(found.where),
        judgements=tuple(replace(one, demands=said(one.demands)) for one in found.judgements),
        pardons=tuple(replace(one, where=at(one.where)) for one in found.pardons),
    )


class _Judgements:
    """The demands on one CI by path, and what became of each."""

    def __init__(self, trial: Trial, evidence: Evidence, rules: Rules, found: Mapping[KeyPath, Deviation]) -> None:
        self.trial = trial
        self.evidence = evidence
        self.ci = evidence.ci
        self.rules = rules
        self.found = found
        self.demands: dict[KeyPath, list[Demand]] = {}

    def all(self) -> tuple[Judgement, ...]:
        """Existence first, then by path."""
        self._declared()
        self._demanded()
        below: dict[KeyPath, list[Deviation]] = {path: [] for path in self.demands}
        for path, deviation in self.found.items():
            below.setdefault(self._home(path), []).append(deviation)
        ordered = sorted(below, key=lambda path: (path != PRESENCE, path != LIFECYCLE, format_path(path)))
        return tuple(self._judgement(path, below[path]) for path in ordered)

    def _declared(self) -> None:
        ci, weights = self.ci, self.trial.weights
        if ci.serves:
            self._add(PRESENCE, declared(ci, PRESENCE, True, weights.of("missing", PRESENCE, ci)).demand)
        else:
            self._add(LIFECYCLE, declared(ci, LIFECYCLE, ci.lifecycle, weights.of("deviating", LIFECYCLE, ci)).demand)
        for name, value in ci.attributes.items():
            if value is not None:
                path = ("attributes", name)
                self._add(
                    path, declared(ci, path, value, weights.of("deviating", path, ci), self._attribute(path)).demand
                )
        for relation in ci.relations:
            path = ("relations", relation)
            ends = tuple(sorted(self.evidence.ends.declared(ci, relation)))
            self._add(path, declared(ci, path, ends, weights.of("deviating", path, ci), self._attribute(path)).demand)

    def _demanded(self) -> None:
        for claim in self.rules.claims:
            for path in concrete(self.evidence, claim.expectation.path):
                attribute = self._attribute(max(path, claim.expectation.path, key=len))
                ready = self.trial.preparation.ready(claim.expectation, attribute, claim.baseline)
                if ready is not None:
                    severity = claim.expectation.severity
                    weight = self.trial.weights.of("deviating", path, self.ci) if severity is None else severity
                    where = claim.expectation.place
                    self._add(path, Demand(claim.baseline, ready.operators, weight, where, ready.said))

    def _add(self, path: KeyPath, demand: Demand) -> None:
        self.demands.setdefault(path, []).append(demand)

    def _attribute(self, path: KeyPath) -> Attribute | None:
        return attribute_at(self.trial.inventory.schema, self.ci.kind, path)

    def _home(self, path: KeyPath) -> KeyPath:
        """The longest path with demands that a deviation lies at or below."""
        above = (path[:length] for length in range(len(path), 0, -1))
        return next((one for one in above if one in self.demands), path)

    def _judgement(self, path: KeyPath, below: list[Deviation]) -> Judgement:
        look = self._look(path)
        standing, reason = self._standing(path, below, look)
        seen = None if look.value is ABSENT else look.value
        known = "nothing" if look.state == "absent" else said(self._attribute(path), seen) if look.known else ""
        demands = tuple(self.demands.get(path, ())) or tuple(demand for one in below for demand in one.demanded_by)
        return Judgement(
            format_path(path), standing, demands, seen, known, look.source, reason, self._told(path), tuple(below)
        )

    def _look(self, path: KeyPath) -> Look:
        if path in (PRESENCE, LIFECYCLE):
            return self._whole()
        return self.evidence.look(path) if path[0] in ("attributes", "relations") else Look("untracked")

    def _whole(self) -> Look:
        """What is known of the CI's existence."""
        sights = self.evidence.sights
        if sights:
            return Look("seen", True, sights[0].source, sights[0].key)
        missing = self.found.get(PRESENCE)
        if missing is not None and missing.outcome == "missing":
            return Look("absent")
        return Look("unseen" if self.evidence.claims else "untracked", reason=missing.reason if missing else "")

    def _standing(self, path: KeyPath, below: list[Deviation], look: Look) -> tuple[Standing, str]:
        counting = [one for one in below if one.counts]
        worst: Standing
        for worst in ("missing", "ambiguous"):
            if any(one.outcome == worst for one in counting):
                return worst, ""
        if counting:
            return "deviating", "; ".join(dict.fromkeys(one.reason for one in counting if one.reason))
        if any(one.excuse for one in below):
            return "excused", ""
        if below:
            return "unobserved", below[0].reason
        return self._silent(path, look)

    def _silent(self, path: KeyPath, look: Look) -> tuple[Standing, str]:
        """Why there is no deviation."""
        for ignored in self.rules.ignored:
            if covers(ignored.rule.path, path):
                return "ignored", f"baseline '{ignored.baseline}' ignores {format_path(ignored.rule.path)}"
        if path in (PRESENCE, LIFECYCLE):
            return "met" if look.state != "untracked" else "untracked", look.reason
        if not self.evidence.sights or self.ci.lifecycle == "retired":
            return "not_judged", "the CI is retired" if self.evidence.sights else "no source saw the CI"
        attribute = self._attribute(path)
        baselined = any(demand.baseline for demand in self.demands.get(path, ()))
        if attribute is not None and attribute.volatile and not baselined:
            return "not_compared", "it changes all the time, so it is not compared with what is declared"
        relation = path[0] == "relations" and not any(claims.named(path) for claims in self.evidence.claims)
        if look.state == "untracked" or (relation and not baselined):
            return "untracked", _NOBODY
        return "met", ""

    def _told(self, path: KeyPath) -> tuple[Told, ...]:
        return tuple(told for witness in self.evidence.witnesses for told in _words(witness, path))


_NOBODY = "no coverage line names it, and no source reports it for any CI of this kind"


def _words(witness: Witness, path: KeyPath) -> Iterator[Told]:
    word = None if witness.claims is None else _word(witness, path)
    if word is not None:
        yield Told(witness.source, word.status, word.reason)
    elif witness.sight is not None and (path in (PRESENCE, LIFECYCLE) or witness.sight.carries(path)):
        yield Told(witness.source, None, "it reports the value, though no coverage line names it")


def _word(witness: Witness, path: KeyPath) -> Word | None:
    claims = witness.claims
    if claims is None:
        return None
    return claims.presence() if path in (PRESENCE, LIFECYCLE) else claims.named(path)


def _lines(evidence: Evidence) -> Iterator[CoverageRow]:
    """The coverage lines that select the CI, by source in order of precedence."""
    for claims in evidence.claims:
        yield from (row(claims.source, line) for line in claims.lines)


def _pardons(trial: Trial, evidence: Evidence, rules: Rules, found: Mapping[KeyPath, Deviation]) -> Iterator[Pardon]:
    for waiver, effect in trial.waivers.told(evidence.ci.id, evidence, present=_present(evidence, found)):
        yield Pardon(
            "waiver",
            format_path(waiver.path),
            effect,
            observed=written(waiver.observed),
            reason=waiver.reason,
            approved_by=waiver.approved_by,
            expires=waiver.expires,
            baseline=waiver.baseline,
            where=waiver.place,
        )
    needed = trial.judge.judge(evidence, rules).ignored if evidence.sights else frozenset[int]()
    for position, ignored in enumerate(rules.ignored):
        path, rule = format_path(ignored.rule.path), ignored.rule
        does: Effect = "excuses" if position in needed else "unused" if evidence.sights else "not_seen"
        yield Pardon("ignore", path, does, reason=rule.reason, baseline=ignored.baseline, where=rule.place)
    for one in found.values():
        excuse = one.excuse
        if excuse is not None and excuse.type != "waiver":
            yield Pardon(excuse.type, one.path, "excuses", one.observed, reason=excuse.reason, where=excuse.where)


def _present(evidence: Evidence, found: Mapping[KeyPath, Deviation]) -> bool | None:
    if evidence.sights:
        return True
    return False if PRESENCE in found and found[PRESENCE].outcome == "missing" else None


def written(raw: Value) -> Value:
    """What a waiver says, as its file has it."""
    return raw.text if isinstance(raw, Plain) else resolved(raw)
