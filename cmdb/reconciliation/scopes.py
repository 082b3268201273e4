"""The CIs that the scope of a coverage line selects: by a selector, or by the source's key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from cmdb.graph.selectors import predicate
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError


class Scopes:
    """Selects in one inventory; each selector is asked once. Each of `bound` leads from (source, key) to CIs."""

    def __init__(self, inventory: Inventory, bound: Sequence[Mapping[tuple[str, str], Iterable[str]]]) -> None:
        self._inventory = inventory
        self._bound = bound
        self._known: dict[str, frozenset[str]] = {}
        self._by_key: dict[tuple[str, str], set[str]] = {}
        for ci in inventory.values():
            for source, key in ci.keys.items():
                self._by_key.setdefault((source, key), set()).add(ci.id)

    def select(self, source: str, scope: str) -> frozenset[str]:
        """The ids of the CIs. Raises `CmdbError` where the scope does not parse."""
        if scope.startswith("key="):
            key = (source, _unquoted(scope[4:]))
            return frozenset(self._by_key.get(key, ())).union(*(bound.get(key, ()) for bound in self._bound))
        if scope not in self._known:
            self._known[scope] = self._selected(scope)
        return self._known[scope]

    def _selected(self, scope: str) -> frozenset[str]:
        if scope.startswith("id=") and (ci := self._inventory.resolve(scope[3:])):
            return frozenset((ci,))
        applies = predicate(scope, self._inventory.schema, self._inventory)
        return frozenset(ci.id for ci in self._inventory.values() if applies(ci))


def union(scopes: Scopes, source: str, selectors: Iterable[str]) -> tuple[frozenset[str], tuple[CmdbError, ...]]:
    """What several scopes select together, and what is wrong with those that do not parse."""
    found: set[str] = set()
    wrong: list[CmdbError] = []
    for selector in selectors:
        try:
            found |= scopes.select(source, selector)
        except CmdbError as error:
            wrong.append(error)
    return frozenset(found), tuple(wrong)


def _unquoted(key: str) -> str:
    word = key.strip()
    if word[:1] == word[-1:] == '"' and len(word) > 1:
        try:
            return str(json.loads(word))
        except ValueError:
            return word
    return word
