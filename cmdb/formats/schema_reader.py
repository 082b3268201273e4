"""Kinds and relation types: the built-in library, and what a workspace adds to it under `inventory/schema/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Generic, TypeVar

from cmdb.formats.attribute_reader import read_attribute
from cmdb.formats.reading import nearest, read_fast, read_precise
from cmdb.formats.schema_shapes import KindShape, RelationTypeShape, RuleShape, SchemaShape
from cmdb.formats.shapes import shaped
from cmdb.model.kind import Attribute, Kind, RelationRule, RelationType, Schema
from cmdb.model.location import Place
from cmdb.model.plain import NeedsText
from cmdb.model.problem import Problem, Related
from cmdb.model.status import STATUSES, Status

BUILT_IN = "cmdb/schema"
"""The folder that the places of the built-in library name."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SchemaReading:
    """The schema with everything usable in it, and the files that were not read in full."""

    schema: Schema
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Declared(Generic[T]):
    shape: T
    place: Place
    built_in: bool


class _Declarations:
    """All declarations by name: of a built-in one and the workspace's addition to it, the built-in one first."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[_Declared[KindShape]]] = {}
        self.relation_types: dict[str, list[_Declared[RelationTypeShape]]] = {}
        self.problems: list[Problem] = []

    def wrong(self, message: str, place: Place, hint: str = "", related: tuple[Related, ...] = ()) -> None:
        self.problems.append(Problem("invalid-schema", message, where=place, hint=hint, related=related))

    def read(self, path: str, data: bytes, *, built_in: bool = False, quickly: bool = False) -> bool:
        """Takes in a file; False where any of it was left out."""
        reading = read_fast(path, data) if quickly else read_precise(path, data)
        before = len(self.problems)
        self.problems += reading.problems
        for entry in reading.entries:
            shape, found = shaped(SchemaShape, entry.raw, entry.place)
            self.problems += found
            if shape is not None:
                self._take("kinds", KindShape, self.kinds, shape.kinds, entry.place, built_in)
                types = shape.relation_types
                self._take("relation_types", RelationTypeShape, self.relation_types, types, entry.place, built_in)
        return len(self.problems) == before

    def _take(
        self,
        field: str,
        shape: type[T],
        known: dict[str, list[_Declared[T]]],
        raw: dict[str, Any],
        place: Place,
        built_in: bool,
    ) -> None:
        for name, item in raw.items():
            where = place.at(field, name)
            value, found = shaped(shape, item if isinstance(item, dict) else {}, where)
            self.problems += found
            twice = [other for other in known.get(name, ()) if other.built_in == built_in]
            if twice:
                related = (Related("first here", twice[0].place),)
                self.wrong(f"'{name}' is declared twice", where, "merge them into one", related)
            elif value is not None:
                known.setdefault(name, []).append(_Declared(value, where, built_in))


class _Builder:
    """Kinds in the order of their ancestry, each once."""

    def __init__(self, declarations: _Declarations) -> None:
        self.declarations = declarations
        self.relation_types = {name: self._relation_type(name) for name in sorted(declarations.relation_types)}
        self.kinds: dict[str, Kind] = {}

    def schema(self) -> Schema:
        for name in sorted(self.declarations.kinds):
            self._kind(name, ())
        return Schema(dict(sorted(self.kinds.items())), self.relation_types)

    def _relation_type(self, name: str) -> RelationType:
        built = RelationType(name)
        for declared in self.declarations.relation_types[name]:
            shape = declared.shape
            ceiling = built.ceiling if shape.ceiling is None else _CEILINGS.get(shape.ceiling)
            if ceiling is None:
                hint = f"one of {', '.join(_CEILINGS)}"
                self.declarations.wrong(f"'{shape.ceiling}' is no ceiling", declared.place.at("ceiling"), hint)
            built = replace(
                built,
                ceiling=built.ceiling if ceiling is None else ceiling,
                inverse=shape.inverse or built.inverse,
                symmetric=built.symmetric if shape.symmetric is None else shape.symmetric,
                description=shape.description or built.description,
            )
        return built

    def _kind(self, name: str, below: tuple[str, ...]) -> Kind:
        if name not in self.kinds:
            declared = self.declarations.kinds[name]
            built = self._inherited(name, declared, below)
            for declaration in declared:
                built = self._with(built, declaration)
            self.kinds[name] = self._settled(built, declared[-1].place)
        return self.kinds[name]

    def _inherited(self, name: str, declared: list[_Declared[KindShape]], below: tuple[str, ...]) -> Kind:
        parent = next((item.shape.extends for item in declared if item.shape.extends), "")
        for item in declared[1:]:
            if item.shape.extends not in ("", parent):
                message = f"'{name}' is built in and extends '{parent or 'nothing'}'"
                self.declarations.wrong(message, item.place.at("extends"), "leave extends out")
        place = declared[-1].place
        if parent and self._extendable(name, parent, place, (*below, name)):
            base = self._kind(parent, (*below, name))
            return replace(base, name=name, lineage=(name, *base.lineage), abstract=False, identity=(), description="")
        return Kind(name, (name,))

    def _extendable(self, name: str, parent: str, place: Place, line: tuple[str, ...]) -> bool:
        if parent in line:
            self.declarations.wrong(f"'{name}' extends itself: {' > '.join((*line, parent))}", place.at("extends"))
            return False
        if parent not in self.declarations.kinds:
            hint = nearest(parent, tuple(self.declarations.kinds))
            self.declarations.wrong(f"there is no kind '{parent}' to extend", place.at("extends"), hint)
            return False
        return True

    def _with(self, kind: Kind, declared: _Declared[KindShape]) -> Kind:
        shape, place = declared.shape, declared.place
        return replace(
            kind,
            abstract=kind.abstract if shape.abstract is None else shape.abstract,
            strict=kind.strict if shape.strict is None else shape.strict,
            identity=(*(tuple(rule) for rule in shape.identity), *kind.identity),
            attributes={**kind.attributes, **self._attributes(kind, declared)},
            relations={**kind.relations, **self._rules(shape, place)},
            description=shape.description or kind.description,
            place=place,
        )

    def _attributes(self, kind: Kind, declared: _Declared[KindShape]) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        merging = not declared.built_in and len(self.declarations.kinds[kind.name]) > 1
        for name, raw in declared.shape.attributes.items():
            place = declared.place.at("attributes", name)
            base = kind.attributes.get(name)
            attribute = read_attribute(name, raw, place, base, self.declarations.problems.append)
            if attribute is not None and merging and base is not None and attribute.type != base.type:
                message = f"'{kind.name}.{name}' is built in as {base.type}, not {attribute.type}"
                related = (Related("declared here", base.place),) if base.place else ()
                hint = "a workspace may add to a built-in attribute and tighten it, never change its type"
                self.declarations.wrong(message, place, hint, related)
            elif attribute is not None:
                found[name] = attribute
        return found

    def _rules(self, shape: KindShape, place: Place) -> dict[str, RelationRule]:
        rules: dict[str, RelationRule] = {}
        for relation, raw in shape.relations.items():
            where = place.at("relations", relation)
            rule, found = shaped(RuleShape, raw if isinstance(raw, dict) else {"to": raw}, where)
            self.declarations.problems += found
            if relation not in self.relation_types:
                hint = nearest(relation, tuple(self.relation_types))
                self.declarations.wrong(f"there is no relation type '{relation}'", where, hint)
            elif rule is not None:
                rules[relation] = RelationRule(self._known(rule.to, where), rule.min, rule.max)
        return rules

    def _known(self, kinds: tuple[str, ...], place: Place) -> tuple[str, ...]:
        for name in kinds:
            if name not in self.declarations.kinds:
                hint = nearest(name, tuple(self.declarations.kinds))
                self.declarations.wrong(f"there is no kind '{name}'", place.at("to"), hint)
        return tuple(name for name in kinds if name in self.declarations.kinds)

    def _settled(self, kind: Kind, place: Place) -> Kind:
        """With identity rules complete: its own, its ancestors', then the attributes that identify alone."""
        for rule in kind.identity:
            for name in rule:
                if name not in kind.attributes:
                    hint = nearest(name, tuple(kind.attributes))
                    message = f"identity of '{kind.name}': there is no attribute '{name}'"
                    self.declarations.wrong(message, place.at("identity"), hint)
        above = self.kinds[kind.lineage[1]].identity if len(kind.lineage) > 1 else ()
        alone = tuple((name,) for name, attribute in kind.attributes.items() if attribute.identity)
        return replace(kind, identity=tuple(dict.fromkeys((*kind.identity, *above, *alone))))


