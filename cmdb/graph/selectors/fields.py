"""The fields of a CI: how each is got, and by which type its values are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cmdb.graph.hints import did_you_mean
from cmdb.model.ci import CI, CRITICALITIES, LIFECYCLES, LIST_FIELDS, MAP_FIELDS, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import Item, KeyPath, Segment
from cmdb.model.kind import Attribute, Schema
from cmdb.model.value import Value

Items = tuple[Value, ...]
TEXT = Attribute("text")
CHOICES = {"lifecycle": LIFECYCLES, "criticality": CRITICALITIES}


class UnknownField(ValueError):
    """A key path that leads nowhere."""


class UnknownName(ValueError):
    """A value that names something which does not exist."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `has` says whether a CI has a value; `items` are what a comparison looks at, none where it has no
    value; `type_for` gives the type of the items for a CI's kind, None where they have none; `types` are all that may
    read a literal. Where values are names, `named` gives all that a literal stands for; it raises `UnknownName`.
    `incomparable` says what to write instead of a comparison."""

    has: Callable[[CI], bool]
    items: Callable[[CI], Items] = lambda _ci: ()
    type_for: Callable[[str], Attribute | None] = lambda _kind: None
    types: tuple[Attribute | None, ...] = (TEXT,)
    named: Callable[[str], frozenset[str]] | None = None
    incomparable: str = ""


@dataclass(frozen=True)
class Context:
    """What words may refer to. Without an inventory nobody knows what CIs carry, and every name is believed."""

    schema: Schema
    inventory: Inventory | None = None

    @cached_property
    def carried(self) -> frozenset[str]:
        """The attributes that CIs have."""
        return frozenset(name for ci in self._cis() for name in ci.attributes)

    @cached_property
    def relations(self) -> frozenset[str]:
        """The relation types that are declared or used."""
        return frozenset(self.schema.relation_types).union(name for ci in self._cis() for name in ci.relations)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that are declared or used."""
        return frozenset(self.schema.kinds).union(ci.kind for ci in self._cis())

    def resolve(self, reference: str) -> str | None:
        """The living id, or None where there is no such CI; without an inventory the reference itself."""
        return reference if self.inventory is None else self.inventory.resolve(reference)

    def ids(self) -> Collection[str]:
        """All ids, for hints."""
        return () if self.inventory is None else self.inventory.cis

    def _cis(self) -> Iterable[CI]:
        return () if self.inventory is None else self.inventory.cis.values()


def field(context: Context, path: KeyPath) -> Field:
    """The field that a key path names. Raises `UnknownField`."""
    name, *rest = path
    if name in ("kind", "id"):
        named = _kinds(context) if name == "kind" else _ids(context)
        return replace(_typed(_text(str(name)), TEXT), named=named)
    if name == "attributes":
        return _attribute(context, tuple(rest))
    if name == "relations":
        return _relation(context, tuple(rest))
    if name in MAP_FIELDS:
        return _entry(str(name), tuple(rest))
    if name in LIST_FIELDS:
        return _typed(lambda ci: getattr(ci, str(name)), TEXT)
    choices = CHOICES.get(str(name))
    return _typed(_text(str(name)), Attribute(str(name), "enum", choices=choices) if choices else TEXT)


def _typed(items: Callable[[CI], Items], type_: Attribute) -> Field:
    return Field(lambda ci: bool(items(ci)), items, lambda _kind: type_, (type_,))


def _kinds(context: Context) -> Callable[[str], frozenset[str]]:
    def named(kind: str) -> frozenset[str]:
        if kind not in context.schema.kinds and kind not in context.kinds:
            raise UnknownName(f"unknown kind '{kind}'{did_you_mean(kind, context.kinds)}")
        return context.schema.descendants.get(kind, frozenset((kind,)))

    return named


def _ids(context: Context) -> Callable[[str], frozenset[str]]:
    def named(reference: str) -> frozenset[str]:
        found = context.resolve(reference)
        if found is None:
            raise UnknownName(f"there is no CI '{reference}'{did_you_mean(reference, context.ids())}")
        return frozenset((found,))

    return named


