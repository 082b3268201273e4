"""JSON Schema (draft 2020-12) of every kind of file, so that an editor can complete and check while someone types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cmdb.model.ci import CRITICALITIES, ID, LIFECYCLES
from cmdb.model.kind import Attribute, Kind, Schema

Json = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Json = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: Json = {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]}
_BY_KEY: Json = {"type": ["object", "null"], "additionalProperties": _TEXT}
_ID: Json = {"type": ["string", "integer"], "pattern": f"^{ID.pattern}$"}


def ci_schema(schema: Schema) -> Json:
    """A file of CIs by the kinds of a workspace: one CI, or a list of them."""
    concrete = [kind for kind in schema.kinds.values() if not kind.abstract]
    one = {
        "type": "object",
        "properties": {
            "kind": {"enum": [kind.name for kind in concrete], "description": "The class of the CI."},
            "id": {**_ID, "description": "Unique over all ids and aliases, ignoring case."},
            **dict.fromkeys(("name", "description", "owner", "environment"), _TEXT),
            "lifecycle": {"enum": [*LIFECYCLES, None]},
            "criticality": {"enum": [*CRITICALITIES, None]},
            **dict.fromkeys(("labels", "links", "keys"), _BY_KEY),
            "tags": _TEXTS,
            "aliases": {"anyOf": [{"type": "array", "items": _ID}, _ID, {"type": "null"}]},
            "attributes": {"type": ["object", "null"]},
            "relations": _relations(schema),
        },
        "required": ["id"],
        "additionalProperties": False,
        "allOf": [_by_kind(kind) for kind in concrete],
    }
    return {
        "$schema": DRAFT,
        "title": "cmdb inventory file",
        "anyOf": [{"$ref": "#/$defs/ci"}, {"type": "array", "items": {"$ref": "#/$defs/ci"}}],
        "$defs": {"ci": one, "entry": _entry(), "entries": _entries()},
    }


def baseline_schema() -> Json:
    """A document of a baseline file: a baseline, a list of waivers, or a frozen release."""
    from pydantic import TypeAdapter

    from cmdb.formats.baseline_schema import extend
    from cmdb.formats.baseline_shapes import BaselineShape, WaiverShape
    from cmdb.formats.release_reader import ReleaseShape

    baseline = TypeAdapter(BaselineShape).json_schema()
    waiver = TypeAdapter(WaiverShape).json_schema()
    definitions = {**extend(baseline), **baseline.pop("$defs", {}), **waiver.pop("$defs", {}), "waiver": waiver}
    waivers = {
        "type": "object",
        "properties": {"waivers": {"type": "array", "items": {"$ref": "#/$defs/waiver"}}},
        "required": ["waivers"],
        "additionalProperties": False,
    }
    every = [baseline, waivers, TypeAdapter(ReleaseShape).json_schema()]
    return {"$schema": DRAFT, "title": "cmdb baseline file", "anyOf": every, "$defs": definitions}


def calendar_schema() -> Json:
    """`baselines/calendar.yaml`."""
    from pydantic import TypeAdapter

    from cmdb.formats.calendar_shapes import CalendarShape, EntryShape

    calendar = TypeAdapter(CalendarShape).json_schema()
    entries = {"type": ["array", "null"], "items": TypeAdapter(EntryShape).json_schema()}
    calendar["properties"] |= {"windows": entries, "freezes": entries}
    return {"$schema": DRAFT, "title": "cmdb calendar", **calendar}


def record_schema() -> Json:
    """A file of a change record."""
    from pydantic import TypeAdapter

    from cmdb.formats.record_shapes import RecordShape
    from cmdb.model.change_record import CHANGE_TYPES
    from cmdb.model.filed_change import RECORD_FORMAT, STATES

    record = TypeAdapter(RecordShape).json_schema()
    words = {"format": (RECORD_FORMAT,), "state": STATES, "type": CHANGE_TYPES}
    record["properties"] |= {name: {"enum": list(known)} for name, known in words.items()}
    return {"$schema": DRAFT, "title": "cmdb change record", **record}


def workspace_schema() -> Json:
    """`cmdb.yaml`."""
    from pydantic import TypeAdapter

    from cmdb.formats.change_config import ChangeShape
    from cmdb.formats.config_reader import DriftShape, SourceShape, WorkspaceShape

    workspace = TypeAdapter(WorkspaceShape).json_schema()
    source = TypeAdapter(SourceShape).json_schema()
    source["additionalProperties"] = True
    workspace["properties"]["sources"] = {"type": ["object", "null"], "additionalProperties": source}
    definitions: Json = {}
    for name, shape in (("drift", DriftShape), ("change", ChangeShape)):
        section = TypeAdapter[Any](shape).json_schema()
        definitions |= section.pop("$defs", {})
        workspace["properties"][name] = {"anyOf": [section, {"type": "null"}]}
    return {"$schema": DRAFT, "title": "cmdb workspace", **workspace, "$defs": definitions}


def kinds_schema() -> Json:
    """A file of `inventory/schema/`: kinds and relation types."""
    from pydantic import TypeAdapter

    from cmdb.formats.schema_shapes import AttributeShape, KindShape, RelationTypeShape, RuleShape

    def shape(model: type[Any]) -> Json:
        return TypeAdapter(model).json_schema()

    kind = shape(KindShape)
    kind["properties"]["attributes"] = {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "string"}, shape(AttributeShape)]},
    }
    kind["properties"]["relations"] = {"type": "object", "additionalProperties": shape(RuleShape)}
    return {
        "$schema": DRAFT,
        "title": "cmdb schema file",
        "type": "object",
        "properties": {
            "kinds": {"type": "object", "additionalProperties": kind},
            "relation_types": {"type": "object", "additionalProperties": shape(RelationTypeShape)},
        },
        "additionalProperties": False,
    }


def _by_kind(kind: Kind) -> Json:
    attributes = {name: _attribute(attribute) for name, attribute in kind.attributes.items()}
    rule: Json = {"properties": attributes}
    if kind.strict:
        rule["additionalProperties"] = False
    return {
        "if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]},
        "then": {"properties": {"attributes": rule}},
    }


def _attribute(attribute: Attribute) -> Json:
    shape = _SHAPES.get(attribute.type, _scalar)(attribute)
    return {**shape, "description": attribute.description} if attribute.description else shape


def _items(attribute: Attribute) -> Json:
    return {"type": ["array", "null"], "items": _attribute(attribute.of) if attribute.of else {}}


def _map(attribute: Attribute) -> Json:
    return {"type": ["object", "null"], "additionalProperties": _attribute(attribute.of) if attribute.of else True}


def _scalar(_: Attribute) -> Json:
    """Text that a type reads; YAML's plain numbers and words reach it as such."""
    return _TEXT


_SHAPES: Mapping[str, Callable[[Attribute], Json]] = {
    "integer": lambda _: {"type": ["integer", "string", "null"]},
    "number": lambda _: {"type": ["number", "string", "null"]},
    "boolean": lambda _: {"enum": [True, False, "true", "false", None]},
    "enum": lambda attribute: {"enum": [*attribute.choices, None]},
    "list": _items,
    "set": _items,
    "map": _map,
}


def _relations(schema: Schema) -> Json:
    types = {
        name: {"$ref": "#/$defs/entries", **({"description": kind.description} if kind.description else {})}
        for name, kind in schema.relation_types.items()
    }
    return {"type": ["object", "null"], "properties": types, "additionalProperties": False}


def _entry() -> Json:
    group = {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "at_least": {"type": "integer", "minimum": 1},
            "of": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        },
        "required": ["at_least", "of"],
    }
    target = {"type": "object", "properties": {"to": _ID}, "required": ["to"], "not": {"required": ["of"]}}
    return {"anyOf": [_ID, target, group]}


def _entries() -> Json:
    return {
        "anyOf": [{"$ref": "#/$defs/entry"}, {"type": "array", "items": {"$ref": "#/$defs/entry"}}, {"type": "null"}]
    }
