"""One CI: from its mapping, the defaults that apply and its kind to effective, validated values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cmdb.formats.defaults import MERGED, Defaults
from cmdb.formats.reading import Entry, nearest
from cmdb.formats.relations import read_relations
from cmdb.model import plain
from cmdb.model.ci import CI, CRITICALITIES, FIELDS, ID, LIFECYCLES, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Kind, Schema
from cmdb.model.location import Place
from cmdb.model.plain import NotText, text, typed, value
from cmdb.model.problem import Problem, Severity
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value

_CHOICES = {"lifecycle": LIFECYCLES, "criticality": CRITICALITIES}
_FIELDS = frozenset(FIELDS)
_FREE = frozenset(TEXT_FIELDS) - _CHOICES.keys()
"""Fields that take any text."""


class CIReader:
    """Reads CIs of one inventory by one schema; `problems` grows with each, and so does `taken`: the defaults that
    were taken, as the position of their file (nearest first) and the path. May raise `NeedsText` where the entry came
    from the fast reader; nothing of that CI is kept then."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.problems: list[Problem] = []
        self.taken: set[tuple[int, KeyPath]] = set()
        self._blamed: set[tuple[str, Place]] = set()

    def read(self, entry: Entry, defaults: Sequence[Defaults] = ()) -> CI | None:
        """The CI, or None where it has no usable id or kind."""
        reader = _Reader(self.schema, entry, self.taken)
        ci = reader.read(defaults)
        for problem in reader.problems:
            self._add(problem)
        return ci

    def _add(self, problem: Problem) -> None:
        """A wrong default is one problem, however many CIs take it."""
        if problem.ci is None and isinstance(problem.where, Place):
            blame = (problem.code, problem.where)
            if blame in self._blamed:
                return
            self._blamed.add(blame)
        self.problems.append(problem)


