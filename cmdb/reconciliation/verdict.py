"""From findings to the verdict: one outcome for each CI, and whether silence means that everything was seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cmdb.model.ci import CI
from cmdb.model.config import DriftConfig
from cmdb.model.drift import Outcome
from cmdb.reconciliation.findings import Finding

WORST_FIRST: tuple[Outcome, ...] = ("missing", "ambiguous", "deviating", "unobserved", "in_sync")


def outcome(findings: Iterable[Finding], *, seen: bool) -> Outcome:
    """A CI's worst unexcused outcome; `seen` says whether anything is known of it apart from its findings."""
    counting = {finding.outcome for finding in findings if finding.excuse is None}
    if not counting and not seen:
        return "unobserved"
    return next((name for name in WORST_FIRST if name in counting), "in_sync")


def incomplete(
    cis: Mapping[str, CI],
    outcomes: Mapping[str, Outcome],
    findings: Iterable[Finding],
    failed: Sequence[tuple[str, str]],
    unread: Sequence[str],
    config: DriftConfig,
) -> tuple[str, ...]:
    """Why silence would not mean that everything was seen; empty where it does."""
    reasons = [
        f"source '{source}' saw nothing: {reason}" if reason else f"source '{source}' saw nothing"
        for source, reason in failed
    ]
    blind = {finding.ci for finding in findings if finding.outcome == "unobserved" and finding.ci}
    if "unobserved" in outcomes.values():
        blind |= {name for name, found in outcomes.items() if found == "unobserved"}
    serving = {name for name in blind if name in outcomes and cis[name].serves}
    if _too_many(len(serving), outcomes, config.allow_unobserved):
        whole = f"{len(serving)} of {len(outcomes)} tracked CIs"
        reasons.append(f"{whole} {'was' if len(serving) == 1 else 'were'} not seen, or not in full")
    reasons += (f"{path} could not be read" for path in unread)
    return tuple(reasons)


def _too_many(count: int, tracked: Collection[str], allowed: float) -> bool:
    """`allowed` is a count, or as a float a share of the tracked CIs."""
    return count > (allowed * len(tracked) if isinstance(allowed, float) else allowed)
