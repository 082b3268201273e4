"""The relations of a CI file: a target, a list, or redundancy groups, in their short and long forms."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from cmdb.formats.alike import Uneven, Values, all_texts, by_ci, by_key
from cmdb.formats.ids import Ids
from cmdb.formats.reading import nearest
from cmdb.formats.subject import Subject
from cmdb.model import plain
from cmdb.model.ci import BY_ID, Group, Member, Target, arranged, make_group, make_target
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.plain import NotText, Plain, text, value
from cmdb.model.problem import Severity
from cmdb.model.value import NOTHING, Value

_GROUP_KEYS = ("name", "at_least", "of")


class _Targets(dict[str, Target]):
    """Targets without notes by their id, each made once. Raises what `Ids` raises."""

    __slots__ = ("_ids",)

    def __init__(self, ids: Ids) -> None:
        super().__init__()
        self._ids = ids

    def __missing__(self, word: str) -> Target:
        known = self._ids[word]
        target = self[known] = make_target(known, NOTHING)
        return target


class _Single(dict[str, tuple[Target]]):
    """Relations that are a target and nothing else, by its id. Raises what `Ids` raises."""

    __slots__ = ("_targets",)

    def __init__(self, targets: _Targets) -> None:
        super().__init__()
        self._targets = targets

    def __missing__(self, word: str) -> tuple[Target]:
        target = self._targets[word]
        known = self[target.id] = (target,)
        return known


class RelationReader:
    """Reads relations of one inventory. `ids` are those that were met, each always the same object; targets without
    notes are made once."""

    def __init__(self, schema: Schema, subject: Subject, ids: Ids) -> None:
        self._ids = ids
        self._schema = schema
        self._subject = subject
        self._report = subject.report
        self._names = {name: intern(name) for name in schema.relation_types}
        self._targets = _Targets(ids)
        self._single = _Single(self._targets)

    def read(self, raw: Value) -> dict[str, tuple[Member, ...]]:
        """Relation type -> entries, arranged. What is wrong is reported and left out."""
        if not isinstance(raw, dict):
            self._report("invalid-field", "relations are a mapping from relation type to targets", ("relations",))
            return {}
        relations: dict[str, tuple[Member, ...]] = {}
        for relation, entries in raw.items():
            name = self._names.get(relation)
            if name is None:
                self._unknown(plain.name(relation), entries)
            elif found := self._entries(entries, name):
                relations[name] = found
        return relations

    def alike(self, raws: Values) -> list[dict[str, tuple[Member, ...]]]:
        """The relations of CIs that name the same types. Raises `KeyError` and `Uneven` where something is wrong."""
        names = [self._names[relation] for relation in raws[0]]
        found = [self._entries_alike(several, name) for name, several in zip(names, by_key(raws), strict=True)]
        return by_ci(names, found, len(raws))

    def _entries_alike(self, several: Values, name: str) -> Sequence[tuple[Member, ...]]:
        if all_texts(several):
            self._ids.meet(several)
            return list(map(self._single.__getitem__, several))
        found = [self._entries(entries, name) for entries in several]
        if not all(found):
            raise Uneven
        return found

    def _entries(self, entries: Value, name: str) -> tuple[Member, ...]:
        """The entries of a relation, arranged."""
        if type(entries) is list:
            usual = self._distinct(entries)
            return self._members(entries, name, name, ("relations", name)) if usual is None else usual
        try:
            return self._single[entries]
        except (KeyError, TypeError):
            return () if entries is None else self._members(entries, name, name, ("relations", name))

    def _target(self, word: str) -> Target | None:
        try:
            return self._targets[word]
        except KeyError:
            return None

    def _unknown(self, name: str, entries: Value) -> None:
        if forward := self._schema.inverses.get(name):
            target = entries if isinstance(entries, str) else "the other CI"
            hint = f"write '{forward}: {self._subject.id}' under relations of {target}"
            message = f"'{name}' is the inverse of '{forward}' and only for reading"
        else:
            hint = nearest(name, tuple(self._schema.relation_types))
            message = f"there is no relation type '{name}'"
        self._report("unknown-relation", message, ("relations", name), hint=hint)

    def _members(self, raw: Value, relation: str, label: str, path: KeyPath) -> tuple[Member, ...]:
        """The entries, arranged. `label` is the relation at the top and the enclosing group's label inside; it names
        unnamed groups."""
        mark = "#" if label == relation else "."
        if not isinstance(raw, list):
            member = self._member(raw, relation, f"{label}{mark}1", path)
            return () if member is None else (member,)
        if (usual := self._distinct(raw)) is not None:
            return usual
        found: list[Member] = []
        seen: set[str] = set()
        for position, item in enumerate(raw):
            place = (*path, position)
            member = self._member(item, relation, f"{label}{mark}{position + 1}", place)
            if isinstance(member, Target):
                if member.id in seen:
                    self._twice(member.id, place, top=label == relation)
                    continue
                seen.add(member.id)
            if member is not None:
                found.append(member)
        return arranged(found)

    def _distinct(self, raw: list[Value]) -> tuple[Target, ...] | None:
        """The targets of a list of nothing but different ids, which most are, arranged; None for any other."""
        try:
            found = list(map(self._targets.__getitem__, raw))
            if len(set(raw)) < len(raw):
                return None
        except (KeyError, TypeError):
            return None
        found.sort(key=BY_ID)
        return tuple(found)

    def _twice(self, target: str, path: KeyPath, *, top: bool) -> None:
        severity = Severity.WARNING if top else Severity.ERROR
        message = f"'{target}' stands here for the second time"
        self._report("duplicate-target", message, path, severity=severity, subject=target, hint="keep one")

    def _member(self, raw: Value, relation: str, label: str, path: KeyPath) -> Member | None:
        if not isinstance(raw, dict):
            return self._plain(raw, path)
        if "of" in raw or "at_least" in raw:
            return self._usual_group(raw, label) or self._group(raw, relation, label, path)
        if "to" not in raw:
            self._report("invalid-field", "an entry needs 'to: ID', or 'at_least' and 'of' for a group", path)
            return None
        target = self._plain(raw["to"], path)
        notes = {key: value(item) for key, item in raw.items() if key != "to" and item is not None}
        return Target(target.id, notes) if target and notes else target

    def _plain(self, raw: Value, path: KeyPath) -> Target | None:
        try:
            word = "" if raw is None else text(raw)
        except NotText:
            word = ""
        target = self._target(word)
        if target is None:
            self._report("invalid-field", f"'{word}' is no id" if word else "a target is the id of a CI", path)
        return target

    def _usual_group(self, raw: dict[str, Value], label: str) -> Group | None:
        """A group of nothing but different ids, which most are; None for any other."""
        at_least, of, name = raw.get("at_least"), raw.get("of"), raw.get("name", "")
        if type(at_least) is not int or type(of) is not list or type(name) is not str:
            return None
        members = self._distinct(of) if len(raw) == (3 if "name" in raw else 2) else None
        return None if members is None else make_group(at_least, members, intern(name), NOTHING, name or label)

    def _group(self, raw: dict[str, Value], relation: str, label: str, path: KeyPath) -> Group | None:
        at_least = raw.get("at_least")
        count = at_least.value if isinstance(at_least, Plain) else at_least
        if not isinstance(count, int) or isinstance(count, bool):
            self._report("invalid-field", "a group says how many members are needed: 'at_least: 1'", path)
            return None
        if raw.get("of") is None:
            self._report("invalid-field", "a group lists its members: 'of: [a, b]'", path)
            return None
        word = raw.get("name")
        name = intern(word) if type(word) is str else self._name(word, path)
        members = self._members(raw["of"], relation, name or label, (*path, "of"))
        notes = NOTHING
        if len(raw) > (3 if "name" in raw else 2):
            notes = {key: value(item) for key, item in raw.items() if key not in _GROUP_KEYS and item is not None}
        return make_group(count, members, name, notes, name or label)

    def _name(self, raw: Value, path: KeyPath) -> str:
        try:
            return "" if raw is None else intern(text(raw))
        except NotText:
            self._report("invalid-field", "a group's name is text", (*path, "name"))
            return ""
