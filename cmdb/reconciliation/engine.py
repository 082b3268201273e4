"""Declared and demanded against observed: from values to the whole verdict, in named steps.

Runs settle what counts; identity says which CI each observation is; coverage says how far sources looked; deviations
compare what was seen, presence judges what was not; waivers, approved changes and pending ones excuse; the verdict
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI, SERVING
from cmdb.model.config import DriftConfig, SourceConfig
from cmdb.model.drift import Deviation, DeviationId, DriftReport, Excuse, Fate, Outcome
from cmdb.model.filed_change import FiledChange
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.problem import Problem, Severity
from cmdb.model.quiet import collector_resting
from cmdb.model.snapshot import Snapshot
from cmdb.model.value import Value
from cmdb.reconciliation import presence, strangers, verdict
from cmdb.reconciliation.allowing import Allowing, by_owner
from cmdb.reconciliation.authorising import Authorising
from cmdb.reconciliation.coverage import Covered, cover
from cmdb.reconciliation.deviations import Judge
from cmdb.reconciliation.differences import Sameness
from cmdb.reconciliation.elsewhere import Beyond
from cmdb.reconciliation.evidence import Evidence, Habits, Witness
from cmdb.reconciliation.expectations import Preparation
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE, Finding, declared
from cmdb.reconciliation.identity import Identified, identify
from cmdb.reconciliation.ignoring import Ignoring
from cmdb.reconciliation.inheritance import Family, Rules
from cmdb.reconciliation.matching import Matcher
from cmdb.reconciliation.quick import Quick
from cmdb.reconciliation.relations import Ends
from cmdb.reconciliation.runs import SourceRun, settle
from cmdb.reconciliation.scopes import Scopes
from cmdb.reconciliation.selection import Selection
from cmdb.reconciliation.sight import Sight
from cmdb.reconciliation.waivers import Waivers
from cmdb.reconciliation.watching import Aftermath
from cmdb.reconciliation.weights import Weights

Pending = Callable[[CI, KeyPath, Value], Excuse | None]
"""Why a CI's deviation at a path with an observed value (None: absent) is expected for now; None where it is not."""


def judge(
    inventory: Inventory,
    baselines: Baselines,
    snapshot: Snapshot,
    *,
    as_of: datetime,
    config: DriftConfig | None = None,
    sources: Sequence[SourceConfig] = (),
    covers: Mapping[str, str] | None = None,
    trust_removals: bool = False,
    pending: Pending | None = None,
    records: Iterable[FiledChange] = (),
    watched: Iterable[DeviationId] = (),
) -> DriftReport:
    """The whole verdict. `as_of` without an offset is UTC; `sources` come in order of precedence, and `covers` gives
    for each the selector of what it is there for, where the settings leave that to its plugin. Of `watched` deviations,
    known from earlier runs, the report tells what became of them; they change nothing else. Of the change `records`
    those that are approved say which deviations they explain."""
    with collector_resting():
        trial = tried(
            inventory,
            baselines,
            snapshot,
            as_of=as_of,
            config=config,
            sources=sources,
            covers=covers,
            trust_removals=trust_removals,
            pending=pending,
            records=records,
        )
        return verdict_of(trial, watched)


def tried(
    inventory: Inventory,
    baselines: Baselines,
    snapshot: Snapshot,
    *,
    as_of: datetime,
    config: DriftConfig | None = None,
    sources: Sequence[SourceConfig] = (),
    covers: Mapping[str, str] | None = None,
    trust_removals: bool = False,
    pending: Pending | None = None,
    records: Iterable[FiledChange] = (),
) -> Trial:
    """The case of `judge` with everything that speaks in it, for those who ask more than the verdict."""
    moment = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
    config = config or DriftConfig()
    runs, early = settle(snapshot, sources, covers or {}, config, moment)
    trial = Trial(inventory, baselines, config, runs, moment, trust_removals, pending, records)
    trial.problems += (*snapshot.problems, *early)
    return trial


def verdict_of(trial: Trial, watched: Iterable[DeviationId] = ()) -> DriftReport:
    """The verdict on a case, and what became of the deviations that are watched."""
    report = trial.report()
    evidence = {run.source: run.at for run in trial.runs if run.at is not None}
    return replace(report, evidence=evidence, fates=trial.fates(watched, report.deviations))


@dataclass(slots=True)
class _CI:
    """One CI's verdict while it grows."""

    ci: CI
    evidence: Evidence
    rules: Rules
    findings: list[Finding] = field(default_factory=list)
    known: bool = False
    present: bool | None = None


