"""One CI: from its mapping, the defaults that apply and its kind to effective, validated values.

What one CI says, many others say too: what a text means is worked out once, and CIs share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from cmdb.formats.alike import Uneven, Values, all_texts, by_key, meant
from cmdb.formats.attribute_values import attributes_alike, read_attributes
from cmdb.formats.columns import Columns
from cmdb.formats.defaults import MERGED, Defaults
from cmdb.formats.ids import Ids
from cmdb.formats.reading import Entry, nearest
from cmdb.formats.relations import RelationReader
from cmdb.formats.subject import Subject
from cmdb.formats.taking import Above, Offered, Taken, Taking
from cmdb.formats.text_fields import Unusable, alone, text_readers
from cmdb.model import plain
from cmdb.model.ci import CI, FIELDS, make_ci
from cmdb.model.kind import Kind, Schema
from cmdb.model.location import Place
from cmdb.model.plain import NeedsText, NotText, text
from cmdb.model.problem import Problem
from cmdb.model.types import WrongValue
from cmdb.model.value import NOTHING, Value

_NAMES = tuple(field.name for field in fields(CI))
_LABELS, _ATTRIBUTES, _PLACE, _INHERITED = map(_NAMES.index, ("labels", "attributes", "place", "inherited"))
_UNSET = tuple(getattr(CI("", ""), name) for name in _NAMES)
"""What a CI has where neither its file nor a default says anything."""


class _Field(NamedTuple):
    """A field of a file: its place among the values of a CI, what its texts mean, the reader of everything else, and
    that of what several CIs say. A field without a value removes a default that is taken whole."""

    slot: int
    texts: Mapping[str, Any]
    other: Callable[[Any], Any]
    alike: Callable[[Values], Iterable[Any]]


Ahead = tuple[CI, Taken]
"""A CI that was read without a problem, and the defaults that it took."""


class CIReader:
    """Reads CIs of one inventory by one schema; `problems` grows with each, and so does `taken`: the defaults that
    were taken. May raise `NeedsText` where the mapping came from the fast reader; what was noted of that CI by then
    is not to be used."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._subject = Subject()
        self.problems = self._subject.problems
        self.taken = self._subject.taken
        self._ids = Ids()
        self._relations = RelationReader(schema, self._subject, self._ids)
        self._above: dict[tuple[Defaults, ...], Above] = {}
        self._kinds: dict[str, Columns] = {}
        self._fields = self._readers()

    def read(self, entry: Entry, defaults: Sequence[Defaults] = ()) -> CI | None:
        """The CI, or None where it has no usable id or kind."""
        return self.ci(entry.raw, entry.place, self.above(tuple(defaults)))

    def above(self, chain: tuple[Defaults, ...]) -> Above:
        """The defaults of a chain, nearest first, ready to be taken."""
        if chain not in self._above:
            self._above[chain] = Above(chain)
        return self._above[chain]

    def ci(self, raw: dict[str, Value], place: Place, above: Above) -> CI | None:
        """The CI of a mapping, or None where it has no usable id or kind."""
        subject = self._subject
        subject.raw, subject.place = raw, place
        given = raw.get("id")
        if type(given) is str and given in self._ids:
            subject.id = self._ids[given]
        elif not self._new_id(given):
            return None
        offered = above.met(raw) or self._offered(raw.get("kind", above.kind), above)
        if offered is None:
            return None
        subject.columns = self._kinds[offered.kind.name]
        taking = subject.taking = offered.taking(raw)
        if taking.taken:
            self.taken.append(taking.taken)
        if not taking.values:
            self._settle(taking)
        elif taking.problems:
            self.problems += taking.problems
        values = list(taking.values)
        self._fill(values, raw)
        values[_PLACE] = place
        return make_ci(*values)

    def tried(self, entry: Entry, above: Above) -> Ahead | None:
        """The CI of a mapping, or None and no word of it where something is wrong or odd about it."""
        known = len(self.problems)
        try:
            ci = self.ci(entry.raw, entry.place, above)
        except NeedsText:
            ci = None
        told = len(self.problems) > known
        del self.problems[known:]
        return None if ci is None or told else (ci, self._subject.taking.taken)

    def met(self, raw: dict[str, Any], above: Above) -> bool:
        """Whether a CI of the shape of a mapping was read before, and nothing is wrong about what it names."""
        known = self._like_before(raw, above)
        return known is not None and raw.get("attributes", NOTHING).keys() <= known[1].known.keys()

    def alike(self, entries: Sequence[Entry], above: Above) -> Iterator[Ahead]:
        """The CIs of mappings of one `shape` that was `met`. Raises `Uneven` where they have to be read one by one."""
        known = len(self.problems)
        try:
            found = self._alike([entry.raw for entry in entries], [entry.place for entry in entries], above)
            if len(self.problems) > known:
                raise Uneven
        except (KeyError, NeedsText, NotText, Unusable, WrongValue):
            raise Uneven from None
        finally:
            del self.problems[known:]
        return found

    def _alike(self, raws: Sequence[dict[str, Value]], places: Sequence[Place], above: Above) -> Iterator[Ahead]:
        known = self._like_before(raws[0], above)
        if known is None:
            raise Uneven
        taking, columns = known
        self._subject.taking, self._subject.columns = taking, columns
        values: list[Iterable[Any]] = [*map(repeat, taking.values)]
        for name, several in zip(raws[0], by_key(raws), strict=True):
            field = self._fields[name]
            values[field.slot] = field.alike(several)
        values[_PLACE] = places
        return zip(map(make_ci, *values), repeat(taking.taken), strict=False)

    def _like_before(self, raw: dict[str, Value], above: Above) -> tuple[Taking, Columns] | None:
        """The defaults that a CI takes, as one of its kind did before, and the attributes of the kind."""
        offered = above.met(raw)
        if offered is None:
            return None
        taking = offered.taking(raw)
        return (taking, self._kinds[offered.kind.name]) if taking.values and not taking.problems else None

    def _ids_alike(self, words: Values) -> list[str]:
        if not all_texts(words):
            raise Uneven
        self._ids.meet(words)
        return list(map(self._ids.__getitem__, words))

    def _new_id(self, given: Value) -> bool:
        """An id that nobody named before, and may read like a number; or none, and a problem."""
        try:
            word = "" if given is None else text(given)
        except NotText:
            word = ""
        self._subject.id = word
        with suppress(KeyError):
            self._subject.id = self._ids[word]
            return True
        message = f"'{word}' is no id" if word else "a CI needs an id"
        hint = "an id has up to 200 of A-Z a-z 0-9 . _ : / @ - and begins with a letter or a digit"
        place = self._subject.place
        where = place.at("id") if "id" in self._subject.raw else place
        subject = word or f"{place.document}.{place.item}"
        self.problems.append(Problem("invalid-id", message, where=where, key_path="id", hint=hint, subject=subject))
        return False

    def _offered(self, raw: Value, above: Above) -> Offered | None:
        """What is offered to CIs of a kind that was not met below these defaults yet, or is no usable one."""
        taking = self._subject.taking = above.without_kind(self._subject.raw)
        try:
            name = "" if raw is None else text(raw)
        except NotText:
            name = ""
        kind = self.schema.kinds.get(name)
        if kind is None:
            message = f"there is no kind '{name}'" if name else "a CI needs a kind"
            hint = nearest(name, tuple(self.schema.kinds)) if name else "write 'kind: server', say"
            written = "kind" in self._subject.raw or "kind" in above.fields
            self._subject.report("unknown-kind", message, ("kind",) if written else (), hint=hint)
            self.taken.append(taking.taken)
            return None
        self._kinds.setdefault(name, Columns(kind))
        return Offered(kind, above) if self._abstract(kind) else above.offered(kind)

    def _abstract(self, kind: Kind) -> bool:
        if kind.abstract:
            below = sorted(k for k in self.schema.descendants[kind.name] if not self.schema.kinds[k].abstract)
            message, hint = f"the kind '{kind.name}' is abstract", f"one of {', '.join(below)}"
            self._subject.report("unknown-kind", message, ("kind",), hint=hint)
        return kind.abstract

    def _settle(self, taking: Taking) -> None:
        """Reads defaults as if a CI had written them; those of a kind were read with the kind."""
        known = len(self.problems)
        raw: dict[str, Any] = {}
        for one in taking.defaults:
            if one.position is not None and one.raw is not None:
                above = raw if len(one.path) == 1 else raw.setdefault(str(one.path[0]), {})
                above[str(one.path[-1])] = one.raw
        values = list(_UNSET)
        self._fill(values, raw)
        of_kind = {one.path[-1]: one.raw for one in taking.defaults if one.position is None}
        taking.attributes = values[_ATTRIBUTES] = {**values[_ATTRIBUTES], **of_kind} or NOTHING
        taking.labels = values[_LABELS]
        values[_INHERITED] = taking.inherited
        taking.values, taking.problems = tuple(values), tuple(self.problems[known:])

    def _fill(self, values: list[Any], raw: Mapping[str, Value]) -> None:
        """Puts the values of a mapping's fields into their places."""
        known = self._fields
        for name, item in raw.items():
            try:
                slot, texts, other, _ = known[name]
            except KeyError:
                self._unknown(plain.name(name), item)
                continue
            try:
                if type(item) is str:
                    values[slot] = texts[item]
                elif item is not None:
                    values[slot] = other(item)
                elif name not in MERGED:
                    values[slot] = _UNSET[slot]
            except NotText:
                self._subject.report("invalid-field", f"'{name}' is text, not a list or a mapping", (name,))
                values[slot] = _UNSET[slot]
            except Unusable:
                values[slot] = _UNSET[slot]

    def _unknown(self, name: str, item: Value) -> None:
        if item is not None:
            hint = self._field_hint(name)
            self._subject.report("unknown-field", f"a CI has no field '{name}'", (name,), hint=hint)

    def _readers(self) -> dict[str, _Field]:
        subject = self._subject
        readers = text_readers(subject) | {
            "id": (self._ids, lambda _: subject.id),
            "kind": ({name: name for name in self.schema.kinds}, text),
            "attributes": alone(partial(read_attributes, subject)),
            "relations": alone(self._relations.read),
        }
        alike: dict[str, Callable[[Values], Iterable[Any]]] = {
            **{name: partial(meant, *readers[name]) for name in FIELDS},
            "id": self._ids_alike,
            "attributes": partial(attributes_alike, subject),
            "relations": self._relations.alike,
        }
        return {name: _Field(_NAMES.index(name), *readers[name], alike[name]) for name in FIELDS}

    def _field_hint(self, name: str) -> str:
        if name in self._subject.columns.kind.attributes:
            return f"write it under attributes: 'attributes: {{{name}: …}}'"
        if name in self.schema.relation_types:
            return f"write it under relations: 'relations: {{{name}: …}}'"
        return nearest(name, FIELDS)
