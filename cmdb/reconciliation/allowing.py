"""Things that may be there although no CI stands for them: what baselines say under `unmanaged`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from cmdb.model.baseline import AllowRule, Baseline, Expectation
from cmdb.model.drift import Excuse
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem, Severity
from cmdb.model.snapshot import Observation
from cmdb.model.value import Value, freeze
from cmdb.reconciliation.expectations import Preparation
from cmdb.reconciliation.findings import Finding
from cmdb.reconciliation.identity import Identified, Stranger
from cmdb.reconciliation.inheritance import in_force
from cmdb.reconciliation.runs import SourceRun
from cmdb.reconciliation.typed import attribute_at, observed
from cmdb.reconciliation.walk import expand, walk


@dataclass(frozen=True, slots=True)
class _Rule:
    baseline: Baseline
    rule: AllowRule


class Allowing:
    """The rules of the baselines in force on a day, and which of them were needed."""

    def __init__(
        self, baselines: Iterable[Baseline], inventory: Inventory, preparation: Preparation, day: date
    ) -> None:
        self._inventory = inventory
        self._preparation = preparation
        current = [baseline for baseline in baselines if in_force(baseline, day)]
        self._rules = [_Rule(baseline, rule) for baseline in current for rule in baseline.unmanaged]
        self._needed: set[int] = set()

    def excused(self, finding: Finding, seen: Observation) -> Finding:
        """The finding about something unmanaged, excused where a rule allows it."""
        for one in self._rules:
            if self._allows(one, finding.source, seen):
                self._needed.add(id(one.rule))
                if finding.excuse is None:
                    finding = replace(finding, excuse=_excuse(one))
        return finding

    def problems(self, identified: Identified, runs: Sequence[SourceRun]) -> Iterator[Problem]:
        """Rules that make no sense, and those that nothing needed although such things were looked for."""
        yield from unknown_kinds((one.baseline for one in self._rules), self._inventory)
        for one in self._rules:
            if id(one.rule) not in self._needed and self._looked_for(one.rule, identified, runs):
                yield _unused(one)

    def _allows(self, one: _Rule, source: str | None, seen: Observation) -> bool:
        rule = one.rule
        return (
            rule.source in (None, source)
            and self._of_kind(rule, seen)
            and _like(rule.key, (seen.key,))
            and _like(rule.name, (seen.attributes.get("hostname"), seen.attributes.get("name"), seen.name))
            and all(self._met(one, expectation, seen) for expectation in rule.where)
        )

    def _of_kind(self, rule: AllowRule, seen: Observation) -> bool:
        return rule.kind is None or self._inventory.schema.is_a(seen.kind, rule.kind)

    def _met(self, one: _Rule, expectation: Expectation, seen: Observation) -> bool:
        """Whether a value is known, and as expected."""
        path = expectation.path
        if path[0] != "attributes" or len(path) < 2 or path[1] not in seen.attributes:
            return False
        attribute = attribute_at(self._inventory.schema, seen.kind, path[:2])
        whole, reasons = observed(attribute, freeze(seen.attributes[str(path[1])]))
        for rest in expand(whole, path[2:]):
            inner = attribute_at(self._inventory.schema, seen.kind, (*path[:2], *rest))
            ready = self._preparation.ready(expectation, inner, one.baseline.name)
            wrong = next((why for at, why in reasons.items() if rest[: len(at)] == at), "")
            if ready is None or ready.judged(walk(whole, rest), wrong=wrong) is not True:
                return False
        return True

    def _looked_for(self, rule: AllowRule, identified: Identified, runs: Sequence[SourceRun]) -> bool:
        """Whether a source that saw things of the kind saw all there was to see."""
        whole = {run.source for run in runs if run.coverage and all(line.status == "complete" for line in run.coverage)}
        sources = whole if rule.source is None else whole & {rule.source}
        seen = (found for source in sorted(sources) for found in identified.seen.get(source, {}).values())
        strange = (found.observation for found in identified.strangers if found.source in sources)
        return any(self._of_kind(rule, found) for found in (*seen, *strange))


def by_owner(strangers: Iterable[Stranger]) -> Mapping[tuple[str | None, str | None, str], Observation]:
    """What was seen, by source, key and kind."""
    return {(found.source, found.observation.key, found.observation.kind): found.observation for found in strangers}


def unknown_kinds(baselines: Iterable[Baseline], inventory: Inventory) -> Iterator[Problem]:
    """Rules for kinds that nobody knows."""
    for baseline in baselines:
        for rule in baseline.unmanaged:
            if rule.kind is not None and rule.kind not in inventory.schema.kinds:
                message = f"there is no kind '{rule.kind}'"
                hint = "'cmdb schema kinds' lists them"
                yield Problem("unknown-kind", message, where=rule.place.at("kind"), hint=hint, subject=baseline.name)


def _like(pattern: str | None, names: Iterable[Value]) -> bool:
    return pattern is None or any(isinstance(name, str) and name and fnmatchcase(name, pattern) for name in names)


def _excuse(one: _Rule) -> Excuse:
    baseline, rule = one.baseline, one.rule
    return Excuse("waiver", rule.reason, baseline.approved_by, baseline.expires, baseline.name, rule.place)


def _unused(one: _Rule) -> Problem:
    return Problem(
        "allow-unused",
        f"baseline '{one.baseline.name}' allows something unmanaged that nobody saw: {_described(one.rule)}",
        Severity.WARNING,
        where=one.rule.place,
        hint="remove the rule",
        subject=f"{one.baseline.name} {_described(one.rule)}",
    )


def _described(rule: AllowRule) -> str:
    parts = {"kind": rule.kind, "source": rule.source, "key": rule.key, "name": rule.name}
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
