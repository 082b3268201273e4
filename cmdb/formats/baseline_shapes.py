"""The shapes of a baseline file: what pydantic and the JSON Schema for editors know of it."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from cmdb.formats.shapes import STRICT, DateText, Text


@dataclass(config=STRICT, frozen=True)
class IgnoreShape:
    """Paths whose deviations nobody wants to see."""

    path: Text
    reason: Text


@dataclass(config=STRICT, frozen=True)
class AllowShape:
    """Things that may be there although no CI stands for them; `key` and `name` are patterns with stars."""

    reason: Text
    kind: Text | None = None
    source: Text | None = None
    key: Text | None = None
    name: Text | None = None
    where: dict[Text, Any] = field(default_factory=dict)


@dataclass(config=STRICT, frozen=True)
class BaselineShape:
    """One named set of expectations."""

    baseline: Text
    applies_to: Text | None = None
    extends: Any = ()
    parameters: dict[Text, Any] = field(default_factory=dict)
    description: Text = ""
    approved_by: Text | None = None
    effective: DateText = None
    expires: DateText = None
    expect: dict[Text, Any] = field(default_factory=dict)
    ignore: list[IgnoreShape] = field(default_factory=list)
    unmanaged: list[AllowShape] = field(default_factory=list)


@dataclass(config=STRICT, frozen=True)
class WaiverShape:
    """Permission for one deviation, pinned to a value."""

    path: Text
    reason: Text
    expires: DateText
    approved_by: Text | None = None
    observed: Any = None
    ci: Text | None = None
    source: Text | None = None
    key: Text | None = None
    baseline: Text | None = None


@dataclass(config=STRICT, frozen=True)
class WaiversShape:
    """A list of waivers."""

    waivers: list[Any]