class Trial:
    """One case: runs identified, coverage worked out, rules at hand."""

    def __init__(
        self,
        inventory: Inventory,
        baselines: Baselines,
        config: DriftConfig,
        runs: Sequence[SourceRun],
        moment: datetime,
        trust_removals: bool,
        pending: Pending | None,
        records: Iterable[FiledChange] = (),
    ) -> None:
        self.inventory = inventory
        self.unread = (*inventory.unread, *baselines.unread)
        self.baselines = baselines
        self.config = config
        self.pending = pending
        self.runs = runs
        self.problems: list[Problem] = []
        matcher = self.matcher = Matcher(inventory)
        self.identified: Identified = identify(matcher, Sameness(inventory.schema), runs)
        scopes = Scopes(inventory, self._key)
        threshold = None if trust_removals else config.outage_threshold
        self.covered: Covered = cover(runs, inventory.cis, self.identified, scopes, threshold)
        self.habits = Habits(self.identified.seen, matcher.kind_of)
        self.ends = Ends(inventory, matcher, self.identified.bound)
        day = moment.astimezone(UTC).date()
        self.family = Family(baselines.baselines)
        self.selection = Selection(self.family, inventory, day)
        self.weights = Weights(config, inventory)
        self.preparation = Preparation(inventory)
        self.ignoring = Ignoring()
        self.allowing = Allowing(self.family, inventory, self.preparation, day)
        self.quick = Quick(inventory, self.covered, self.preparation)
        self.waivers = Waivers(baselines.waivers, inventory, day)
        looked = {run.source: run.at for run in runs if run.at is not None}
        latest = max(looked.values(), default=moment)
        self.authorising = Authorising(records, inventory, lambda source: looked.get(source or "", latest))
        self.judge = Judge(inventory.cis, self.weights, self.preparation, Beyond(inventory, self.evidence))
        self.untracked_values = 0

    def report(self) -> DriftReport:
        """Every CI, then what is nobody's, then the counts."""
        findings: list[Finding] = []
        cis, tracked = self.inventory.cis, self.covered.tracked
        quiet: Outcome = "unobserved" if self.baselines.unread else "in_sync"
        outcomes: dict[str, Outcome] = dict.fromkeys(filter(tracked.__contains__, cis), quiet)
        as_declared = self.identified.anywhere() - self._otherwise()
        plain = frozenset[str]() if self.selection else as_declared - self.identified.special
        for name in [name for name in outcomes if name not in plain]:
            ci = cis[name]
            if name not in as_declared or ci.lifecycle not in SERVING or not self._undisturbed(ci):
                found = self._ci(ci)
                outcomes[name] = self._outcome(found)
                findings += found.findings
        findings += self._strangers()
        return self._reported(findings, outcomes)

    def _otherwise(self) -> set[str]:
        """The CIs that have to be looked at closely, however they were seen."""
        return self.identified.otherwise | self.covered.denied | self.waivers.cis() | self.authorising.cis()

    def fates(self, watched: Iterable[DeviationId], found: Sequence[Deviation]) -> Mapping[DeviationId, Fate]:
        """What became of deviations of earlier runs; `found` are those of this one."""
        aftermath = Aftermath(
            self.inventory, self.baselines, self.covered, self.identified, self.evidence, self.selection.rules, found
        )
        return {one: aftermath.fate(one) for one in watched}

    def _key(self, source: str, key: str) -> set[str]:
        """The CIs that a source's key stands for, or may stand for."""
        return self.identified.bound(source, key) | self.identified.possible(source, key)

    def _undisturbed(self, ci: CI) -> bool:
        """Whether a CI that was seen as declared plainly meets its baselines, and has no relations to judge."""
        if self.selection:
            rules = self.selection.rules(ci)
            if not self.ignoring.knows(rules) or (rules.claims and not self._meets(ci, rules)):
                return False
        if ci.relations:
            if any(claims.names_below(("relations",)) for claims in self.covered.claims(ci.id)):
                return False
            self.untracked_values += len(ci.relations)
        return True

    def _meets(self, ci: CI, rules: Rules) -> bool:
        sights = [seen[ci.id] for seen in self.identified.seen.values() if ci.id in seen]
        return len(sights) == 1 and self.quick.met(ci, sights[0].attributes, rules)

    def _ci(self, ci: CI) -> _CI:
        found = _CI(ci, self.evidence(ci), self.selection.rules(ci))
        doubts = self.identified.doubts.get(ci.id, ())
        if doubts:
            found.findings.append(presence.ambiguous(ci, doubts, self.weights.of("ambiguous", PRESENCE, ci)))
        if found.evidence.sights:
            self._present(found)
        elif not doubts:
            self._absent(found)
        if not ci.serves and ci.lifecycle != "retired":
            found.findings = [finding.capped(Severity.NOTE) for finding in found.findings]
        elif self.config.raise_for:
            found.findings = [self.weights.raised(finding) for finding in found.findings]
        found.findings = [
            self._excused(found, finding) for finding in found.findings if not self._ignored(found, finding)
        ]
        for path in (PRESENCE, LIFECYCLE) if found.rules.ignored else ():
            self.ignoring.note_whole(found.rules, path, known=found.known, deviates=False)
        self._waivers_unused(found)
        return found

    def evidence(self, ci: CI) -> Evidence:
        """All that sources say about a CI."""
        doubtful = {doubt.source for doubt in self.identified.doubts.get(ci.id, ())}
        witnesses: list[Witness] = []
        for coverage in self.covered.sources:
            source, claims = coverage.source, coverage.claims(ci.id)
            seen = self.identified.seen[source].get(ci.id)
            if seen is not None or claims is not None:
                sight = None if seen is None else Sight(source, seen, ci.kind)
                witnesses.append(Witness(source, sight, claims, source in doubtful))
        return Evidence(ci, witnesses, self.habits, self.inventory.schema, self.ends)

    def _present(self, found: _CI) -> None:
        ci, sight = found.ci, found.evidence.sights[0]
        found.known = found.present = True
        if ci.lifecycle == "retired":
            found.findings.append(presence.out_of_season(ci, sight, Severity.ERROR))
            return
        if not ci.serves:
            found.findings.append(presence.out_of_season(ci, sight, Severity.NOTE))
        asked = presence.presence_asked(
            found.rules, self.preparation, self.weights.of("deviating", PRESENCE, ci), seen=True
        )
        if asked:
            found.findings.append(presence.unwanted(ci, sight, asked))
        judged = self.judge.judge(found.evidence, found.rules)
        found.findings += judged.findings
        self.problems += judged.problems
        self.untracked_values += judged.untracked
        self.ignoring.note(found.evidence, found.rules, judged)

    def _absent(self, found: _CI) -> None:
        ci, severity = found.ci, self.weights.of("missing", PRESENCE, found.ci)
        asked = [declared(ci, PRESENCE, True, severity)]
        asked += presence.presence_asked(found.rules, self.preparation, severity, seen=False)
        finding = presence.absent(ci, found.evidence.claims, asked)
        if finding is None or finding.outcome == "missing":
            found.known, found.present = True, False
        if finding is not None:
            found.findings.append(finding)

    def _ignored(self, found: _CI, finding: Finding) -> bool:
        """Whether a rule ignores a finding about the CI as a whole; those about its values are gone by now."""
        if finding.path not in (PRESENCE, LIFECYCLE) or finding.outcome == "unobserved":
            return False
        return self.ignoring.note_whole(found.rules, finding.path, known=True, deviates=True)

    def _excused(self, found: _CI, finding: Finding) -> Finding:
        finding = self.waivers.excused(finding, found.evidence.look)
        finding = self.authorising.judged(finding)
        if self.pending is None or not finding.counts or finding.outcome not in ("deviating", "missing"):
            return finding
        observed = finding.deviation(self.inventory.schema).observed
        excuse = self.pending(found.ci, finding.path, observed)
        return finding if excuse is None else replace(finding, excuse=excuse)

    def _outcome(self, found: _CI) -> Outcome:
        outcome = verdict.outcome(found.findings, seen=found.known)
        return "unobserved" if outcome == "in_sync" and self.baselines.unread else outcome

    def _strangers(self) -> list[Finding]:
        if self.inventory.unread:
            return []
        kinds = strangers.managed(self.inventory, self.config)
        found = strangers.unmanaged(self.identified.strangers, kinds, self.weights.of("unmanaged", PRESENCE))
        seen = by_owner(self.identified.strangers)
        found = [self.allowing.excused(one, seen[one.source, one.key, one.kind]) for one in found]
        self.problems += self.allowing.problems(self.identified, self.runs)
        found = [self.waivers.excused(finding) for finding in found]
        return [self.authorising.stranger(one, seen[one.source, one.key, one.kind]) for one in found]

    def _waivers_unused(self, found: _CI) -> None:
        self.problems += self.waivers.idle(found.ci.id, found.evidence, present=found.present)

    def _reported(self, findings: list[Finding], outcomes: dict[str, Outcome]) -> DriftReport:
        identified = self.identified
        self.problems += strangers.unknown_kinds(identified.strangers, self.inventory)
        self.problems += (*self.covered.problems, *self.family.problems, *self.selection.problems)
        self.problems += (*self.preparation.problems, *self.ignoring.problems(), *self.waivers.expired)
        self.problems += self.waivers.idle_keys(identified)
        values = sum(finding.outcome == "unobserved" and finding.path != PRESENCE for finding in findings)
        return DriftReport(
            deviations=tuple(finding.deviation(self.inventory.schema) for finding in sorted(findings, key=_order)),
            coverage=self.covered.rows,
            outcomes=outcomes,
            problems=tuple(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.sort_key)),
            untracked=len(self.inventory.cis) - len(outcomes),
            unjudged=len(identified.strangers) if self.inventory.unread else 0,
            untracked_values=self.untracked_values,
            unobserved_values=values,
            not_implemented=tuple(
                self.authorising.missing_changes(
                    self.evidence,
                    self.covered.tracked.__contains__,
                    lambda path, ci: self.weights.of("not_implemented", path, ci),
                )
            ),
            incomplete=verdict.incomplete(
                self.inventory.cis, outcomes, findings, self.covered.failed, self.unread, self.config
            ),
        )


def _order(finding: Finding) -> tuple[object, ...]:
    path = tuple((isinstance(segment, int), str(segment)) for segment in finding.path)
    stranger = (finding.source or "", finding.key or "", finding.kind) if finding.ci is None else ()
    return finding.ci is None, finding.ci or "", stranger, path
