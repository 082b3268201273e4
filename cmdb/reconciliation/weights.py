"""What a deviation weighs: by its outcome, by the rules of the settings, and by the services that depend on the CI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from cmdb.graph.impact import impact
from cmdb.graph.selectors import predicate
from cmdb.graph.topology import Topology, build
from cmdb.model.ci import CI
from cmdb.model.config import DEFAULT_SEVERITY, DriftConfig
from cmdb.model.drift import Outcome
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, matches
from cmdb.model.problem import Severity
from cmdb.model.status import Status
from cmdb.reconciliation.findings import Finding

Weighed = Outcome | Literal["not_implemented"]
"""Outcomes, and what becomes of an approved change that nobody made."""


@dataclass(frozen=True, slots=True)
class _Rule:
    severity: Severity
    outcome: str | None
    applies: Callable[[CI], bool] | None
    path: KeyPath | None

    def fits(self, outcome: Weighed, path: KeyPath, ci: CI | None) -> bool:
        if self.outcome not in (None, outcome):
            return False
        if self.path is not None and not any(matches(self.path, path[:end]) for end in range(1, len(path) + 1)):
            return False
        return self.applies is None or (ci is not None and self.applies(ci))


class Weights:
    """The severities of a workspace. Raises `CmdbError` where the selector of a rule is wrong."""

    def __init__(self, config: DriftConfig, inventory: Inventory) -> None:
        self._config = config
        self._inventory = inventory
        self._raised: dict[str, str] = {}
        self._rules = tuple(
            _Rule(rule.severity, rule.outcome, _applies(rule.cis, inventory), rule.path) for rule in config.rules
        )

    def of(self, outcome: Weighed, path: KeyPath, ci: CI | None = None) -> Severity:
        """What an outcome weighs at a path, unless a demand says otherwise."""
        for rule in self._rules:
            if rule.fits(outcome, path, ci):
                return rule.severity
        return self._config.severity.get(outcome, DEFAULT_SEVERITY[outcome])

    def raised(self, finding: Finding) -> Finding:
        """One step graver, where a service of the criticalities in question depends on the CI."""
        if not self._config.raise_for or finding.outcome == "unobserved" or finding.ci is None:
            return finding
        if finding.ci not in self._raised:
            self._raised[finding.ci] = self._service(finding.ci)
        if not self._raised[finding.ci]:
            return finding
        reason = "; ".join(filter(None, (finding.reason, self._raised[finding.ci])))
        return replace(finding, severity=Severity(min(finding.severity + 1, Severity.CRITICAL)), reason=reason)

    def _service(self, ci: str) -> str:
        """Which service makes a CI weigh more, in words; empty where none does."""
        hit = impact(self._topology, [ci])
        harmed = [ci, *(service.id for service in hit.services if service.status >= Status.DEGRADED)]
        for name in harmed:
            found = self._inventory[name]
            if found.criticality in self._config.raise_for and found.kind in self._topology.services:
                return f"graver, since the {found.criticality} service '{name}' depends on it"
        return ""

    @cached_property
    def _topology(self) -> Topology:
        return build(self._inventory)


def _applies(selector: str | None, inventory: Inventory) -> Callable[[CI], bool] | None:
    return None if selector is None else predicate(selector, inventory.schema, inventory)
