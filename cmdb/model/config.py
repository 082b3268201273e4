"""What `cmdb.yaml` says about a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cmdb.model.change_config import ChangeConfig
from cmdb.model.keypath import KeyPath
from cmdb.model.problem import Severity
from cmdb.model.value import Value

DEFAULT_SEVERITY: Mapping[str, Severity] = {
    "missing": Severity.ERROR,
    "deviating": Severity.ERROR,
    "ambiguous": Severity.ERROR,
    "unmanaged": Severity.WARNING,
    "not_implemented": Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One configured source. Without a plugin its snapshots are made elsewhere and come in by `--observed`. `covers`
    is a selector; empty means the kinds that the plugin declares."""

    name: str
    plugin: str = ""
    covers: str = ""
    timeout: timedelta = timedelta(seconds=60)
    options: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """What deviations weigh that fit: an `outcome`, CIs that a selector picks, key paths at or below a pattern; each
    left out fits all. `cis` fits nothing that no CI declares."""

    severity: Severity
    outcome: str | None = None
    cis: str | None = None
    path: KeyPath | None = None


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """Rules of judgement. `manage` None means the kinds of which the workspace declares a CI. `allow_unobserved` is a
    count, or a share of the tracked CIs when it is written in percent (then between 0.0 and 1.0, as a float). The first
    of the `rules` that fits outweighs `severity`; `raise_for` has the criticalities of services that make what they
    depend on one step graver."""

    max_age: timedelta = timedelta(days=7)
    outage_threshold: float = 0.5
    manage: tuple[str, ...] | None = None
    pending_grace: timedelta = timedelta(days=3)
    allow_unobserved: int | float = 0
    severity: Mapping[str, Severity] = field(default_factory=lambda: DEFAULT_SEVERITY)
    rules: tuple[SeverityRule, ...] = ()
    raise_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceConfig:
    """The workspace's settings; `sources` in order of precedence."""

    name: str = ""
    sources: tuple[SourceConfig, ...] = ()
    drift: DriftConfig = field(default_factory=DriftConfig)
    change: ChangeConfig = field(default_factory=ChangeConfig)

    def selectors(self) -> Iterator[tuple[KeyPath, str]]:
        """Every selector that asks for fields only, with the place where it stands in `cmdb.yaml`."""
        for number, rule in enumerate(self.drift.rules):
            if rule.cis is not None:
                yield ("drift", "rules", number, "cis"), rule.cis
        for number, kind in enumerate(self.change.types):
            if kind.cis is not None:
                yield ("change", "types", number, "cis"), kind.cis
        for number, approval in enumerate(self.change.approvals):
            for name, selector in (("cis", approval.cis), ("affected", approval.affected)):
                if selector is not None:
                    yield ("change", "approvals", number, name), selector
