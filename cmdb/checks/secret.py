"""A secret stands in the clear.

Values of attributes declared `secret`, and values that look like private keys, tokens or passwords, belong into a
secret store. In a file stands only the reference: `vault:…`, `env:…` or `sops:…`. Git keeps what was committed once,
so a secret found here has to be changed, not only moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.facts import Facts
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Schema
from cmdb.model.problem import Problem
from cmdb.model.secrets import is_reference, looks_secret
from cmdb.model.value import Value

CODE = "secret"


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each value in the clear."""
    for ci in facts.inventory.values():
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
