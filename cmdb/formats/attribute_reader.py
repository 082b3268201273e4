"""The declaration of an attribute: in its short or long form, alone or on top of one that is inherited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cmdb.formats.schema_shapes import AttributeShape
from cmdb.formats.shapes import shaped
from cmdb.model.kind import Attribute
from cmdb.model.location import Place
from cmdb.model.plain import Plain, text, typed
from cmdb.model.problem import Problem
from cmdb.model.types import WrongValue, misdeclared, normalise
from cmdb.model.value import Value

Wrong = Callable[[Problem], None]

_FLAGS = (
    "by", "scheme", "unit", "required", "unique", "identity", "volatile", "secret", "closed", "pattern", "description",
)  # fmt: skip
_VALUES = ("minimum", "maximum", "default")


def read_attribute(name: str, raw: Any, place: Place, base: Attribute | None, wrong: Wrong) -> Attribute | None:
    """The attribute, or None where its declaration makes no sense. `base` is what it adds to."""
    shape, problems = shaped(AttributeShape, raw if isinstance(raw, dict) else {"type": raw}, place)
    for problem in problems:
        wrong(problem)
    if shape is None:
        return None
    if base is not None and shape.type not in (None, base.type):
        base = None
    attribute = _with_values(_declared(name, shape, place, base, wrong), shape, place, wrong)
    if (reason := misdeclared(attribute)) is not None:
        wrong(Problem("invalid-schema", f"attribute '{name}': {reason}", where=place))
        return None
    return attribute


def _declared(name: str, shape: AttributeShape, place: Place, base: Attribute | None, wrong: Wrong) -> Attribute:
    given: dict[str, Any] = {key: value for key in _FLAGS if (value := getattr(shape, key)) is not None}
    given["place"] = place
    if shape.type:
        given["type"] = shape.type
    choices = shape.values or (shape.of if isinstance(shape.of, list) else None)
    if choices is not None:
        given["choices"] = tuple(text(choice) for choice in choices)
    elif shape.of is not None:
        given["of"] = read_attribute(name, shape.of, place.at("of"), base.of if base else None, wrong)
    return Attribute(name, **given) if base is None else replace(base, **given)


def _with_values(attribute: Attribute, shape: AttributeShape, place: Place, wrong: Wrong) -> Attribute:
    """Bounds, default and tolerance, read by the attribute's own type."""
    settled: dict[str, Value] = {}
    raws = {key: raw for key in _VALUES if (raw := getattr(shape, key)) is not None}
    bare = replace(attribute, minimum=None, maximum=None, default=None) if raws else attribute
    usable = raws if raws and misdeclared(bare) is None else {}
    for key, raw in usable.items():
        try:
            settled[key] = normalise(bare, typed(attribute, raw))
        except WrongValue as error:
            wrong(Problem("invalid-schema", f"{key} of '{attribute.name}': {error}", where=place.at(key)))
    if shape.tolerance is not None:
        settled["tolerance"] = shape.tolerance.text if isinstance(shape.tolerance, Plain) else shape.tolerance
    return replace(attribute, **settled) if settled else attribute
