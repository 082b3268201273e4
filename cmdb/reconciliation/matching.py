"""Which CIs a thing might be: keys in Git, then the rules of its kind in order, last its names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

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
"""The evidence in a thing's attributes; None where there is none. Placeholders are told apart later, by who finds
something with them."""


Match = tuple[Sequence[CI], str | Rule]
"""The candidates of the first evidence that has any, and how they were found: `key` where Git names the source's key,
`name`, or the attributes of the rule."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A unique attribute in which a thing contradicts its candidate, and the CIs that declare what was seen."""

    declaration: Attribute
    declared: Value
    seen: Value
    holders: Sequence[CI]


@dataclass(frozen=True, slots=True)
class _RuleOfKind:
    """A rule as it serves things of one kind: its first attribute, and whether text there is the evidence itself; how
    other evidence is read; and the kinds of CIs it may find."""

    rule: Rule
    first: str
    itself: bool
    read: Read
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Index:
    """CIs by evidence. Nearly all evidence is one CI's own, so the first is kept apart from any others."""

    first: dict[Hashable, CI] = field(default_factory=dict)
    others: dict[Hashable, list[CI]] = field(default_factory=dict)

    def find(self, evidence: Hashable, kinds: frozenset[str]) -> Sequence[CI]:
        """The CIs of some kinds that have the evidence."""
        first = self.first.get(evidence)
        if first is None:
            return ()
        if not self.others or evidence not in self.others:
            return (first,) if first.kind in kinds else ()
        return [ci for ci in (first, *self.others[evidence]) if ci.kind in kinds]


