"""How to reach somebody: what teams, people and suppliers say about themselves."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.types import text

WAYS = (
    "on_call",
    "phone",
    "chat",
    "service_desk",
    "email",
    "contact",
    "working_hours",
    "support_hours",
    "response_time",
    "timezone",
    "lead",
    "deputy",
)
"""Attributes that help to reach somebody, the quickest first."""


def ways(ci: CI, schema: Schema) -> Mapping[str, str]:
    """What a CI says about how to reach it, the quickest first."""
    return {name: worded(ci, name, schema) for name in WAYS if ci.attributes.get(name) is not None}


def worded(ci: CI, name: str, schema: Schema) -> str:
    """An attribute's value as its type writes it."""
    return text(schema.attribute(ci.kind, name), ci.attributes[name])
