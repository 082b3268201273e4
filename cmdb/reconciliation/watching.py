"""What became of the deviations of earlier runs. Gone from the list is not the same as put right: a value may be as it
should be, or nobody may have looked at it tonight, or nobody may ask for it any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cmdb.graph.selectors import predicate
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI
from cmdb.model.drift import Deviation, DeviationId, Ending, Fate
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.problem import CmdbError
from cmdb.reconciliation.coverage import Covered
from cmdb.reconciliation.deviations import covers
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE
from cmdb.reconciliation.identity import Identified
from cmdb.reconciliation.inheritance import Rules
from cmdb.reconciliation.presence import looked


class Aftermath:
    """A verdict that is given, with all that it was made from; `found` are its deviations."""

    def __init__(
        self,
        inventory: Inventory,
        baselines: Baselines,
        covered: Covered,
        identified: Identified,
        evidence: Callable[[CI], Evidence],
        rules: Callable[[CI], Rules],
        found: Iterable[Deviation],
    ) -> None:
        self._inventory = inventory
        self._blind = bool(baselines.unread)
        self._covered = covered
        self._identified = identified
        self._evidence = evidence
        self._rules = rules
        self._found: dict[str, list[Deviation]] = defaultdict(list)
        self._ids: set[DeviationId] = set()
        for deviation in found:
            self._found[deviation.ci or ""].append(deviation)
            self._ids.add(deviation.id)

    def fate(self, known: DeviationId) -> Fate:
        """What became of a deviation."""
        name = self._inventory.resolve(known.ci) if known.ci else ""
        now = replace(known, ci=name) if name else known
        if now in self._ids:
            return Fate(now, "lasting")
        if not known.ci:
            return Fate(now, self._surely(self._stranger(known)))
        ending: Ending = "dropped" if name is None else self._ci(self._inventory.cis[name], now)
        return Fate(now, self._surely(ending))

    def _surely(self, ending: Ending) -> Ending:
        """What a file that did not load may say counts against every ending."""
        unsure = self._blind or (ending == "dropped" and bool(self._inventory.unread))
        return "unseen" if unsure else ending

    def _ci(self, ci: CI, known: DeviationId) -> Ending:
        try:
            path = parse_path(known.path)
        except KeyPathError:
            return "dropped"
        near = [found for found in self._found[ci.id] if _overlap(parse_path(found.path), path)]
        if near:
            return "unseen" if all(found.outcome == "unobserved" for found in near) else "dropped"
        if path in (PRESENCE, LIFECYCLE):
            forbidden = known.outcome == "deviating" and path == PRESENCE
            return "dropped" if forbidden and not self._demanded(ci, path) else self._existence(ci)
        return self._value(ci, path)

    def _existence(self, ci: CI) -> Ending:
        evidence = self._evidence(ci)
        sure = evidence.sights or (ci.id not in self._identified.doubts and looked(evidence.claims)[0])
        return "resolved" if sure else "unseen"

    def _value(self, ci: CI, path: KeyPath) -> Ending:
        if not self._asked(ci, path):
            return "dropped"
        return "resolved" if self._evidence(ci).look(path).known else "unseen"

    def _asked(self, ci: CI, path: KeyPath) -> bool:
        """Whether the CI's declaration or a baseline still has something to say about a path."""
        if ci.lifecycle == "retired" or any(covers(ignored.rule.path, path) for ignored in self._rules(ci).ignored):
            return False
        return _declared(ci, path, self._inventory) or self._demanded(ci, path)

    def _demanded(self, ci: CI, path: KeyPath) -> bool:
        return any(covers(claim.expectation.path, path) for claim in self._rules(ci).claims)

    def _stranger(self, known: DeviationId) -> Ending:
        if self._inventory.unread:
            return "unseen"
        if self._identified.bound(known.source, known.key):
            return "resolved"
        strangers = ((found.source, found.observation.key) for found in self._identified.strangers)
        if self._identified.possible(known.source, known.key) or (known.source, known.key) in strangers:
            return "dropped"
        return "resolved" if self._searched(known) else "unseen"

    def _searched(self, known: DeviationId) -> bool:
        """Whether the source would have seen the thing if it were still there: nothing that it says is in doubt, and
        it looked for all things of that kind, or for this one."""
        lines = [row.coverage for row in self._covered.rows if row.source == known.source]
        if any(line.status != "complete" for line in lines):
            return False
        wide = [line.scope for line in lines if "*" in line.attributes]
        return any(scope == f"key={known.key}" or self._takes(scope, known.kind) for scope in wide)

    def _takes(self, scope: str, kind: str) -> bool:
        """Whether a scope selects a CI of which nothing but the kind is known."""
        try:
            return not scope.startswith("key=") and predicate(scope, self._inventory.schema)(CI("?", kind))
        except CmdbError:
            return False


def _overlap(one: KeyPath, other: KeyPath) -> bool:
    """Whether one path is the other, or leads to it."""
    return all(mine == theirs for mine, theirs in zip(one, other, strict=False))


def _declared(ci: CI, path: KeyPath, inventory: Inventory) -> bool:
    if path[0] == "relations":
        return len(path) > 1 and path[1] in ci.relations
    if path[0] != "attributes" or len(path) < 2 or (value := ci.attributes.get(str(path[1]))) is None:
        return False
    attribute = inventory.schema.attribute(ci.kind, str(path[1]))
    if attribute is not None and attribute.volatile:
        return False
    return (
        (attribute is not None and attribute.closed)
        or not isinstance(value, Mapping)
        or len(path) == 2
        or value.get(str(path[2])) is not None
    )