class _Reader:
    def __init__(self, schema: Schema, entry: Entry, taken: set[tuple[int, KeyPath]]) -> None:
        self.schema = schema
        self.taken = taken
        self.raw = entry.raw
        self.place = entry.place
        self.id = ""
        self.inherited: dict[KeyPath, Place] = {}
        self.problems: list[Problem] = []

    def read(self, defaults: Sequence[Defaults]) -> CI | None:
        if not self._identified():
            return None
        raw = self.raw
        if defaults:
            raw = self._with_fields(raw, defaults)
        if (kind := self._kind(raw)) is None:
            return None
        if defaults:
            raw = self._with_keys(raw, defaults, kind)
        values: dict[str, Any] = {}
        for name, item in raw.items():
            if item is None:
                continue
            if type(item) is str and name in _FREE:
                values[name] = item
            elif name in _FIELDS:
                read = self._field(name, item, kind)
                if read is not None:
                    values[name] = read
            else:
                unknown = plain.name(name)
                hint = self._field_hint(unknown, kind)
                self.report("unknown-field", f"a CI has no field '{unknown}'", (unknown,), hint=hint)
        if kind.defaults:
            self._kind_defaults(values, raw.get("attributes") or {}, kind)
        return CI(**values, place=self.place, inherited=self.inherited)

    def report(self, code: str, message: str, path: KeyPath, **more: Any) -> None:
        """Adds a problem at a key path; at the default's own place, without a CI, where the value is inherited."""
        origin = self.inherited.get(path[:1]) or self.inherited.get(path[:2])
        where = self.place.at(*path) if origin is None else Place(origin.path, origin.document, origin.item, path)
        ci = self.id if origin is None else None
        self.problems.append(Problem(code, message, where=where, ci=ci, key_path=format_path(path) or None, **more))

    def _identified(self) -> bool:
        raw = self.raw.get("id")
        try:
            self.id = "" if raw is None else text(raw)
        except NotText:
            self.id = ""
        if ID.fullmatch(self.id):
            return True
        wrong, self.id = self.id, ""
        message = f"'{wrong}' is no id" if wrong else "a CI needs an id"
        hint = "an id has up to 200 of A-Z a-z 0-9 . _ : / @ - and begins with a letter or a digit"
        where = self.place.at("id") if "id" in self.raw else self.place
        subject = wrong or f"{self.place.document}.{self.place.item}"
        self.problems.append(Problem("invalid-id", message, where=where, key_path="id", hint=hint, subject=subject))
        return False

    def _kind(self, raw: dict[str, Value]) -> Kind | None:
        try:
            name = "" if raw.get("kind") is None else text(raw["kind"])
        except NotText:
            name = ""
        kind = self.schema.kinds.get(name)
        if kind is None:
            message = f"there is no kind '{name}'" if name else "a CI needs a kind"
            hint = nearest(name, tuple(self.schema.kinds)) if name else "write 'kind: server', say"
            self.report("unknown-kind", message, ("kind",) if "kind" in raw else (), hint=hint)
        elif kind.abstract:
            below = sorted(k for k in self.schema.descendants[name] if not self.schema.kinds[k].abstract)
            self.report("unknown-kind", f"the kind '{name}' is abstract", ("kind",), hint=f"one of {', '.join(below)}")
        return kind

    def _with_fields(self, raw: dict[str, Value], defaults: Sequence[Defaults]) -> dict[str, Value]:
        merged = dict(raw)
        for position, nearer in enumerate(defaults):
            for name, item in nearer.raw.items():
                if name not in MERGED and name not in merged:
                    self._take(position, nearer, (name,), item)
                    merged[name] = item
        return merged

    def _with_keys(self, raw: dict[str, Value], defaults: Sequence[Defaults], kind: Kind) -> dict[str, Value]:
        for name in MERGED:
            own = raw.get(name)
            if own is not None and not isinstance(own, dict):
                continue
            merged = dict(own or {})
            for position, nearer in enumerate(defaults):
                for key, item in (nearer.raw.get(name) or {}).items():
                    if key not in merged and (name != "attributes" or key in kind.attributes):
                        self._take(position, nearer, (name, key), item)
                        merged[key] = item
            if merged:
                raw[name] = merged
        return raw

    def _take(self, position: int, defaults: Defaults, path: KeyPath, item: Value) -> None:
        self.taken.add((position, path))
        if item is not None:
            self.inherited[path] = defaults.place.at(*path)

    def _kind_defaults(self, values: dict[str, Any], written: dict[str, Value], kind: Kind) -> None:
        for name, attribute in kind.defaults.items():
            if name not in written:
                values.setdefault("attributes", {})[name] = attribute.default
                self.inherited[("attributes", name)] = attribute.place or Place("")

    def _field(self, name: str, raw: Value, kind: Kind) -> Value:
        try:
            if name in TEXT_FIELDS:
                return self._chosen(name, text(raw))
            if name in MAP_FIELDS:
                return self._texts_by_key(name, raw)
            if name in LIST_FIELDS:
                return self._texts(name, raw)
        except NotText:
            self.report("invalid-field", f"'{name}' is text, not a list or a mapping", (name,))
            return None
        if name == "attributes":
            return self._attributes(raw, kind)
        return read_relations(raw, self.schema, self.id, self.report)

    def _chosen(self, name: str, word: str) -> str | None:
        choices = _CHOICES.get(name)
        if choices is None or word in choices:
            return word
        hint = nearest(word, choices) or f"one of {', '.join(choices)}"
        self.report("invalid-field", f"'{word}' is no {name}", (name,), hint=hint)
        return None

    def _texts_by_key(self, name: str, raw: Value) -> dict[str, str] | None:
        if not isinstance(raw, dict):
            self.report("invalid-field", f"'{name}' is a mapping from text to text", (name,))
            return None
        found: dict[str, str] = {}
        for key, item in raw.items():
            try:
                if item is not None:
                    found[plain.name(key)] = text(item)
            except NotText:
                self.report("invalid-field", "text is expected here", (name, plain.name(key)))
        return found

    def _texts(self, name: str, raw: Value) -> tuple[str, ...]:
        items = raw if isinstance(raw, list) else [raw]
        found = []
        for position, item in enumerate(items):
            try:
                found.append("" if item is None else text(item))
            except NotText:
                self.report("invalid-field", "text is expected here", (name, position))
                continue
            if name == "aliases" and not ID.fullmatch(found[-1]):
                self.report("invalid-id", f"'{found.pop()}' is no id", (name, position))
        return tuple(sorted(set(filter(None, found))))

    def _attributes(self, raw: Value, kind: Kind) -> dict[str, Value] | None:
        if not isinstance(raw, dict):
            self.report("invalid-field", "attributes are a mapping", ("attributes",))
            return None
        found: dict[str, Value] = {}
        declared = kind.attributes
        for name, item in raw.items():
            if item is None:
                continue
            attribute = declared.get(name)
            if attribute is None:
                undeclared = plain.name(name)
                self._undeclared(undeclared, kind)
                found[undeclared] = value(item)
                continue
            try:
                found[name] = normalise(attribute, item if type(item) is str else typed(attribute, item))
            except WrongValue as wrong:
                what = f"is no {attribute.type} as the kind wants it" if attribute.secret else str(wrong)
                self.report("attribute-type", f"{name}: {what}", ("attributes", name, *wrong.path))
            except NotText:
                self.report("attribute-type", f"{name}: a single value is expected", ("attributes", name))
        return found

    def _undeclared(self, name: str, kind: Kind) -> None:
        path = ("attributes", name)
        if kind.strict:
            hint = nearest(name, tuple(kind.attributes)) or f"'{kind.name}' is strict; declare it in inventory/schema/"
            self.report("unknown-attribute", f"the kind '{kind.name}' has no attribute '{name}'", path, hint=hint)
        elif near := _near_miss(name, kind):
            message = f"'{name}' is not declared for '{kind.name}', but '{near}' is"
            hint = f"did you mean '{near}'?"
            self.report("unknown-attribute", message, path, severity=Severity.WARNING, hint=hint)

    def _field_hint(self, name: str, kind: Kind) -> str:
        if name in kind.attributes:
            return f"write it under attributes: 'attributes: {{{name}: …}}'"
        if name in self.schema.relation_types:
            return f"write it under relations: 'relations: {{{name}: …}}'"
        return nearest(name, FIELDS)


def _near_miss(name: str, kind: Kind) -> str | None:
    """A declared attribute one or two letters away; short names have too many neighbours for two."""
    allowed = 1 if len(name) < 4 else 2
    return next((known for known in kind.attributes if _distance(name, known, allowed) <= allowed), None)


def _distance(left: str, right: str, limit: int) -> int:
    """Edit distance with swaps of neighbours (Damerau, restricted), or more than `limit`."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