def _text(name: str) -> Callable[[CI], Items]:
    def items(ci: CI) -> Items:
        value = getattr(ci, name)
        return () if value is None else (value,)

    return items


def _entry(name: str, rest: KeyPath) -> Field:
    if not rest:
        return Field(lambda ci: bool(getattr(ci, name)), incomparable=f"{name}.NAME")
    key = rest[0]
    if len(rest) > 1 or not isinstance(key, str):
        raise UnknownField(f"'{name}' has names and no further parts; quote a name with dots: {name}.\"a.b\"")

    def items(ci: CI) -> Items:
        entries: Mapping[str, str] = getattr(ci, name)
        return (entries[key],) if key in entries else ()

    return _typed(items, TEXT)


def _relation(context: Context, rest: KeyPath) -> Field:
    if not rest:
        return Field(lambda ci: any(ci.relations.values()), incomparable="relations.TYPE")
    name, *target = rest
    if name not in context.schema.relation_types and context.relations and name not in context.relations:
        raise UnknownField(_unknown_relation(context, str(name)))

    def items(ci: CI) -> Items:
        entries = ci.relations.get(str(name), ())
        return tuple(context.resolve(target.id) or target.id for target in flatten(entries))

    if not target:
        return replace(_typed(items, TEXT), named=lambda target: frozenset((context.resolve(target) or target,)))
    if len(target) > 1 or not isinstance(target[0], str):
        raise UnknownField(f"a path of a relation ends at a target: relations.{name}.TARGET")
    wanted = context.resolve(target[0]) or target[0]
    return Field(lambda ci: wanted in items(ci), incomparable=f"relations.{name}={wanted}")


def _unknown_relation(context: Context, name: str) -> str:
    if right := context.schema.inverses.get(name):
        return f"'{name}' is the inverse of '{right}', which is the one that files have"
    return f"unknown relation type '{name}'{did_you_mean(name, context.relations)}"


def _attribute(context: Context, path: KeyPath) -> Field:
    if not path:
        return Field(lambda ci: bool(ci.attributes), incomparable="attributes.NAME")
    name, *rest = path
    if not isinstance(name, str):
        raise UnknownField("attributes have names: attributes.NAME")
    kinds = context.schema.kinds.items()
    declared = {kind: below.attributes[name] for kind, below in kinds if name in below.attributes}
    if not declared and context.inventory is not None and name not in context.carried:
        raise UnknownField(_unknown_attribute(context, name))
    by_kind = {kind: _item_type(_further(attribute, tuple(rest))) for kind, attribute in declared.items()}

    def value(ci: CI) -> Value:
        found = ci.attributes.get(name)
        for segment in rest:
            found = _part(found, segment)
        return found

    def items(ci: CI) -> Items:
        found = value(ci)
        return found if isinstance(found, tuple) else () if found is None else (found,)

    types = tuple({repr(type_): type_ for type_ in by_kind.values()}.values()) or (None,)
    return Field(lambda ci: value(ci) is not None, items, by_kind.get, types)


def _unknown_attribute(context: Context, name: str) -> str:
    declared = {attribute for kind in context.schema.kinds.values() for attribute in kind.attributes}
    return f"unknown attribute '{name}'{did_you_mean(name, declared | context.carried)}"


def _further(attribute: Attribute | None, rest: KeyPath) -> Attribute | None:
    """The type of what lies below an attribute."""
    for segment in rest:
        fits = attribute and attribute.type in (("map",) if isinstance(segment, str) else ("list", "set"))
        attribute = attribute.of if attribute and fits else None
    return attribute


def _item_type(attribute: Attribute | None) -> Attribute | None:
    return attribute.of if attribute and attribute.type in ("list", "set") else attribute


def _part(value: Value, segment: Segment) -> Value:
    if isinstance(segment, str):
        return value.get(segment) if isinstance(value, Mapping) else None
    if not isinstance(value, tuple):
        return None
    if isinstance(segment, Item):
        known = (item for item in value if isinstance(item, Mapping))
        return next((item for item in known if str(item.get(segment.by)) == segment.value), None)
    return value[segment] if segment < len(value) else None
