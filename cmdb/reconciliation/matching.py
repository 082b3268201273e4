"""Which CIs a thing might be: keys in Git, then the rules of its kind in order, last its names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Attribute
from cmdb.model.snapshot import Observation, Reference
from cmdb.model.types import WrongValue, key, normalise
from cmdb.model.value import Value, freeze
from cmdb.reconciliation.names import NameIndex
from cmdb.reconciliation.placeholders import placeholder

Rule = tuple[str, ...]
Read = Callable[[Mapping[str, Value]], Hashable | None]
"""The evidence in a thing's attributes; None where there is none."""


class Match(NamedTuple):
    """The candidates of the first evidence that has any. `how` is `key` where Git names the source's key, `name`, or
    the attributes of the rule."""

    cis: Sequence[CI]
    how: str | Rule


@dataclass(frozen=True, slots=True)
class Clash:
    """A unique attribute in which a thing contradicts its candidate, and the CIs that declare what was seen."""

    declaration: Attribute
    declared: Value
    seen: Value
    holders: tuple[CI, ...]


@dataclass(frozen=True, slots=True)
class _RuleOfKind:
    """A rule as it serves things of one kind: how evidence is read, and the kinds of CIs it may find."""

    rule: Rule
    read: Read
    kinds: frozenset[str]


class Matcher:
    """Finds candidates in one inventory; every index is built when it is first needed."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._schema = inventory.schema
        self._families: dict[str, frozenset[str]] = {}
        self._rules: dict[str, tuple[_RuleOfKind, ...]] = {}
        self._readers: dict[tuple[str, Rule], Read] = {}
        self._indexes: dict[Rule, dict[Hashable, list[CI]]] = {}
        self._unique: dict[str, tuple[Attribute, ...]] = {}

    def match(self, source: str, seen: Observation | Reference) -> Match:
        """The candidates of the first evidence that has any."""
        kind = seen.kind
        if bound := self._keys.get((source, seen.key)):
            family = self.family(kind)
            if among := [ci for ci in bound if ci.kind in family]:
                return Match(among, "key")
        for rule in self._rules.get(kind) or self._rules_of(kind):
            evidence = rule.read(seen.attributes)
            if evidence is not None and (found := self._index(rule.rule).get(evidence)):
                kinds = rule.kinds
                if among := [ci for ci in found if ci.kind in kinds]:
                    return Match(among, rule.rule)
        family = self.family(kind)
        return Match([ci for ci, _ in self._names.find(seen).values() if ci.kind in family], "name")

    def reason(self, match: Match, ci: CI, source: str, seen: Observation | Reference) -> str:
        """What speaks for a candidate."""
        if match.how == "key":
            return f"its key for '{source}' is {seen.key}"
        if match.how == "name":
            return f"the name {self._names.find(seen)[ci.id][1]} is the same"
        same = " and ".join(f"{name} {seen.attributes[name]}" for name in match.how)
        return f"{same} {'is' if len(match.how) == 1 else 'are'} the same"

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
        for attribute in self._unique.get(ci.kind) or self._unique_of(ci.kind):
            raw = seen.attributes.get(attribute.name)
            if raw is not None and raw != (declared := ci.attributes.get(attribute.name)):
                value = _contradiction(attribute, declared, raw)
                if value is not None:
                    return Clash(attribute, declared, value, self._holders(attribute, value, seen.kind))
        return None

    def _holders(self, attribute: Attribute, value: Value, kind: str) -> tuple[CI, ...]:
        family = self.family(kind)
        rule = (attribute.name,)
        evidence = self._reader(kind, rule)({attribute.name: value})
        return tuple(ci for ci in self._index(rule).get(evidence, ()) if ci.kind in family)

    @cached_property
    def _keys(self) -> Mapping[tuple[str, str], list[CI]]:
        found: dict[tuple[str, str], list[CI]] = {}
        for ci in self._inventory.cis.values():
            for owner in ci.keys.items():
                found.setdefault(owner, []).append(ci)
        return found

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self._inventory.cis.values())

    def _rules_of(self, kind: str) -> tuple[_RuleOfKind, ...]:
        """The kind's own rules for its whole family, then those that only its descendants have, for them."""
        kinds = self._schema.kinds
        family = self.family(kind)
        found = dict.fromkeys(kinds[kind].identity if kind in kinds else (), family)
        for below in sorted(self._schema.descendants.get(kind, ())):
            for rule in kinds[below].identity:
                if rule not in found:
                    found[rule] = frozenset(name for name in family if name in kinds and rule in kinds[name].identity)
        self._rules[kind] = tuple(_RuleOfKind(rule, self._reader(kind, rule), among) for rule, among in found.items())
        return self._rules[kind]

    def _index(self, rule: Rule) -> Mapping[Hashable, list[CI]]:
        if rule not in self._indexes:
            found: dict[Hashable, list[CI]] = {}
            for ci in self._inventory.cis.values():
                evidence = (self._readers.get((ci.kind, rule)) or self._reader(ci.kind, rule))(ci.attributes)
                if evidence is not None:
                    found.setdefault(evidence, []).append(ci)
            self._indexes[rule] = found
        return self._indexes[rule]

    def _reader(self, kind: str, rule: Rule) -> Read:
        if (kind, rule) not in self._readers:
            reads = tuple(_reader_of(name, self._attribute(kind, name)) for name in rule)
            self._readers[kind, rule] = reads[0] if len(reads) == 1 else _joint(reads)
        return self._readers[kind, rule]

    def _attribute(self, kind: str, name: str) -> Attribute | None:
        return self._schema.attribute(kind, name) or next(self._schema.declarations(name), None)

    def _unique_of(self, kind: str) -> tuple[Attribute, ...]:
        known = self._schema.kinds.get(kind)
        declared = known.attributes.values() if known else ()
        self._unique[kind] = tuple(item for item in declared if item.unique and not item.secret)
        return self._unique[kind]


def _reader_of(name: str, attribute: Attribute | None) -> Read:
    """Reads one attribute. Plain text without demands on it means itself."""
    itself = attribute is not None and attribute.type == "string" and not attribute.pattern

    def read(attributes: Mapping[str, Value]) -> Hashable | None:
        raw = attributes.get(name)
        if raw is None or placeholder(raw):
            return None
        if itself and raw.__class__ is str:
            return str(raw)
        try:
            return key(attribute, freeze(raw) if attribute is None else normalise(attribute, raw))
        except WrongValue:
            return None

    return read


def _joint(reads: Sequence[Read]) -> Read:
    def read(attributes: Mapping[str, Value]) -> Hashable | None:
        found = tuple(one(attributes) for one in reads)
        return None if None in found else found

    return read


def _contradiction(attribute: Attribute, declared: Value, raw: Value) -> Value:
    """What was seen, normalised, where it cannot be the declared value; else None."""
    if placeholder(raw) or placeholder(declared):
        return None
    try:
        value = normalise(attribute, raw)
    except WrongValue:
        return None
    return None if _overlap(attribute, declared, value) else value


def _overlap(attribute: Attribute, declared: Value, seen: Value) -> bool:
    """Whether two values of a unique attribute may belong to one thing: of sets, any common element will do."""
    if attribute.type == "set":
        common = {key(attribute.of, item) for item in declared} & {key(attribute.of, item) for item in seen}
        return bool(common)
    return key(attribute, declared) == key(attribute, seen)
