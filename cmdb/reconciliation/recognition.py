"""How one CI was recognised or might have been: what it can be known by, what that found, and what came near."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.ci import CI
from cmdb.model.explanation import Doubtful, Mark, Near, Sighting
from cmdb.model.inventory import Inventory
from cmdb.model.snapshot import Observation
from cmdb.model.types import text
from cmdb.reconciliation.identity import Identified
from cmdb.reconciliation.matching import Match, Matcher
from cmdb.reconciliation.placeholders import placeholder

MOST = 5
"""How many things that came near are told."""
_SEVERAL = "what it was seen as at several moments, taken together"


def marks(inventory: Inventory, ci: CI) -> Iterator[Mark]:
    """What a CI can be recognised by, strongest first."""
    if ci.keys:
        yield Mark("key", tuple(f"{source}: {key}" for source, key in sorted(ci.keys.items())))
    kind = inventory.schema.kinds.get(ci.kind)
    for rule in kind.identity if kind else ():
        lacks = tuple(name for name in rule if placeholder(ci.attributes.get(name)))
        held = {name: ci.attributes[name] for name in rule if name not in lacks}
        shown = (f"{name} {text(inventory.schema.attribute(ci.kind, name), value)}" for name, value in held.items())
        yield Mark(" + ".join(rule), tuple(shown), lacks)
    names = (ci.id, *ci.aliases, ci.name, ci.attributes.get("hostname"))
    yield Mark("name", tuple(dict.fromkeys(str(name) for name in names if name)))


def sightings(matcher: Matcher, identified: Identified, ci: CI) -> Iterator[Sighting]:
    """How each source that saw a CI recognised it, in order of precedence."""
    for source, seen in identified.seen.items():
        if (observation := seen.get(ci.id)) is not None:
            match = matcher.match(source, observation)
            known = any(found.id == ci.id for found in match[0])
            rule, why = (_rule(match), matcher.reason(match, ci, source, observation)) if known else ("", _SEVERAL)
            yield Sighting(source, observation.key, rule, why, observation.at)


def doubts(identified: Identified, ci: CI) -> tuple[Doubtful, ...]:
    """What was seen that may be a CI, or another."""
    among = identified.doubts.get(ci.id, ())
    found = (Doubtful(doubt.source, doubt.observation.key, doubt.candidates) for doubt in among)
    return tuple(sorted(found, key=lambda doubt: (doubt.source, doubt.key)))


def near(matcher: Matcher, identified: Identified, ci: CI) -> tuple[Near, ...]:
    """What was seen that is not a CI although it is called alike, and why it is not."""
    names = {_label(name) for name in (ci.id, *ci.aliases, ci.name, ci.attributes.get("hostname")) if name}
    found = [*_strange(matcher, identified, ci, names), *_taken(matcher, identified, ci, names)]
    return tuple(sorted(found, key=lambda one: (one.source, one.key))[:MOST])


def _strange(matcher: Matcher, identified: Identified, ci: CI, names: set[str]) -> Iterator[Near]:
    for stranger in identified.strangers:
        seen = stranger.observation
        if alike := _alike(seen, names):
            why = (
                f"{alike} is called alike, but its domain is another"
                if seen.kind in matcher.family(ci.kind)
                else f"{alike} is called alike, but was seen as a {seen.kind}, and a {ci.kind} is none"
            )
            yield Near(stranger.source, seen.key, why)


def _taken(matcher: Matcher, identified: Identified, ci: CI, names: set[str]) -> Iterator[Near]:
    for source, cis in identified.seen.items():
        for other, seen in cis.items():
            if other != ci.id and (alike := _alike(seen, names)):
                match = matcher.match(source, seen)
                taken = next((one for one in match[0] if one.id == other), None)
                why = f": {matcher.reason(match, taken, source, seen)}" if taken else ""
                yield Near(source, seen.key, f"{alike} is called alike, but it is '{other}'{why}")


def _alike(seen: Observation, names: set[str]) -> str:
    """The first of its names whose first label is among some; empty where none is."""
    called = (seen.attributes.get("hostname"), seen.name, seen.key)
    return next((name for name in called if isinstance(name, str) and name and _label(name) in names), "")


def _label(name: object) -> str:
    return str(name).strip().partition(".")[0].casefold()


def _rule(match: Match) -> str:
    return match[1] if isinstance(match[1], str) else " + ".join(match[1])
