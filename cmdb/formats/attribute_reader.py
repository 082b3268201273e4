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
    given = {key: getattr(shape, key) for key in _FLAGS if getattr(shape, key) is not None}
    known = base or Attribute(name)
    attribute = replace(known, **given, type=shape.type or known.type, place=place)
    choices = shape.values or (shape.of if isinstance(shape.of, list) else None)
    if choices is not None:
        return replace(attribute, choices=tuple(text(choice) for choice in choices))
    if shape.of is not None:
        return replace(attribute, of=read_attribute(name, shape.of, place.at("of"), attribute.of, wrong))
    return attribute


def _with_values(attribute: Attribute, shape: AttributeShape, place: Place, wrong: Wrong) -> Attribute:
    """Bounds, default and tolerance, read by the attribute's own type."""
    bare = replace(attribute, minimum=None, maximum=None, default=None)
    settled: dict[str, Value] = {}
    for key in _VALUES:
        raw = getattr(shape, key)
        if raw is not None and misdeclared(bare) is None:
            try:
                settled[key] = normalise(bare, typed(attribute, raw))
            except WrongValue as error:
                wrong(Problem("invalid-schema", f"{key} of '{attribute.name}': {error}", where=place.at(key)))
    if shape.tolerance is not None:
        settled["tolerance"] = shape.tolerance.text if isinstance(shape.tolerance, Plain) else shape.tolerance
    return replace(attribute, **settled)
