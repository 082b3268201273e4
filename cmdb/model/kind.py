"""What the inventory may speak of: kinds with their attributes, and relation types with their ceilings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cmdb.model.location import Place
from cmdb.model.status import Status
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared attribute: its type and the demands on its values.

    `of` is the type of the items of a list, set or map; `choices` are the values of an enum; `tolerance` is text such
    as `5%` or an amount in the attribute's own type.
    """

    name: str
    type: str = "string"
    of: Attribute | None = None
    choices: tuple[str, ...] = ()
    by: str = ""
    scheme: str = ""
    unit: str = ""
    required: bool = False
    unique: bool = False
    identity: bool = False
    volatile: bool = False
    secret: bool = False
    closed: bool = False
    minimum: Value = None
    maximum: Value = None
    pattern: str = ""
    tolerance: Value = None
    default: Value = None
    description: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RelationRule:
    """Which targets a kind's relation may have, and how many; no kinds in `to` means any."""

    to: tuple[str, ...] = ()
    min: int = 0
    max: int | None = None


@dataclass(frozen=True)
class Kind:
    """A class of CIs. `attributes`, `identity` and `relations` include what is inherited; `lineage` runs from the kind
    itself up to its oldest ancestor."""

    name: str
    lineage: tuple[str, ...] = ()
    abstract: bool = False
    strict: bool = False
    identity: tuple[tuple[str, ...], ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    relations: Mapping[str, RelationRule] = field(default_factory=dict)
    description: str = ""
    place: Place | None = field(default=None, compare=False)

    @cached_property
    def defaults(self) -> Mapping[str, Attribute]:
        """The attributes that have a default."""
        return {name: attribute for name, attribute in self.attributes.items() if attribute.default is not None}


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of edge. `ceiling` is the worst that a failing target can do to the source; `UP` means no harm."""

    name: str
    ceiling: Status = Status.UP
    inverse: str = ""
    symmetric: bool = False
    description: str = ""


@dataclass(frozen=True)
class Schema:
    """All kinds and relation types of a workspace."""

    kinds: Mapping[str, Kind]
    relation_types: Mapping[str, RelationType]

    @cached_property
    def inverses(self) -> Mapping[str, str]:
        """Inverse name -> the relation type to write instead."""
        return {kind.inverse: kind.name for kind in self.relation_types.values() if kind.inverse}

    @cached_property
    def descendants(self) -> Mapping[str, frozenset[str]]:
        """Kind -> itself and all kinds below it."""
        found: dict[str, set[str]] = {name: {name} for name in self.kinds}
        for kind in self.kinds.values():
            for ancestor in kind.lineage:
                found.setdefault(ancestor, set()).add(kind.name)
        return {name: frozenset(below) for name, below in found.items()}

    def is_a(self, kind: str, ancestor: str) -> bool:
        """Whether `kind` is `ancestor` or descends from it."""
        return kind in self.descendants.get(ancestor, ())

    def attribute(self, kind: str, name: str) -> Attribute | None:
        """The declaration of an attribute for a kind, or None."""
        known = self.kinds.get(kind)
        return known.attributes.get(name) if known else None

    def declarations(self, name: str) -> Iterator[Attribute]:
        """Every kind's declaration of an attribute of that name."""
        for kind in self.kinds.values():
            if name in kind.attributes:
                yield kind.attributes[name]
