"""Which CIs a thing might be: keys in Git, then the rules of its kind in order, last its names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cmdb.reconciliation.names import NameIndex
from cmdb.reconciliation.placeholders import placeholder
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Attribute
from cmdb.model.snapshot import Observation, Reference
from cmdb.model.types import WrongValue, key, normalise
from cmdb.model.value import Value, freeze

Rule = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Candidates by id with what speaks for each; `by_key` says that Git names the source's key."""

    candidates: Mapping[str, tuple[CI, str]]
    by_key: bool = False

    @property
    def only(self) -> CI | None:
        """The one candidate, or None where there are none or several."""
        return next(iter(self.candidates.values()))[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class Clash:
    """A unique attribute in which a thing contradicts its candidate, and the CIs that declare what was seen."""

    declaration: Attribute
    declared: Value
    seen: Value
    holders: tuple[CI, ...]


class Matcher:
    """Finds candidates in one inventory; every index is built when it is first needed."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._schema = inventory.schema
        self._families: dict[str, frozenset[str]] = {}
        self._rules: dict[str, tuple[tuple[Rule, frozenset[str]], ...]] = {}
        self._by_rule: dict[Rule, dict[tuple[Hashable, ...], list[CI]]] = {}
        self._unique: dict[str, tuple[Attribute, ...]] = {}

    def match(self, source: str, seen: Observation | Reference) -> Match:
        """The candidates of the first rule that has any."""
        family = self.family(seen.kind)
        if bound := [ci for ci in self._keys.get((source, seen.key), ()) if seen.key and ci.kind in family]:
            return Match({ci.id: (ci, f"its key for '{source}' is {seen.key}") for ci in bound}, by_key=True)
        for rule, kinds in self._rules_of(seen.kind):
            if found := self._by(rule, kinds, seen):
                return Match(found)
        named = {name: found for name, found in self._names.find(seen).items() if found[0].kind in family}
        return Match({id_: (ci, f"the name {name} is the same") for id_, (ci, name) in sorted(named.items())})

    def family(self, kind: str) -> frozenset[str]:
        """A kind with its ancestors and descendants."""
        if kind not in self._families:
            known = self._schema.kinds.get(kind)
            above = known.lineage if known else ()
            self._families[kind] = self._schema.descendants.get(kind, frozenset()) | {kind, *above}
        return self._families[kind]

    def kind_of(self, ci: str) -> str:
        """The kind of a CI."""
        return self._inventory.cis[ci].kind

    def clash(self, ci: CI, seen: Observation | Reference) -> Clash | None:
        """The first unique attribute in which a thing contradicts a CI."""
        for attribute in self._unique_of(ci.kind):
            raw = seen.attributes.get(attribute.name)
            if raw is None:
                continue
            declared = ci.attributes.get(attribute.name)
            if raw == declared or placeholder(raw) or placeholder(declared):
                continue
            try:
                value = normalise(attribute, raw)
            except WrongValue:
                continue
            if not _overlap(attribute, declared, value):
                holders = self._index((attribute.name,)).get((key(attribute, value),), ())
                family = self.family(seen.kind)
                others = tuple(other for other in holders if other.kind in family)
                return Clash(attribute, declared, value, others)
        return None

    @cached_property
    def _keys(self) -> Mapping[tuple[str, str], list[CI]]:
        found: dict[tuple[str, str], list[CI]] = defaultdict(list)
        for ci in self._inventory.values():
            for source, name in ci.keys.items():
                found[source, name].append(ci)
        return found

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self._inventory.values())

    def _by(self, rule: Rule, kinds: frozenset[str], seen: Observation | Reference) -> dict[str, tuple[CI, str]]:
        evidence = self._evidence(seen.kind, rule, seen.attributes)
        if evidence is None:
            return {}
        alike = [ci for ci in self._index(rule).get(evidence, ()) if ci.kind in kinds]
        reason = " and ".join(f"{name} {seen.attributes[name]}" for name in rule)
        return {ci.id: (ci, f"{reason} {'is' if len(rule) == 1 else 'are'} the same") for ci in alike}

    def _rules_of(self, kind: str) -> Iterable[tuple[Rule, frozenset[str]]]:
        """The kind's own rules for its whole family, then those that only its descendants have, for them."""
        if kind not in self._rules:
            kinds = self._schema.kinds
            family = self.family(kind)
            found = dict.fromkeys(kinds[kind].identity if kind in kinds else (), family)
            for below in sorted(self._schema.descendants.get(kind, ())):
                for rule in kinds[below].identity:
                    if rule not in found:
                        found[rule] = frozenset(
                            name for name in family if name in kinds and rule in kinds[name].identity
                        )
            self._rules[kind] = tuple(found.items())
        return self._rules[kind]

    def _index(self, rule: Rule) -> Mapping[tuple[Hashable, ...], list[CI]]:
        if rule not in self._by_rule:
            found: dict[tuple[Hashable, ...], list[CI]] = defaultdict(list)
            for ci in self._inventory.values():
                evidence = self._evidence(ci.kind, rule, ci.attributes)
                if evidence is not None:
                    found[evidence].append(ci)
            self._by_rule[rule] = found
        return self._by_rule[rule]

    def _evidence(self, kind: str, rule: Rule, attributes: Mapping[str, Value]) -> tuple[Hashable, ...] | None:
        """The values of a rule as they compare; None where one is missing or proves nothing."""
        found: list[Hashable] = []
        for name in rule:
            raw = attributes.get(name)
            if raw is None or placeholder(raw):
                return None
            attribute = self._schema.attribute(kind, name) or next(self._schema.declarations(name), None)
            try:
                found.append(key(attribute, freeze(raw) if attribute is None else normalise(attribute, raw)))
            except WrongValue:
                return None
        return tuple(found)

    def _unique_of(self, kind: str) -> tuple[Attribute, ...]:
        if kind not in self._unique:
            known = self._schema.kinds.get(kind)
            declared = known.attributes.values() if known else ()
            self._unique[kind] = tuple(item for item in declared if item.unique and not item.secret)
        return self._unique[kind]


def _overlap(attribute: Attribute, declared: Value, seen: Value) -> bool:
    """Whether two values of a unique attribute may belong to one thing: of sets, any common element will do."""
    if attribute.type == "set":
        common = {key(attribute.of, item) for item in declared} & {key(attribute.of, item) for item in seen}
        return bool(common)
    return key(attribute, declared) == key(attribute, seen)