class Matcher:
    """Finds candidates in one inventory; every index is built when it is first needed."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._schema = inventory.schema
        self._families: dict[str, frozenset[str]] = {}
        self._rules: dict[str, tuple[_RuleOfKind, ...]] = {}
        self._readers: dict[tuple[str, Rule], Read] = {}
        self._indexes: dict[Rule, _Index] = {}
        self._unique: dict[str, tuple[tuple[str, Attribute], ...]] = {}

    def match(self, source: str, seen: Observation | Reference) -> Match:
        """The candidates of the first evidence that has any."""
        kind = seen.kind
        if self._keys and (bound := self._keys.get((source, seen.key))):
            family = self.family(kind)
            if among := [ci for ci in bound if ci.kind in family]:
                return among, "key"
        attributes = seen.attributes
        for rule in self._rules.get(kind) or self._rules_of(kind):
            raw = attributes.get(rule.first)
            if raw is None:
                continue
            evidence = _folded(raw) if rule.itself and raw.__class__ is str else rule.read(attributes)
            if evidence is not None:
                index = self._indexes.get(rule.rule) or self._index(rule.rule)
                alike = index.find(evidence, rule.kinds)
                if alike and not _fillers(attributes, rule.rule):
                    return alike, rule.rule
        family = self.family(kind)
        return [ci for ci, _ in self._names.find(seen).values() if ci.kind in family], "name"

    def recognised(self, observations: Iterable[Observation]) -> Iterator[tuple[Observation, CI | None]]:
        """Each observation with the CI that `match` would find, where that is plain from the text of the one attribute
        of its kind's first rule; else with None."""
        known: str | None = None
        ways: tuple[str, Mapping[Hashable, CI], frozenset[str]] | None = None
        for seen in observations:
            if seen.kind != known:
                known = seen.kind
                ways = None if self._keys else self._plainly(known)
            ci = None
            if ways is not None:
                name, by_text, kinds = ways
                text = seen.attributes.get(name)
                if text.__class__ is str:
                    ci = by_text.get(text.strip().casefold())
                    if ci is not None and (ci.kind not in kinds or placeholder(text)):
                        ci = None
            yield seen, ci

    def _plainly(self, kind: str) -> tuple[str, Mapping[Hashable, CI], frozenset[str]] | None:
        rules = self._rules.get(kind) or self._rules_of(kind)
        if not rules or not rules[0].itself:
            return None
        index = self._index(rules[0].rule)
        return None if index.others else (rules[0].first, index.first, rules[0].kinds)

    def reason(self, match: Match, ci: CI, source: str, seen: Observation | Reference) -> str:
        """What speaks for a candidate."""
        how = match[1]
        if how == "key":
            return f"its key for '{source}' is {seen.key}"
        if how == "name":
            return f"the name {self._names.find(seen)[ci.id][1]} is the same"
        same = " and ".join(f"{name} {seen.attributes[name]}" for name in how)
        return f"{same} {'is' if len(how) == 1 else 'are'} the same"

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
        declared, observed = ci.attributes, seen.attributes
        for name, attribute in self._unique.get(ci.kind) or self._unique_of(ci.kind):
            raw = observed.get(name)
            if raw is not None and raw != declared.get(name):
                value = _contradiction(attribute, declared.get(name), raw)
                if value is not None:
                    return Clash(attribute, declared[name], value, self._holders(attribute, value, seen.kind))
        return None

    def _holders(self, attribute: Attribute, value: Value, kind: str) -> Sequence[CI]:
        rule = (attribute.name,)
        evidence = self._reader(kind, rule)({attribute.name: value})
        return self._index(rule).find(evidence, self.family(kind))

    @cached_property
    def _keys(self) -> Mapping[tuple[str, str], list[CI]]:
        found: dict[tuple[str, str], list[CI]] = {}
        for ci in self._inventory.cis.values():
            if ci.keys:
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
        self._rules[kind] = tuple(self._rule_of(kind, rule, among) for rule, among in found.items())
        return self._rules[kind]

    def _rule_of(self, kind: str, rule: Rule, among: frozenset[str]) -> _RuleOfKind:
        itself = len(rule) == 1 and _means_itself(self._attribute(kind, rule[0]))
        return _RuleOfKind(rule, rule[0], itself, self._reader(kind, rule), among)

    def _index(self, rule: Rule) -> _Index:
        if rule not in self._indexes:
            kinds = {ci.kind for ci in self._inventory.cis.values()}
            readers = {kind: self._reader(kind, rule) for kind in kinds}
            itself = len(rule) == 1 and all(_means_itself(self._attribute(kind, rule[0])) for kind in kinds)
            index = self._indexes[rule] = _Index()
            for ci in self._inventory.cis.values():
                evidence = ci.attributes.get(rule[0])
                if itself and evidence.__class__ is str:
                    evidence = evidence.strip().casefold()
                elif evidence is not None:
                    evidence = readers[ci.kind](ci.attributes)
                if evidence is not None and index.first.setdefault(evidence, ci) is not ci:
                    index.others.setdefault(evidence, []).append(ci)
        return self._indexes[rule]

    def _reader(self, kind: str, rule: Rule) -> Read:
        if (kind, rule) not in self._readers:
            reads = tuple(_reader_of(name, self._attribute(kind, name)) for name in rule)
            self._readers[kind, rule] = reads[0] if len(reads) == 1 else _joint(reads)
        return self._readers[kind, rule]

    def _attribute(self, kind: str, name: str) -> Attribute | None:
        return self._schema.attribute(kind, name) or next(self._schema.declarations(name), None)

    def _unique_of(self, kind: str) -> tuple[tuple[str, Attribute], ...]:
        known = self._schema.kinds.get(kind)
        declared = known.attributes.items() if known else ()
        self._unique[kind] = tuple((name, item) for name, item in declared if item.unique and not item.secret)
        return self._unique[kind]


def _means_itself(attribute: Attribute | None) -> bool:
    """Whether text is its own meaning: plain text without demands on it."""
    return attribute is not None and attribute.type == "string" and not attribute.pattern


def _reader_of(name: str, attribute: Attribute | None) -> Read:
    itself = _means_itself(attribute)

    def read(attributes: Mapping[str, Value]) -> Hashable | None:
        raw = attributes.get(name)
        if raw is None:
            return None
        if itself and raw.__class__ is str:
            return _folded(raw)
        try:
            return _meaning(attribute, freeze(raw) if attribute is None else normalise(attribute, raw))
        except WrongValue:
            return None

    return read


def _meaning(attribute: Attribute | None, value: Value) -> Hashable:
    """What a normalised value means as evidence."""
    if isinstance(value, str) and (attribute is None or attribute.type == "string"):
        return _folded(value)
    return key(attribute, value)


def _folded(text: str) -> str:
    """Text without case and surrounding space: tools spell one serial number or UUID in different ways."""
    return text.strip().casefold()


def _fillers(attributes: Mapping[str, Value], names: Rule) -> bool:
    return any(placeholder(attributes[name]) for name in names)


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
    return _meaning(attribute, declared) == _meaning(attribute, seen)
