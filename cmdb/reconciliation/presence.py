"""Whether a CI is there, and what that means in its stage of life.

`live` and `retiring` CIs have to be there, and their absence counts where some source looked completely. Before that
absence is right and an early sight a note; after it absence is right and a sight an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cmdb.model.ci import CI
from cmdb.model.drift import Candidate, Demand
from cmdb.model.problem import Severity
from cmdb.reconciliation.claims import BADNESS, OUTAGE, Claims
from cmdb.reconciliation.evidence import why
from cmdb.reconciliation.expectations import Preparation
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE, Asked, Finding, declared, demanded
from cmdb.reconciliation.identity import Doubt, named_few
from cmdb.reconciliation.inheritance import Rules
from cmdb.reconciliation.sight import Sight
from cmdb.reconciliation.walk import ABSENT


def looked(claims: Iterable[Claims]) -> tuple[bool, str]:
    """Whether some source would have seen a CI that is there; and if none would, why not."""
    words = [(word, claim.source) for claim in claims if (word := claim.presence()) is not None]
    if any(word.complete for word, _ in words):
        return True, ""
    if any(word.reason == OUTAGE for word, _ in words):
        return False, OUTAGE
    reasons = [why(source, word) for word, source in sorted(words, key=lambda item: BADNESS[item[0].status])]
    return False, "; ".join(reasons) or "no source looked for it"


def absent(ci: CI, claims: Iterable[Claims], asked: Sequence[Asked]) -> Finding | None:
    """The finding about a CI that nobody saw; None where that is right."""
    complete, reason = looked(claims)
    if not complete:
        return Finding("unobserved", ci.kind, PRESENCE, ci=ci.id, expected=True, severity=Severity.NOTE, reason=reason)
    if not ci.serves:
        return None
    _, severity, ordered = demanded(asked)
    return Finding("missing", ci.kind, PRESENCE, ci=ci.id, expected=True, severity=severity, asked=ordered)


def out_of_season(ci: CI, sight: Sight, severity: Severity) -> Finding:
    """The finding about a CI that was seen before its time, or after it."""
    asked = declared(ci, LIFECYCLE, ci.lifecycle, severity)
    return Finding(
        "deviating",
        ci.kind,
        LIFECYCLE,
        ci=ci.id,
        source=sight.source,
        key=sight.key,
        expected=ci.lifecycle,
        observed="live",
        severity=severity,
        asked=(asked,),
        reason="seen although it is retired" if ci.lifecycle == "retired" else "seen before it is live",
    )


def unwanted(ci: CI, sight: Sight, asked: Sequence[Asked]) -> Finding:
    """The finding about a CI that is there and that a baseline forbids."""
    expected, severity, ordered = demanded(asked)
    return Finding(
        "deviating",
        ci.kind,
        PRESENCE,
        ci=ci.id,
        source=sight.source,
        key=sight.key,
        expected=expected,
        observed=True,
        severity=severity,
        asked=ordered,
    )


def ambiguous(ci: CI, doubts: Sequence[Doubt], severity: Severity) -> Finding:
    """The finding about a CI that may be what a source saw: one, however many such sights there are."""
    ordered = sorted(doubts, key=lambda doubt: (doubt.source, doubt.observation.key))
    reasons: dict[str, list[str]] = {}
    for candidates in {id(doubt.candidates): doubt.candidates for doubt in ordered}.values():
        for candidate in candidates:
            reasons.setdefault(candidate.ci, []).append(candidate.reason)
    things = list(dict.fromkeys(f"{doubt.source}: {doubt.observation.key}" for doubt in ordered))
    return Finding(
        "ambiguous",
        ci.kind,
        PRESENCE,
        ci=ci.id,
        source=ordered[0].source,
        key=ordered[0].observation.key,
        expected=True,
        observed=True,
        severity=severity,
        candidates=tuple(Candidate(name, "; ".join(dict.fromkeys(found))) for name, found in sorted(reasons.items())),
        reason=f"may be what was seen as {named_few(things)}",
    )


def presence_asked(rules: Rules, preparation: Preparation, default: Severity, *, seen: bool) -> list[Asked]:
    """The demands on presence that fail."""
    failed: list[Asked] = []
    for claim in rules.claims:
        if claim.expectation.path == PRESENCE:
            ready = preparation.ready(claim.expectation, None, claim.baseline)
            if ready is not None and not ready.met(True if seen else ABSENT):
                severity = default if claim.expectation.severity is None else claim.expectation.severity
                demand = Demand(claim.baseline, ready.operators, severity, claim.expectation.place, ready.said)
                failed.append(Asked(demand, ready.expected, claim.names))
    return failed
