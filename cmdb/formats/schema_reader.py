"""Kinds and relation types: the built-in library, and what a workspace adds to it under `inventory/schema/`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from cmdb.formats.reading import nearest, read_precise
from cmdb.formats.schema_shapes import AttributeShape, KindShape, RelationTypeShape, RuleShape, SchemaShape
from cmdb.formats.shapes import shaped
from cmdb.model.kind import Attribute, Kind, RelationRule, RelationType, Schema
from cmdb.model.location import Place
from cmdb.model.plain import Plain, text, typed
from cmdb.model.problem import Problem, Related
from cmdb.model.status import STATUSES, Status
from cmdb.model.types import TYPES, WrongValue, misdeclared, normalise
from cmdb.model.value import Value

BUILT_IN = "cmdb/schema"
"""The folder that the places of the built-in library name."""


@dataclass(slots=True)
class _KindDraft:
    name: str
    place: Place
    extends: str = ""
    abstract: bool = False
    strict: bool | None = None
    identity: tuple[tuple[str, ...], ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    relations: dict[str, RelationRule] = field(default_factory=dict)
    description: str = ""
    built_in: bool = False


class _Library:
    """Drafts by name, while files are being read."""

    def __init__(self, built_in: bool) -> None:
        self.built_in = built_in
        self.kinds: dict[str, _KindDraft] = {}
        self.relation_types: dict[str, tuple[RelationType, Place, bool]] = {}
        self.problems: list[Problem] = []

    def wrong(self, message: str, place: Place, hint: str = "", other: Place | None = None) -> None:
        related = (Related("the other stands here", other),) if other else ()
        self.problems.append(Problem("invalid-schema", message, where=place, hint=hint, related=related))

    def read(self, path: str, data: bytes) -> bool:
        """Takes in a file; False if any of it was left out."""
        reading = read_precise(path, data)
        before = len(self.problems)
        self.problems += reading.problems
        for entry in reading.entries:
            shape, found = shaped(SchemaShape, entry.raw, entry.place)
            self.problems += found
            for name, raw in (shape.relation_types if shape else {}).items():
                self._relation_type(name, raw, entry.place.at("relation_types", name))
            for name, raw in (shape.kinds if shape else {}).items():
                self._kind(name, raw, entry.place.at("kinds", name))
        return len(self.problems) == before

    def _relation_type(self, name: str, raw: Any, place: Place) -> None:
        shape, found = shaped(RelationTypeShape, raw if isinstance(raw, dict) else {}, place)
        self.problems += found
        if shape is None:
            return
        known = self.relation_types.get(name)
        if known is not None and known[2] == self.built_in:
            self.wrong(f"the relation type '{name}' is declared twice", place, "keep one", known[1])
            return
        base = known[0] if known else RelationType(name)
        ceiling = base.ceiling if shape.ceiling is None else _ceiling(shape.ceiling)
        if ceiling is None:
            self.wrong(f"'{shape.ceiling}' is no ceiling", place.at("ceiling"), "one of down, degraded, at_risk, none")
            return
        merged = replace(
            base,
            ceiling=ceiling,
            inverse=shape.inverse or base.inverse,
            symmetric=base.symmetric if shape.symmetric is None else shape.symmetric,
            description=shape.description or base.description,
        )
        self.relation_types[name] = (merged, place, self.built_in)

    def _kind(self, name: str, raw: Any, place: Place) -> None:
        shape, found = shaped(KindShape, raw if isinstance(raw, dict) else {}, place)
        self.problems += found
        if shape is None:
            return
        draft = self.kinds.get(name)
        if draft is not None and draft.built_in == self.built_in:
            self.wrong(f"the kind '{name}' is declared twice", place, "merge them into one", draft.place)
            return
        if draft is None:
            draft = self.kinds[name] = _KindDraft(name, place, built_in=self.built_in)
        elif shape.extends and shape.extends != draft.extends:
            self.wrong(f"'{name}' is built in and extends '{draft.extends}'", place.at("extends"), "leave extends out")
        self._merge(draft, shape, place)

    def _merge(self, draft: _KindDraft, shape: KindShape, place: Place) -> None:
        draft.place, draft.built_in = place, self.built_in
        draft.extends = draft.extends or shape.extends
        draft.abstract = draft.abstract if shape.abstract is None else shape.abstract
        draft.strict = draft.strict if shape.strict is None else shape.strict
        draft.identity = (*(tuple(rule) for rule in shape.identity), *draft.identity)
        draft.description = shape.description or draft.description
        for name, raw in shape.attributes.items():
            where = place.at("attributes", name)
            attribute = self._attribute(name, raw, where, draft.attributes.get(name))
            if attribute is not None:
                draft.attributes[name] = attribute
        for name, raw in shape.relations.items():
            rule, found = shaped(RuleShape, raw if isinstance(raw, dict) else {"to": raw}, place.at("relations", name))
            self.problems += found
            if rule is not None:
                draft.relations[name] = RelationRule(rule.to, rule.min, rule.max)

    def _attribute(self, name: str, raw: Any, place: Place, known: Attribute | None) -> Attribute | None:
        fields = raw if isinstance(raw, dict) else {"type": raw}
        shape, found = shaped(AttributeShape, fields, place)
        self.problems += found
        if shape is None:
            return None
        if known is not None and shape.type not in (None, known.type):
            hint = "a workspace may add to a built-in attribute and tighten it, not change its type"
            self.wrong(f"'{name}' is a {known.type} in the built-in library", place.at("type"), hint, known.place)
            return None
        attribute = self._settled(shape, place, known or Attribute(name))
        reason = misdeclared(attribute)
        if reason is not None:
            hint = nearest(attribute.type, tuple(TYPES)) if attribute.type not in TYPES else ""
            self.wrong(f"attribute '{name}': {reason}", place, hint)
            return None
        return self._with_values(attribute, shape, place)

    def _settled(self, shape: AttributeShape, place: Place, base: Attribute) -> Attribute:
        given = {key: getattr(shape, key) for key in _FLAGS if getattr(shape, key) is not None}
        attribute = replace(base, **given, type=shape.type or base.type, place=place)
        if shape.of is not None or shape.values:
            attribute = self._with_of(attribute, shape, place)
        return attribute

    def _with_of(self, attribute: Attribute, shape: AttributeShape, place: Place) -> Attribute:
        choices = shape.values or (shape.of if isinstance(shape.of, list) else ())
        if attribute.type == "enum" or isinstance(shape.of, list):
            return replace(attribute, choices=tuple(text(choice) for choice in choices))
        return replace(attribute, of=self._attribute(attribute.name, shape.of, place.at("of"), attribute.of))

    def _with_values(self, attribute: Attribute, shape: AttributeShape, place: Place) -> Attribute:
        """Default, bounds and tolerance, read by the attribute's own type."""
        bare = replace(attribute, minimum=None, maximum=None, default=None)
        settled: dict[str, Value] = {}
        for key in ("minimum", "maximum", "default"):
            raw = getattr(shape, key)
            if raw is not None:
                try:
                    settled[key] = normalise(bare, typed(attribute, raw))
                except WrongValue as wrong:
                    self.wrong(f"{key} of '{attribute.name}': {wrong}", place.at(key))
        if shape.tolerance is not None:
            raw = shape.tolerance
            settled["tolerance"] = raw.text if isinstance(raw, Plain) else raw
        found = replace(attribute, **settled)
        if (reason := misdeclared(found)) is not None:
            self.wrong(f"attribute '{attribute.name}': {reason}", place)
        return found

    def schema(self) -> Schema:
        kinds = {name: self._built(draft) for name, draft in self.kinds.items()}
        types = {name: entry[0] for name, entry in sorted(self.relation_types.items())}
        for kind in kinds.values():
            for relation in kind.relations:
                if relation not in types and kind.name in self.kinds:
                    place = self.kinds[kind.name].place.at("relations", relation)
                    self.wrong(f"there is no relation type '{relation}'", place, nearest(relation, tuple(types)))
        return Schema(dict(sorted(kinds.items())), types)

    def _built(self, draft: _KindDraft) -> Kind:
        lineage = self._lineage(draft)
        line = [self.kinds[name] for name in lineage]
        attributes: dict[str, Attribute] = {}
        relations: dict[str, RelationRule] = {}
        for ancestor in reversed(line):
            attributes |= ancestor.attributes
            relations |= ancestor.relations
        rules = [rule for ancestor in line for rule in ancestor.identity]
        rules += [(name,) for name, attribute in attributes.items() if attribute.identity and (name,) not in rules]
        for rule in draft.identity:
            for name in rule:
                if name not in attributes:
                    hint = nearest(name, tuple(attributes))
                    self.wrong(f"identity of '{draft.name}': no attribute '{name}'", draft.place.at("identity"), hint)
        return Kind(
            draft.name,
            lineage,
            draft.abstract,
            strict=next((a.strict for a in line if a.strict is not None), False),
            identity=tuple(dict.fromkeys(rules)),
            attributes=attributes,
            relations=relations,
            description=draft.description,
            place=draft.place,
        )

    def _lineage(self, draft: _KindDraft) -> tuple[str, ...]:
        lineage = [draft.name]
        while above := self.kinds[lineage[-1]].extends:
            place = self.kinds[lineage[-1]].place.at("extends")
            if above in lineage:
                self.wrong(f"'{draft.name}' extends itself: {' > '.join((*lineage, above))}", place)
                break
            if above not in self.kinds:
                self.wrong(f"there is no kind '{above}' to extend", place, nearest(above, tuple(self.kinds)))
                break
            lineage.append(above)
        return tuple(lineage)


_FLAGS = (
    "by", "scheme", "unit", "required", "unique", "identity", "volatile", "secret", "closed", "pattern", "description",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchemaReading:
    """The schema with everything usable in it, and the files that were not read in full."""

    schema: Schema
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()


def read_schema(files: Iterable[tuple[str, bytes]] = ()) -> SchemaReading:
    """The built-in library with the workspace's schema files, sorted by path, merged into it."""
    library = _Library(built_in=True)
    for path, data in _built_in():
        library.read(path, data)
    library.built_in = False
    unread = [path for path, data in sorted(files) if not library.read(path, data)]
    schema = library.schema()
    return SchemaReading(schema, tuple(dict.fromkeys(library.problems)), tuple(unread))


def built_in_text(path: str) -> bytes | None:
    """The text of a file of the built-in library, by the path that places name."""
    return dict(_built_in()).get(path)


def _ceiling(word: str) -> Status | None:
    return Status.UP if word == "none" else STATUSES.get(word) if word != "up" else None


@cache
def _built_in() -> tuple[tuple[str, bytes], ...]:
    folder = resources.files("cmdb") / "schema"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return tuple((f"{BUILT_IN}/{item.name}", item.read_bytes()) for item in files)
