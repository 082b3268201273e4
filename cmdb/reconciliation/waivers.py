"""Waivers: what they excuse, which have expired, and which nobody needs any more.

A waiver is pinned to a CI (or a source and its key), a path and a value. It may name a whole set or map with everything
in it; then it excuses what deviates inside while the whole is exactly as it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from cmdb.model.baseline import Waiver
from cmdb.model.drift import Excuse
from cmdb.model.explanation import Effect
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, format_path, matches
from cmdb.model.plain import value
from cmdb.model.problem import Problem, Severity
from cmdb.model.types import WrongValue, equal
from cmdb.model.value import Value, freeze, same
from cmdb.reconciliation.evidence import Evidence, Look
from cmdb.reconciliation.findings import PRESENCE, Finding, demanded
from cmdb.reconciliation.identity import Identified
from cmdb.reconciliation.typed import attribute_at, redacted, written
from cmdb.reconciliation.walk import ABSENT

LookAt = Callable[[KeyPath], Look]


class Waivers:
    """The waivers of a workspace on one day. `expired` grows with those that would have excused something."""

    def __init__(self, waivers: Iterable[Waiver], inventory: Inventory, day: date) -> None:
        self._inventory = inventory
        self._day = day
        self._used: set[int] = set()
        self._by_ci: dict[str, list[Waiver]] = defaultdict(list)
        self._by_key: dict[tuple[str, str], list[Waiver]] = defaultdict(list)
        self.expired: list[Problem] = []
        for waiver in waivers:
            if waiver.ci is not None:
                self._by_ci[inventory.resolve(waiver.ci) or waiver.ci].append(waiver)
            elif waiver.source is not None and waiver.key is not None:
                self._by_key[waiver.source, waiver.key].append(waiver)

    def cis(self) -> frozenset[str]:
        """The CIs that a waiver names."""
        return frozenset(self._by_ci)

    def excused(self, finding: Finding, look_at: LookAt | None = None) -> Finding:
        """The finding with its excuse, or without the demands that are waived; `look_at` tells what else is known of
        the CI."""
        if finding.outcome == "unobserved" or not (self._by_ci or self._by_key):
            return finding
        known = list(self._by_ci.get(finding.ci or "", ()))
        if finding.source is not None and finding.key is not None:
            known += self._by_key.get((finding.source, finding.key), ())
        for waiver in known:
            if self._matches(waiver, finding, look_at):
                finding = self._applied(waiver, finding)
        return finding

    def idle(self, ci: str, evidence: Evidence, *, present: bool | None) -> Iterator[Problem]:
        """A warning for each waiver of a CI whose value was looked at and needs no excuse; `present` None means that
        nobody knows whether the CI is there."""
        for waiver in self._by_ci.get(ci, ()):
            if id(waiver) not in self._used and _seen(waiver, evidence, present):
                yield _unused(waiver)

    def told(self, ci: str, evidence: Evidence, *, present: bool | None) -> Iterator[tuple[Waiver, Effect]]:
        """Every waiver of a CI, or of what sources saw it as, with what it does once all is judged."""
        seen = ((sight.source, sight.key) for sight in evidence.sights)
        for waiver in (*self._by_ci.get(ci, ()), *(one for owner in seen for one in self._by_key.get(owner, ()))):
            yield waiver, self._effect(waiver, evidence, present)

    def _effect(self, waiver: Waiver, evidence: Evidence, present: bool | None) -> Effect:
        if expired(waiver, self._day):
            return "expired"
        if id(waiver) in self._used:
            return "excuses"
        return "unused" if _seen(waiver, evidence, present) else "not_seen"

    def idle_keys(self, identified: Identified) -> Iterator[Problem]:
        """The same for waivers that name a source's key."""
        strange = {(stranger.source, stranger.observation.key) for stranger in identified.strangers}
        for owner, waivers in self._by_key.items():
            if owner in strange or identified.bound(*owner) or identified.possible(*owner):
                yield from (_unused(waiver) for waiver in waivers if id(waiver) not in self._used)

    def _applied(self, waiver: Waiver, finding: Finding) -> Finding:
        self._used.add(id(waiver))
        if expired(waiver, self._day):
            self.expired.append(expiry(waiver).but(Severity.ERROR))
            return finding
        excuse = Excuse("waiver", waiver.reason, waiver.approved_by, waiver.expires, waiver.baseline, waiver.place)
        left = tuple(one for one in finding.asked if waiver.baseline is not None and waiver.baseline not in one.names)
        if not left:
            return finding if finding.excuse else replace(finding, excuse=excuse)
        expected, severity, asked = demanded(left)
        reason = "; ".join(filter(None, (finding.reason, f"what '{waiver.baseline}' demands is waived")))
        return replace(finding, expected=expected, severity=severity, asked=asked, reason=reason)

    def _matches(self, waiver: Waiver, finding: Finding, look_at: LookAt | None) -> bool:
        if waiver.baseline is not None and not any(waiver.baseline in one.names for one in finding.asked):
            return False
        if matches(waiver.path, finding.path):
            return self._means(waiver, finding, finding.path, finding.observed)
        for length in range(2, len(finding.path)):
            above = finding.path[:length]
            if look_at is not None and matches(waiver.path, above):
                look = look_at(above)
                return look.known and self._means(waiver, finding, above, look.value)
        return False

    def _means(self, waiver: Waiver, finding: Finding, path: KeyPath, observed: Value) -> bool:
        """Whether the value that is waived is the one that was observed, as the type of the attribute means it."""
        if observed is None or observed is ABSENT or waiver.observed is None:
            gone = observed is None or observed is ABSENT
            return waiver.observed is None and (gone or finding.outcome == "unmanaged")
        if redacted(observed):
            return False
        attribute = attribute_at(self._inventory.schema, finding.kind, path)
        try:
            return equal(attribute, written(attribute, waiver.observed), observed)
        except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
            return same(freeze(value(waiver.observed)), observed)


def expired(waiver: Waiver, day: date) -> bool:
    """Whether a waiver no longer excuses; its last day is inclusive."""
    return waiver.expires is not None and waiver.expires < day


def expiry(waiver: Waiver) -> Problem:
    """The finding about an expired waiver, as a warning."""
    path = format_path(waiver.path)
    return Problem(
        "waiver-expired",
        f"the waiver of {path} for '{_what(waiver)}' expired on {waiver.expires}",
        Severity.WARNING,
        where=waiver.place.at("expires"),
        ci=waiver.ci,
        key_path=path,
        hint="mend the deviation and remove the waiver, or have it approved again",
        subject=_subject(waiver),
    )


def _seen(waiver: Waiver, evidence: Evidence, present: bool | None) -> bool:
    """Whether the value that a waiver speaks of was actually looked at."""
    if waiver.path == PRESENCE:
        return present is not None
    if waiver.path[0] not in ("attributes", "relations"):
        return bool(present)
    return bool(present) and evidence.look(waiver.path).known


def _unused(waiver: Waiver) -> Problem:
    path = format_path(waiver.path)
    return Problem(
        "waiver-unused",
        f"the waiver of {path} for '{_what(waiver)}' excuses nothing: what was seen is another value, or is right",
        Severity.WARNING,
        where=waiver.place,
        ci=waiver.ci,
        key_path=path,
        hint="remove it",
        subject=_subject(waiver),
    )


def _what(waiver: Waiver) -> str:
    return waiver.ci or f"{waiver.source}: {waiver.key}"


def _subject(waiver: Waiver) -> str:
    return f"{_what(waiver)} {waiver.baseline or ''} {waiver.observed!r}"