def read_schema(files: Iterable[tuple[str, bytes]] = ()) -> SchemaReading:
    """The built-in library with the workspace's schema files, sorted by path, merged into it."""
    workspace = sorted(files)
    try:
        return _read_schema(workspace, quickly=True)
    except NeedsText:
        return _read_schema(workspace, quickly=False)


def _read_schema(workspace: Sequence[tuple[str, bytes]], *, quickly: bool) -> SchemaReading:
    """Reads the built-in library, whose text nobody quotes, by the fast reader where that is enough."""
    declarations = _Declarations()
    for path, data in _built_in():
        declarations.read(path, data, built_in=True, quickly=quickly)
    unread = [path for path, data in workspace if not declarations.read(path, data)]
    schema = _Builder(declarations).schema()
    return SchemaReading(schema, tuple(dict.fromkeys(declarations.problems)), tuple(unread))


def built_in_text(path: str) -> bytes | None:
    """The text of a file of the built-in library, by the path that places name."""
    return dict(_built_in()).get(path)


@cache
def _built_in() -> tuple[tuple[str, bytes], ...]:
    folder = resources.files("cmdb") / "schema"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return tuple((f"{BUILT_IN}/{item.name}", item.read_bytes()) for item in files)


_CEILINGS = {"none": Status.UP} | {name: status for name, status in STATUSES.items() if status is not Status.UP}
