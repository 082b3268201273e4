"""File shapes by pydantic: the building blocks, and its errors in our words at the place they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, Strict, TypeAdapter, ValidationError

from cmdb.formats.reading import nearest
from cmdb.model.kind import Attribute
from cmdb.model.location import Place
from cmdb.model.plain import NotText, Plain, text
from cmdb.model.problem import SEVERITIES, Problem
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value

T = TypeVar("T")

STRICT = ConfigDict(extra="forbid")
"""The configuration of every shape: no unknown field, no silent conversion."""


def _text(raw: Value) -> Value:
    try:
        return text(raw)
    except NotText:
        return raw


def _plain(raw: Value) -> Value:
    return raw.value if isinstance(raw, Plain) else raw


def _number(raw: Value) -> Value:
    plain = _plain(raw)
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise ValueError("a number is expected")
    return float(plain)


def _items(raw: Value) -> Value:
    return tuple(_text(item) for item in (raw if isinstance(raw, list) else [raw]))


def _typed(kind: str) -> BeforeValidator:
    attribute = Attribute(kind, kind)

    def read(raw: Value) -> Value:
        try:
            return None if raw is None else normalise(attribute, _text(raw))
        except WrongValue as wrong:
            raise ValueError(str(wrong)) from None

    return BeforeValidator(read, json_schema_input_type=str)


def _severity(raw: Value) -> Value:
    if _text(raw) not in SEVERITIES:
        raise ValueError(f"a severity is one of {', '.join(SEVERITIES)}")
    return _text(raw)


def one_of(words: Sequence[str]) -> BeforeValidator:
    """Text that is one of some words."""

    def read(raw: Value) -> Value:
        if _text(raw) not in words:
            raise ValueError(f"one of {', '.join(words)} is expected")
        return _text(raw)

    return BeforeValidator(read, json_schema_input_type=str)


def _mapping(raw: Value) -> Value:
    return {} if raw is None else raw


Text = Annotated[str, Strict(), BeforeValidator(_text, json_schema_input_type=str)]
Texts = Annotated[tuple[Annotated[str, Strict()], ...], BeforeValidator(_items, json_schema_input_type=str | list[str])]
Flag = Annotated[bool, Strict(), BeforeValidator(_plain, json_schema_input_type=bool)]
Count = Annotated[int, Strict(), BeforeValidator(_plain, json_schema_input_type=int)]
Number = Annotated[float, BeforeValidator(_number, json_schema_input_type=float)]
DateText = Annotated[str | None, _typed("date")]
MomentText = Annotated[str, _typed("datetime")]
Seconds = Annotated[int | float, _typed("duration")]
SeverityName = Annotated[str, BeforeValidator(_severity, json_schema_input_type=str)]


def shaped(shape: type[T], raw: Mapping[str, Value], place: Place) -> tuple[T | None, list[Problem]]:
    """The mapping as the shape it should have, or None with every problem in it."""
    present = {key: item for key, item in raw.items() if item is not None}
    hashable: Any = shape
    try:
        return _adapter(hashable).validate_python(present), []
    except ValidationError as error:
        known = [field.name for field in fields(shape)] if is_dataclass(shape) else []
        return None, [_problem(dict(found), place, known) for found in error.errors(include_url=False)]


def settings(shape: type[T], raw: Value, place: Place, problems: list[Problem], what: str) -> T | None:
    """The same of something that has to be a mapping of settings; what is wrong is added to the problems."""
    if not isinstance(raw, dict):
        problems.append(Problem("invalid-field", f"{what} is a mapping of settings", where=place))
        return None
    found, wrong = shaped(shape, raw, place)
    problems += wrong
    return found


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _problem(error: dict[str, Any], place: Place, known: list[str]) -> Problem:
    path = tuple(part for part in error["loc"] if isinstance(part, str | int))
    where = place.at(*path)
    name = str(path[-1]) if path else ""
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return Problem("unknown-field", f"there is no field '{name}' here", where=where, hint=nearest(name, known))
    if error["type"] in ("missing", "missing_argument"):
        return Problem("invalid-field", f"the field '{name}' is missing", where=place.at(*path[:-1]))
    message = error["msg"].removeprefix("Value error, ")
    return Problem("invalid-field", f"{name}: {message[:1].lower()}{message[1:]}", where=where)
