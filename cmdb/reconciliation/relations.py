"""Relations as sets of CIs: what is declared, and which CIs the far ends are that sources report.

A far end is a reference. It counts where it matches one CI; several candidates may be any of them; no candidate at all
is somebody else's thing and never `unmanaged`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cmdb.model.ci import CI, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.snapshot import Reference
from cmdb.model.value import Value
from cmdb.reconciliation.matching import Matcher
from cmdb.reconciliation.sight import Sight
from cmdb.reconciliation.walk import ABSENT


@dataclass(frozen=True, slots=True)
class Far:
    """The far ends of one relation type as a source reports them: certain CIs, CIs that may be meant, and names of
    what matches none."""

    ids: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


class Ends:
    """The far ends of relations, observed and declared."""

    def __init__(self, inventory: Inventory, matcher: Matcher, bound: Callable[[str, str], set[str]]) -> None:
        self._inventory = inventory
        self._matcher = matcher
        self._bound = bound

    def observed(self, sight: Sight, relation: str) -> Far:
        """The far ends that a source reports."""
        ids: set[str] = set()
        perhaps: set[str] = set()
        unknown: list[str] = []
        for reference in sight.observation.relations.get(relation, ()):
            found, certain = self._candidates(sight.source, reference)
            if not found:
                unknown.append(_label(reference))
            (ids if certain else perhaps).update(found)
        return Far(frozenset(ids), frozenset(perhaps - ids), tuple(sorted(set(unknown))))

    def declared(self, ci: CI, relation: str) -> frozenset[str]:
        """The targets of a CI, groups flattened and former ids resolved; of a symmetric type those of both ends."""
        own = (self._inventory.resolve(target.id) or target.id for target in flatten(ci.relations.get(relation, ())))
        return frozenset(own) | self._mirrored.get((relation, ci.id), frozenset())

    def value(self, sight: Sight, path: KeyPath) -> Value:
        """What an expectation sees: the sorted ids of a relation type with the names of what is unknown here, or one of
        the ids."""
        far = self.observed(sight, str(path[1]))
        if len(path) == 2:
            return (*sorted(far.ids), *(f"{name} (unknown)" for name in far.unknown))
        return path[2] if len(path) == 3 and path[2] in far.ids else ABSENT

    def perhaps(self, sight: Sight, path: KeyPath) -> tuple[str, ...]:
        """The CIs that may be at the far end, as far as an expectation on a path would have to know."""
        found = self.observed(sight, str(path[1])).perhaps
        return tuple(sorted(found)) if len(path) == 2 else tuple(sorted(found & {str(path[2])}))

    @cached_property
    def _mirrored(self) -> Mapping[tuple[str, str], frozenset[str]]:
        types = self._inventory.schema.relation_types.values()
        symmetric = {relation.name for relation in types if relation.symmetric}
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for ci in self._inventory.values():
            for relation, target in ci.targets():
                if relation in symmetric:
                    found[relation, self._inventory.resolve(target.id) or target.id].add(ci.id)
        return {end: frozenset(ids) for end, ids in found.items()}

    def _candidates(self, source: str, reference: Reference) -> tuple[set[str], bool]:
        """The CIs that a reference may mean, and whether it certainly means them."""
        family = self._matcher.family(reference.kind)
        bound = self._bound(source, reference.key) if reference.key else set()
        same = {ci for ci in bound if self._matcher.kind_of(ci) in family}
        if same:
            return same, True
        cis, _ = self._matcher.match(source, reference)
        certain = len(cis) == 1 and self._matcher.clash(cis[0], reference) is None
        return {ci.id for ci in cis}, certain


def _label(reference: Reference) -> str:
    name = reference.attributes.get("hostname") or reference.key
    return str(name) if name else f"a {reference.kind}"
