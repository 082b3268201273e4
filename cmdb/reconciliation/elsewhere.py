"""Values that expectations compare with: of another path, or of another CI."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.snapshot import REDACTED
from cmdb.model.value import Value
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.operators.verdicts import Doubt, Elsewhere, Others
from cmdb.reconciliation.walk import ABSENT, walk


def declared_tree(inventory: Inventory, ci: CI) -> Mapping[str, Value]:
    """The declared values under the paths by which expectations know them; secrets only as being there."""
    kind = inventory.schema.kinds.get(ci.kind)
    secret = {name for name, attribute in kind.attributes.items() if attribute.secret} if kind else set[str]()
    fields = {name: getattr(ci, name) for name in (*TEXT_FIELDS, *MAP_FIELDS, *LIST_FIELDS)}
    relations = {
        name: tuple(sorted({inventory.resolve(target.id) or target.id for target in flatten(entries)}))
        for name, entries in ci.relations.items()
    }
    attributes = {name: REDACTED if name in secret else value for name, value in ci.attributes.items()}
    return {
        **{name: value for name, value in fields.items() if value},
        "attributes": attributes,
        "relations": relations,
    }


def declared_elsewhere(inventory: Inventory, tree: Mapping[str, Value], path: KeyPath) -> Others:
    """Looks other values up among those that are declared; one that is not is nobody's word."""

    def value(elsewhere: Elsewhere) -> Value:
        found = tree
        if elsewhere.ci is not None:
            other = inventory.resolve(elsewhere.ci)
            found = {} if other is None else declared_tree(inventory, inventory[other])
        other_value = walk(found, elsewhere.path or path)
        return Doubt("untracked") if other_value is ABSENT else other_value

    return value


class Beyond:
    """Looks other values up in what was observed. What no source looks at counts as it is declared."""

    def __init__(self, inventory: Inventory, evidence: Callable[[CI], Evidence]) -> None:
        self._inventory = inventory
        self._evidence = evidence
        self._known: dict[str, Evidence] = {}

    def of(self, evidence: Evidence, path: KeyPath) -> Others:
        """For a demand on a path of a CI."""

        def value(elsewhere: Elsewhere) -> Value:
            if elsewhere.ci is None:
                return self._value(evidence, elsewhere.path or path)
            other = self._inventory.resolve(elsewhere.ci)
            if other is None:
                return Doubt("unseen", f"'{elsewhere.ci}' did not load")
            if other not in self._known:
                self._known[other] = self._evidence(self._inventory[other])
            return self._value(self._known[other], elsewhere.path or path)

        return value

    def _value(self, evidence: Evidence, path: KeyPath) -> Value:
        if path[0] in ("attributes", "relations"):
            look = evidence.look(path)
            if look.known:
                return look.value
            if look.state == "unseen":
                return Doubt("unseen", f"'{evidence.ci.id}': {look.reason}")
        declared = walk(declared_tree(self._inventory, evidence.ci), path)
        return Doubt("untracked") if declared is ABSENT else declared
