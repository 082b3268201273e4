"""Baselines over CIs that are as declared: whether every demand is met, told without making anything of it.

Only what is plain is answered with yes. Everything else is left to the full judgement, which says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.value import Value, freeze
from cmdb.reconciliation.coverage import Covered
from cmdb.reconciliation.expectations import Preparation, Ready
from cmdb.reconciliation.inheritance import Claim, Rules
from cmdb.reconciliation.typed import attribute_at, observed
from cmdb.reconciliation.walk import ABSENT, starred, walk


@dataclass(frozen=True, slots=True)
class _Plain:
    """A demand on one value below an attribute."""

    path: KeyPath
    name: str
    rest: KeyPath
    attribute: Attribute | None
    ready: Ready


class Quick:
    """Looks through the demands of baselines; makes them ready once for each kind."""

    def __init__(self, inventory: Inventory, covered: Covered, preparation: Preparation) -> None:
        self._schema = inventory.schema
        self._covered = covered
        self._preparation = preparation
        self._plain: dict[tuple[int, str], tuple[_Plain, ...] | None] = {}

    def met(self, ci: CI, seen: Mapping[str, Value], rules: Rules) -> bool:
        """Whether a CI that one source saw as it is declared plainly meets everything."""
        owner = (id(rules), ci.kind)
        if owner not in self._plain:
            self._plain[owner] = self._prepared(ci.kind, rules)
        demands = self._plain[owner]
        return demands is not None and all(self._one(ci, seen, demand) for demand in demands)

    def _one(self, ci: CI, seen: Mapping[str, Value], demand: _Plain) -> bool:
        raw = seen.get(demand.name)
        if raw is None:
            return False
        value = ci.attributes.get(demand.name)
        if value is None:
            value, wrong = observed(demand.attribute, freeze(raw))
            if wrong:
                return False
        if demand.rest:
            value = walk(value, demand.rest)
        if value is ABSENT and not self._believed(ci, demand.path):
            return False
        return demand.ready.met(value)

    def _believed(self, ci: CI, path: KeyPath) -> bool:
        """Whether no source says that it did not get as far as a path."""
        words = (claims.named(path) for claims in self._covered.claims(ci.id))
        return all(word is None or word.complete for word in words)

    def _prepared(self, kind: str, rules: Rules) -> tuple[_Plain, ...] | None:
        found = [self._demand(kind, claim) for claim in rules.claims]
        return None if None in found else tuple(demand for demand in found if demand is not None)

    def _demand(self, kind: str, claim: Claim) -> _Plain | None:
        path = claim.expectation.path
        if path[0] != "attributes" or len(path) < 2 or starred(path):
            return None
        ready = self._preparation.ready(claim.expectation, attribute_at(self._schema, kind, path), claim.baseline)
        attribute = attribute_at(self._schema, kind, path[:2])
        if ready is None or ready.same_as is not None:
            return None
        return _Plain(path, str(path[1]), path[2:], attribute, ready)
