"""The CIs that the scope of a coverage line selects: by a selector, or by the source's key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from cmdb.graph.selectors import predicate
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError

_PLAIN = re.compile(r"(environment|owner|labels\.[A-Za-z0-9_-]+)=([A-Za-z0-9][A-Za-z0-9_-]*)")
"""One text field with one plain value."""


class Scopes:
    """Selects in one inventory; each selector is asked once. `bound` gives the CIs that a source's key stands for, or
    may stand for, by what was seen."""

    def __init__(self, inventory: Inventory, bound: Callable[[str, str], set[str]]) -> None:
        self._inventory = inventory
        self._bound = bound
        self._known: dict[str, frozenset[str]] = {}
        self._values: dict[str, Mapping[str, frozenset[str]]] = {}

    def select(self, source: str, scope: str) -> frozenset[str]:
        """The ids of the CIs. Raises `CmdbError` where the scope does not parse."""
        if scope.startswith("key="):
            key = _unquoted(scope[4:])
            return frozenset(self._by_key.get((source, key), ())) | self._bound(source, key)
        if scope not in self._known:
            self._known[scope] = self._selected(scope)
        return self._known[scope]

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for ci in self._inventory.cis.values():
            for owner in ci.keys.items():
                found.setdefault(owner, []).append(ci.id)
        return found

    def _selected(self, scope: str) -> frozenset[str]:
        if scope.startswith("id=") and (ci := self._inventory.resolve(scope[3:])):
            return frozenset((ci,))
        if plain := _PLAIN.fullmatch(scope):
            return self._valued(plain[1]).get(plain[2], frozenset())
        applies = predicate(scope, self._inventory.schema, self._inventory)
        return frozenset([ci.id for ci in self._inventory.cis.values() if applies(ci)])

    def _valued(self, field: str) -> Mapping[str, frozenset[str]]:
        """The CIs of each value of a field; a source may have thousands of such scopes, one for each site."""
        if field not in self._values:
            found: dict[str, set[str]] = {}
            label = field.removeprefix("labels.")
            for ci in self._inventory.cis.values():
                value = getattr(ci, field) if label == field else ci.labels.get(label)
                if value is not None:
                    found.setdefault(value, set()).add(ci.id)
            self._values[field] = {value: frozenset(cis) for value, cis in found.items()}
        return self._values[field]


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
