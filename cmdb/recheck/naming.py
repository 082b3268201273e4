"""Names: whether ids are taken twice after a change, and whether what baselines name is what it was."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.selectors import Selector, SelectorError, parse
from cmdb.graph.selectors.syntax import Comparison, Named, Presence, Reach, Term
from cmdb.graph.topology import Topology
from cmdb.model.baseline import Baselines
from cmdb.recheck.difference import Difference, Ids
from cmdb.reconciliation.inheritance import Family
from cmdb.reconciliation.operators import WrongDemand
from cmdb.reconciliation.operators.arguments import elsewheres


def clash(difference: Difference) -> bool:
    """Whether an id or a former id is taken twice, given that none was before."""
    if difference.hidden:
        return True
    ids, aliases = _new(difference)
    claims = [name.casefold() for ci in difference.cis for name in (ci.id, *ci.aliases)]
    if len(set(claims)) < len(claims):
        return True
    others = {alias.casefold() for alias in _aliases(difference.before, difference.ids)} if ids or aliases else set()
    if not others.isdisjoint(ids | aliases):
        return True
    return bool(aliases) and any(
        name.casefold() in aliases for name in difference.after.ids if name not in difference.ids
    )


def settled(difference: Difference) -> bool:
    """Whether every CI that baselines name is the one it was; and is as it was, where they compare with its values."""
    baselines = difference.facts.baselines
    if any(_resolved(difference.before, word) != _resolved(difference.after, word) for word in _selected(baselines)):
        return False
    for word in _compared(baselines):
        found = _resolved(difference.after, word)
        if found is None or found in difference.ids or found != _resolved(difference.before, word):
            return False
    return True


def waived(difference: Difference) -> Ids:
    """The CIs that a waiver is, or was, for under a name that means another now."""
    found: set[str | None] = set()
    for waiver in difference.facts.baselines.waivers:
        if waiver.ci is not None:
            both = (_resolved(difference.before, waiver.ci), _resolved(difference.after, waiver.ci))
            found |= set(both) if both[0] != both[1] else set()
    return frozenset(name for name in found if name is not None)


def _new(difference: Difference) -> tuple[set[str], set[str]]:
    """The ids and the former ids that are new on these CIs, case aside."""
    before = difference.before
    ids = {ci.id.casefold() for ci in difference.cis if _resolved(before, ci.id) != ci.id}
    aliases = {alias.casefold() for ci in difference.cis for alias in ci.aliases if _resolved(before, alias) != ci.id}
    return ids, aliases


def _aliases(topology: Topology, without: Ids) -> Iterator[str]:
    for alias, node in zip(topology.aliases, topology.alias_of, strict=True):
        if topology.ids[node] not in without:
            yield alias


def _resolved(topology: Topology, word: str) -> str | None:
    node = topology.number(word)
    return None if node is None else topology.ids[node]


def _selected(baselines: Baselines) -> Iterator[str]:
    """The words of selectors that may name a CI."""
    for baseline in baselines.baselines:
        if baseline.applies_to is not None:
            try:
                yield from _words(parse(baseline.applies_to))
            except SelectorError:
                continue


def _words(term: Term) -> Iterator[str]:
    if isinstance(term, Selector):
        for inner in term.terms:
            yield from _words(inner)
    elif isinstance(term, Reach):
        yield from _words(term.of)
    elif isinstance(term, Named):
        yield term.id
    elif isinstance(term, Comparison | Presence) and term.path[0] in ("id", "relations"):
        yield from map(str, term.path[2:])
        yield from (value.text for value in term.values) if isinstance(term, Comparison) else ()


def _compared(baselines: Baselines) -> Iterator[str]:
    """The CIs whose values expectations compare with."""
    family = Family(baselines.baselines)
    for baseline in family:
        for claim in family.rules((baseline.name,)).claims if baseline.applies_to is not None else ():
            try:
                found = list(elsewheres(claim.expectation.operators))
            except WrongDemand:
                continue
            yield from (other.ci for other in found if other.ci is not None)
