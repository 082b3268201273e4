"""JSON Schema of expectations: what an editor may offer where a baseline demands something."""

from __future__ import annotations

from typing import Any

from cmdb.model.baseline import OPERATORS
from cmdb.model.problem import SEVERITIES

Json = dict[str, Any]

_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_LIST: Json = {"type": ["array", "string"]}
_FLAG: Json = {"type": ["boolean", "string"]}
_DEMAND: Json = {"$ref": "#/$defs/demand"}
_DEMANDS: Json = {"anyOf": [{"type": "array", "items": _DEMAND, "minItems": 1}, {"type": "string"}]}
_SIGNS = ("minimum", "maximum", ">", ">=", "<", "<=")


def extend(baseline: Json) -> Json:
    """The schema of a baseline with what its shape alone does not say, and the definitions it needs then."""
    properties = baseline["properties"]
    by_path = {"type": "object", "additionalProperties": {"$ref": "#/$defs/expectation"}}
    properties["expect"] = {**by_path, "description": "Key path: what is expected there."}
    properties["extends"] = _extends()
    properties["parameters"] = {
        "type": "object",
        "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}, {"type": "null"}]},
        "description": "Name: default, or nothing where whoever extends this has to give a value.",
    }
    baseline["$defs"]["AllowShape"]["properties"]["where"] = by_path
    return {"demand": _demand({}), "expectation": _demand(_whole())}


def _demand(more: Json) -> Json:
    operators = {name: _argument(name) for name in sorted(OPERATORS)}
    mapping = {"type": "object", "minProperties": 1, "properties": {**operators, **more}, "additionalProperties": False}
    return {"anyOf": [_SCALAR, {"type": "array"}, {"type": "null"}, mapping]}


def _whole() -> Json:
    """What belongs to a whole expectation, and not to a demand inside another."""
    return {
        "severity": {"enum": list(SEVERITIES)},
        "optional": {"type": "boolean"},
        **dict.fromkeys(SEVERITIES, _DEMAND),
    }


def _argument(name: str) -> Json:
    if name in ("not", "each", "none", "length"):
        return _DEMAND
    if name in ("any_of", "one_of"):
        return _DEMANDS
    if name in ("absent", "present"):
        return _FLAG
    if name in ("in", "not_in", "subset_of", "superset_of"):
        return _LIST
    return _ARGUMENTS.get(name, _SCALAR)


_ARGUMENTS: dict[str, Json] = {
    "equals": {},
    "contains": {"type": ["string", "number", "boolean", "array"]},
    "range": {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "minItems": 2, "maxItems": 2},
            {"type": "object", "minProperties": 1, "propertyNames": {"enum": list(_SIGNS)}},
        ]
    },
    "same_as": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "minProperties": 1,
                "properties": {"ci": _SCALAR, "path": {"type": "string"}},
                "additionalProperties": False,
            },
        ]
    },
}


def _extends() -> Json:
    given = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "with": {"type": ["object", "null"]}},
        "required": ["name"],
        "additionalProperties": False,
    }
    one: Json = {"anyOf": [_SCALAR, given]}
    return {"anyOf": [one, {"type": "array", "items": one}, {"type": "null"}]}
