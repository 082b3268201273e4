"""The shapes of schema files: kinds, their attributes and relations, and relation types."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from cmdb.formats.shapes import STRICT, Count, Flag, Text, Texts


@dataclass(config=STRICT, frozen=True)
class SchemaShape:
    """Kinds and relation types by name."""

    kinds: dict[Text, Any] = field(default_factory=dict)
    relation_types: dict[Text, Any] = field(default_factory=dict)


@dataclass(config=STRICT, frozen=True)
class KindShape:
    """A class of CIs."""

    extends: Text = ""
    abstract: Flag | None = None
    strict: Flag | None = None
    description: Text = ""
    identity: list[list[Text]] = field(default_factory=list)
    attributes: dict[Text, Any] = field(default_factory=dict)
    relations: dict[Text, Any] = field(default_factory=dict)


@dataclass(config=STRICT, frozen=True)
class AttributeShape:
    """A declared attribute: its type and its flags. An enum lists its choices under `of` (or `values`)."""

    type: Text | None = None
    of: Any = None
    values: list[Any] = field(default_factory=list)
    by: Text | None = None
    scheme: Text | None = None
    unit: Text | None = None
    required: Flag | None = None
    unique: Flag | None = None
    identity: Flag | None = None
    volatile: Flag | None = None
    secret: Flag | None = None
    closed: Flag | None = None
    minimum: Any = None
    maximum: Any = None
    pattern: Text | None = None
    tolerance: Any = None
    default: Any = None
    description: Text | None = None


@dataclass(config=STRICT, frozen=True)
class RuleShape:
    """The targets a relation may have, and how many."""

    to: Texts = ()
    min: Count = 0
    max: Count | None = None


@dataclass(config=STRICT, frozen=True)
class RelationTypeShape:
    """A kind of edge."""

    ceiling: Text | None = None
    inverse: Text = ""
    symmetric: Flag | None = None
    description: Text = ""
