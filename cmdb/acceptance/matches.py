"""The keys by which sources know the CIs that they were matched with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmdb.model.drift import Deviation
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import format_path
from cmdb.model.problem import Severity
from cmdb.model.snapshot import Observation
from cmdb.reconciliation.differences import Sameness
from cmdb.reconciliation.identity import identify
from cmdb.reconciliation.matching import Matcher
from cmdb.reconciliation.runs import SourceRun


def keys(inventory: Inventory, runs: Sequence[SourceRun]) -> Iterator[Deviation]:
    """For each CI and each source that saw it, the key that the CI's file does not have yet, as a deviation at
    `keys.SOURCE`. Doubtful matches give none."""
    identified = identify(Matcher(inventory), Sameness(inventory.schema), runs)
    for source, seen in sorted(identified.seen.items()):
        for name, observation in sorted(seen.items()):
            ci = inventory.cis[name]
            if observation.key and ci.keys.get(source) != observation.key and not identified.doubts.get(name):
                yield Deviation(
                    "deviating",
                    ci.kind,
                    format_path(("keys", source)),
                    ci=name,
                    key=observation.key,
                    source=source,
                    expected=ci.keys.get(source),
                    observed=observation.key,
                    severity=Severity.NOTE,
                    said=observation.key,
                )


def found(runs: Sequence[SourceRun], source: str, key: str) -> Observation | None:
    """What a source saw under a key."""
    return next((seen for run in runs if run.source == source for seen in run.observations if seen.key == key), None)
