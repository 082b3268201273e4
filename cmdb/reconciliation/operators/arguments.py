"""How the arguments of operators are read. What makes no sense is a `WrongDemand` that knows where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cmdb.model.ci import FIELDS
from cmdb.model.keypath import KeyPathError, Segment, parse_path
from cmdb.model.kind import Attribute
from cmdb.model.plain import NotText, Plain, text, value
from cmdb.model.types import WrongValue, key
from cmdb.model.value import Value
from cmdb.reconciliation.operators.verdicts import Elsewhere
from cmdb.reconciliation.typed import TEXT, written

SIGNS: Mapping[str, str] = {"minimum": ">=", "maximum": "<=", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}
"""The operators that compare with one bound."""
LISTS = frozenset({"any_of", "one_of"})
"""The operators that take a list of demands."""
NESTING = frozenset({"not", "each", "none", "length"})
"""The operators that take one demand."""
COLLECTIONS = frozenset({"list", "set", "map"})
NUMERIC = frozenset({"integer", "number", "boolean", "bytes", "duration", "quantity"})
"""The types whose values are no text."""
_PART = re.compile(r"\s*(<=|>=|<|>)\s*(.*?)\s*")


class WrongDemand(ValueError):
    """A demand that makes no sense, in plain words; `path` leads from the demand to the part that is wrong."""

    def __init__(self, message: str, path: tuple[Segment, ...] = ()) -> None:
        super().__init__(message)
        self.path = path

    def below(self, segment: Segment) -> WrongDemand:
        """The same, seen from the mapping or list that holds the demand under `segment`."""
        return WrongDemand(str(self), (segment, *self.path))


def demanded(raw: Value) -> Mapping[str, Value]:
    """A demand inside another: a mapping is operators, anything else means equals, nothing means absent."""
    if isinstance(raw, Mapping):
        return raw
    return {"absent": True} if raw is None else {"equals": raw}


def inside(operators: Mapping[str, Value]) -> Iterator[tuple[tuple[Segment, ...], Mapping[str, Value]]]:
    """The demands directly inside others, each with the segments that lead to it."""
    for name, argument in operators.items():
        if name in NESTING:
            yield (name,), demanded(argument)
        elif name in LISTS and isinstance(argument, list | tuple):
            for position, item in enumerate(argument):
                yield (name, position), demanded(item)


def elsewheres(operators: Mapping[str, Value]) -> Iterator[Elsewhere]:
    """The other values that a demand compares with, at any depth. Raises `WrongDemand`."""
    if "same_as" in operators:
        yield elsewhere(operators["same_as"])
    for _, demand in inside(operators):
        yield from elsewheres(demand)


def elsewhere(argument: Value) -> Elsewhere:
    """A key path, the id of a CI, or `{ci: ID, path: KEY_PATH}`. Where a word may be both, it is a key path."""
    if isinstance(argument, Mapping):
        if not argument or not argument.keys() <= {"ci", "path"}:
            raise WrongDemand("write a key path, the id of a CI, or {ci: ID, path: KEY_PATH}")
        ci, path = argument.get("ci"), argument.get("path")
        return Elsewhere(None if ci is None else text(ci), None if path is None else _path(text(path)).path)
    word = text(argument)
    if re.split(r"[.\[]", word, maxsplit=1)[0] in FIELDS:
        return _path(word)
    return Elsewhere(ci=word)


def limits(name: str, argument: Value) -> list[tuple[str, Value]]:
    """The bounds that an operator sets, as (sign, value): `[1, 10]`, `1..10`, `{minimum: 1}` or `>=1, <10`."""
    if name in SIGNS:
        return [(SIGNS[name], argument)]
    if isinstance(argument, Mapping) and argument and argument.keys() <= SIGNS.keys():
        return [(SIGNS[str(sign)], bound) for sign, bound in argument.items() if bound is not None]
    if isinstance(argument, list | tuple) and len(argument) == 2:
        return _between(*argument)
    if isinstance(argument, str):
        low, dots, high = argument.partition("..")
        if dots and ".." not in high:
            return _between(low.strip() or None, high.strip() or None)
        parts = [_PART.fullmatch(part) for part in argument.split(",")]
        if all(part is not None and part[2] for part in parts):
            return [(part[1], part[2]) for part in parts if part is not None]
    raise WrongDemand("write [lowest, highest], or bounds such as '>=1, <10'")


def elements(attribute: Attribute | None, argument: Value) -> frozenset[Any]:
    """The elements of a set in an argument, as they compare; of a mapping its names."""
    of = TEXT if attribute is not None and attribute.type == "map" else attribute.of if attribute else None
    return frozenset(key(of, written(of, item)) for item in items(argument))


def items(argument: Value) -> tuple[Value, ...]:
    """The items of a list, or the names of a mapping."""
    if isinstance(argument, list | tuple | Mapping):
        return tuple(argument)
    raise WrongDemand("a list is expected here")


def flag(argument: Value) -> bool:
    """True or false."""
    plain = argument.value if isinstance(argument, Plain) else value(argument)
    if isinstance(plain, bool):
        return plain
    raise WrongDemand("write true or false")


def word(argument: Value) -> str:
    """A scalar as its text."""
    try:
        return text(argument)
    except NotText:
        raise WrongDemand("a single value is expected here") from None


def fitting(attribute: Attribute | None, allowed: frozenset[str] | None, refused: frozenset[str], what: str) -> None:
    """Raises `WrongDemand` where an operator has no meaning for a type; untyped values may be anything."""
    if attribute is None:
        return
    if attribute.type in refused or (allowed is not None and attribute.type not in allowed):
        raise WrongDemand(f"{what}; this is of type {attribute.type}")


def read(attribute: Attribute | None, argument: Value) -> Value:
    """An argument by the attribute's type. Raises `WrongDemand`."""
    try:
        return written(attribute, argument)
    except (WrongValue, NotText) as wrong:
        raise WrongDemand(str(wrong) or "a single value is expected here") from None


def _between(low: Value, high: Value) -> list[tuple[str, Value]]:
    bounds = ((">=", low), ("<=", high))
    return [(sign, bound) for sign, bound in bounds if bound is not None]


def _path(spelt: str) -> Elsewhere:
    try:
        path = parse_path(spelt)
    except KeyPathError as error:
        raise WrongDemand(f"'{spelt}' is no key path: {error}") from None
    if path[0] not in FIELDS:
        raise WrongDemand(f"'{spelt}' is no key path of a CI; it begins with attributes, relations, labels or such")
    return Elsewhere(path=path)
