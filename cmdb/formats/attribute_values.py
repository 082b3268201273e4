"""The attributes of a CI, each read by what its kind declares, and those that nobody declared."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat

from cmdb.formats.alike import Values, by_ci, by_key, meant
from cmdb.formats.columns import Column
from cmdb.formats.reading import nearest
from cmdb.formats.subject import Subject
from cmdb.model import plain
from cmdb.model.plain import NotText
from cmdb.model.problem import Severity
from cmdb.model.types import WrongValue
from cmdb.model.value import Value


def read_attributes(subject: Subject, raw: Value) -> Mapping[str, Value]:
    """Attributes with those that are inherited. What is wrong is reported and left out."""
    inherited = subject.taking.attributes
    if not isinstance(raw, dict):
        subject.report("invalid-field", "attributes are a mapping", ("attributes",))
        return inherited
    known = subject.columns.known
    found: dict[str, Value] = {}
    for name, item in raw.items():
        try:
            key, texts, scalars, other = known[name]
        except KeyError:
            key, texts, scalars, other = _met(subject, plain.name(name), item)
        try:
            kind = type(item)
            if kind is str:
                found[key] = texts[item]
            elif kind in scalars:
                found[key] = scalars[kind][item]
            elif item is not None:
                found[key] = other(item)
        except WrongValue as wrong:
            attribute = subject.columns.kind.attributes[key]
            what = f"is no {attribute.type} as the kind wants it" if attribute.secret else str(wrong)
            subject.report("attribute-type", f"{key}: {what}", ("attributes", key, *wrong.path))
        except NotText:
            subject.report("attribute-type", f"{key}: a single value is expected", ("attributes", key))
    if inherited:
        found.update(inherited)
    return found


def attributes_alike(subject: Subject, raws: Values) -> list[dict[str, Value]]:
    """The attributes of CIs of a kind that name the same ones, with those that are inherited. Raises `KeyError` for a
    name that is new or wrong, and what the readers of values raise."""
    known, inherited = subject.columns.known, subject.taking.attributes
    columns = [known[name] for name in raws[0]]
    found = [_alike(column, several) for column, several in zip(columns, by_key(raws), strict=True)]
    names = [*(column.name for column in columns), *inherited]
    return by_ci(names, [*found, *map(repeat, inherited.values())], len(raws))


def _alike(column: Column, several: Values) -> Values:
    kinds = set(map(type, several))
    if len(kinds) == 1 and (scalars := column.scalars.get(kinds.pop())) is not None:
        return list(map(scalars.__getitem__, several))
    return meant(column.texts, column.other, several)


def _met(subject: Subject, name: str, item: Value) -> Column:
    """The column of a name that is new, or that is reported each time: undeclared where that cannot be meant."""
    columns = subject.columns
    kind, path = columns.kind, ("attributes", name)
    if name not in kind.attributes and item is not None:
        if kind.strict:
            hint = nearest(name, tuple(kind.attributes)) or f"'{kind.name}' is strict; declare it in inventory/schema/"
            subject.report("unknown-attribute", f"the kind '{kind.name}' has no attribute '{name}'", path, hint=hint)
        elif near := columns.near(name):
            message = f"'{name}' is not declared for '{kind.name}', but '{near}' is"
            hint = f"did you mean '{near}'?"
            subject.report("unknown-attribute", message, path, severity=Severity.WARNING, hint=hint)
    return columns.column(name)
