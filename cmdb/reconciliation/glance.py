"""Baselines over declared values: whether a CI breaks no demand, told at a glance.

Only what is plain is answered with yes. Everything else is left to the full judgement, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.value import Value
from cmdb.reconciliation.expectations import Preparation, Ready
from cmdb.reconciliation.inheritance import Claim, Rules
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT, starred, walk

_FIELDS = frozenset((*TEXT_FIELDS, *MAP_FIELDS, *LIST_FIELDS))


@dataclass(frozen=True, slots=True)
class _Plain:
    """A demand on one value of the CI itself: below the attribute `name`, or below `field` where that is given."""

    name: str
    field: str
    rest: KeyPath
    ready: Ready


class Glance:
    """Looks over demands, made ready once for each kind."""

    def __init__(self, inventory: Inventory, preparation: Preparation) -> None:
        self._schema = inventory.schema
        self._preparation = preparation
        self._known: dict[tuple[int, str], tuple[_Plain, ...] | None] = {}

    def kept(self, ci: CI, rules: Rules) -> bool:
        """Whether nothing that the CI declares breaks a demand; False where it takes more than a glance."""
        owner = (id(rules), ci.kind)
        if owner not in self._known:
            self._known[owner] = self._plain(ci.kind, rules)
        demands = self._known[owner]
        if demands is None:
            return False
        for demand in demands:
            value = _value(ci, demand)
            if value is not None and value is not ABSENT and not demand.ready.met(value):
                return False
        return True

    def _plain(self, kind: str, rules: Rules) -> tuple[_Plain, ...] | None:
        found: list[_Plain] = []
        for claim in rules.claims:
            if not self._is_plain(kind, claim):
                return None
            path = claim.expectation.path
            attribute = attribute_at(self._schema, kind, path)
            ready = self._preparation.ready(claim.expectation, attribute, claim.baseline)
            if ready is not None and ready.elsewhere:
                return None
            if ready is not None and path[0] == "attributes":
                found.append(_Plain(str(path[1]), "", path[2:], ready))
            elif ready is not None:
                found.append(_Plain("", str(path[0]), path[1:], ready))
        return tuple(found)

    def _is_plain(self, kind: str, claim: Claim) -> bool:
        path = claim.expectation.path
        if starred(path) or (path[0] != "attributes" and path[0] not in _FIELDS):
            return False
        attribute = attribute_at(self._schema, kind, path[:2]) if path[0] == "attributes" else None
        return (path[0] != "attributes" or len(path) > 1) and not (attribute is not None and attribute.secret)


def _value(ci: CI, demand: _Plain) -> Value:
    value = (getattr(ci, demand.field) or None) if demand.field else ci.attributes.get(demand.name)
    return walk(value, demand.rest) if demand.rest else value
