"""A secret stands in the clear.

Values of attributes declared `secret`, and values that look like private keys, tokens or passwords, belong into a
secret store. In a file stands only the reference: `vault:…`, `env:…` or `sops:…`. Git keeps what was committed once,
so a secret found here has to be changed, not only moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI, Group, Member
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Schema
from cmdb.model.problem import Problem
from cmdb.model.secrets import is_reference, looks_secret, names_secret, unsuspicious
from cmdb.model.value import Value

CODE = "secret"
LOOKS = Reach.CI
MANY = 50_000
"""Texts that are remembered, at most."""

_NO_TEXT = frozenset({int, float, bool, type(None)})


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each value in the clear."""
    watch = _Watch(facts.inventory.schema)
    for ci in filter(watch.stirs, facts.cis()):
        for path, value in _texts(ci):
            if (what := _secret(facts.inventory.schema, ci, path, value)) is not None:
                yield Problem(
                    CODE,
                    f"{what} in the clear",
                    where=ci.inherited.get(path[:2]) or ci.place.at(*path),
                    ci=ci.id,
                    key_path=format_path(path),
                    hint="change the secret, and write a reference: vault:…, env:… or sops:…",
                )


class _Watch:
    """Most CIs hold nothing that needs a closer look. Names and texts that were looked at are remembered."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names: set[str] = set()
        self._attributes: dict[str, set[str]] = {}
        self._texts: set[str] = set()

    def stirs(self, ci: CI) -> bool:
        """Whether there is anything to look at more closely."""
        names = self._names
        for values in (ci.labels, ci.links, ci.keys):
            if values and not (self._calm_names(values, names) and self._calm(values.values())):
                return True
        known = self._attributes.setdefault(ci.kind, set())
        calm = self._calm_attributes(ci, known) and self._calm(ci.attributes.values())
        return not (calm and self._calm((ci.name, ci.description)) and self._calm_notes(ci.relations.values()))

    def _calm_attributes(self, ci: CI, known: set[str]) -> bool:
        if not ci.attributes.keys() <= known:
            declared = {name: self._schema.attribute(ci.kind, name) for name in ci.attributes}
            if any(attribute is not None and attribute.secret for attribute in declared.values()):
                return False
        return self._calm_names(ci.attributes, known)

    def _calm_names(self, values: Mapping[str, Value], known: set[str]) -> bool:
        if not values.keys() <= known:
            if any(map(names_secret, values)):
                return False
            known.update(values)
        return True

    def _calm_notes(self, relations: Iterable[tuple[Member, ...]]) -> bool:
        for entries in relations:
            for entry in entries:
                if isinstance(entry, Group):
                    if not self._calm_notes((entry.of,)):
                        return False
                elif entry.notes and not self._calm((entry.notes,)):
                    return False
        return True

    def _calm(self, values: Iterable[Value]) -> bool:
        texts = self._texts
        for value in values:
            kind = type(value)
            if kind is str:
                if not (unsuspicious(value) or value in texts or self._calm_text(value)):
                    return False
            elif kind not in _NO_TEXT and not self._calm_inside(value):
                return False
        return True

    def _calm_inside(self, value: Value) -> bool:
        if isinstance(value, Mapping):
            return self._calm_names(value, self._names) and self._calm(value.values())
        return not isinstance(value, tuple) or self._calm(value)

    def _calm_text(self, text: str) -> bool:
        if looks_secret(text):
            return False
        if len(self._texts) < MANY:
            self._texts.add(text)
        return True


def _secret(schema: Schema, ci: CI, path: KeyPath, value: Value) -> str | None:
    if isinstance(value, str) and is_reference(value):
        return None
    attribute = schema.attribute(ci.kind, str(path[1])) if path[0] == "attributes" else None
    if attribute is not None and attribute.secret:
        return f"the secret attribute '{attribute.name}'"
    found = looks_secret(value, str(path[-1])) if isinstance(value, str) else None
    return f"what looks like {found}" if found else None


def _texts(ci: CI) -> Iterator[tuple[KeyPath, Value]]:
    for name, value in (("name", ci.name), ("description", ci.description)):
        yield (name,), value
    for name, values in (("labels", ci.labels), ("links", ci.links), ("keys", ci.keys), ("attributes", ci.attributes)):
        yield from _leaves((name,), values)
    for relation, target in ci.targets():
        yield from _leaves(("relations", relation, target.id), target.notes)


def _leaves(path: KeyPath, value: Value) -> Iterator[tuple[KeyPath, Value]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, str):
                yield (*path, key), item
            else:
                yield from _leaves((*path, key), item)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _leaves((*path, position), item)
    else:
        yield path, value
