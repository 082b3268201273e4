"""What was seen and is nobody's: unmanaged things of the kinds that the workspace manages."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.model.config import DriftConfig
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem, Severity
from cmdb.reconciliation.findings import PRESENCE, Finding
from cmdb.reconciliation.identity import Stranger


def managed(inventory: Inventory, config: DriftConfig) -> frozenset[str]:
    """The kinds of which every thing should be declared: those of the settings with all below them, or those that the
    workspace declares a CI of."""
    schema = inventory.schema
    if config.manage is not None:
        return frozenset(name for kind in config.manage for name in schema.descendants.get(kind, (kind,)))
    declared = {ci.kind for ci in inventory.cis.values()}
    return frozenset(name for kind in declared if kind in schema.kinds for name in (kind, *schema.kinds[kind].lineage))


def unmanaged(strangers: Iterable[Stranger], kinds: frozenset[str], severity: Severity) -> list[Finding]:
    """A finding for each stranger of a managed kind."""
    return [
        Finding(
            "unmanaged",
            sight.observation.kind,
            PRESENCE,
            source=sight.source,
            key=sight.observation.key,
            observed=True,
            severity=severity,
            reason=_described(sight),
        )
        for sight in strangers
        if sight.observation.kind in kinds
    ]


def unknown_kinds(strangers: Iterable[Stranger], inventory: Inventory) -> list[Problem]:
    """A warning for each kind that a source speaks of and the schema does not know."""
    strange = {(s.source, s.observation.kind) for s in strangers if s.observation.kind not in inventory.schema.kinds}
    return [
        Problem(
            "observed-kind",
            f"source '{source}' sees things of kind '{kind}', and there is no such kind",
            Severity.WARNING,
            hint="correct the source, or declare the kind in inventory/schema/",
            subject=f"{source} {kind}",
        )
        for source, kind in sorted(strange)
    ]


def _described(sight: Stranger) -> str:
    names = (sight.observation.attributes.get("hostname"), sight.observation.name)
    known = next((name for name in names if isinstance(name, str) and name and name != sight.observation.key), "")
    return f"known there as {known}" if known else ""
