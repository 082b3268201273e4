"""A baseline as a person would write it: demands on values, and as comments what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmdb.formats.writing import Block, as_written, document
from cmdb.model.document import visible
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Attribute
from cmdb.model.parameters import literal
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Head:
    """What a baseline says before it demands anything."""

    baseline: str
    applies_to: str
    approved_by: str | None = None


def baseline_text(
    head: Head,
    demands: Iterable[tuple[KeyPath, Value, Attribute | None]],
    *,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> str:
    """The text of a baseline that demands just these values, each as its type writes it, with comments around it."""
    fields: dict[str, Value] = {"baseline": head.baseline, "applies_to": head.applies_to}
    if head.approved_by:
        fields["approved_by"] = head.approved_by
    expect = {key_path(path): _demand(as_written(attribute, literal(value))) for path, value, attribute in demands}
    return _comments(before) + document({**fields, "expect": Block(expect)}) + _comments(after)


def key_path(path: KeyPath) -> str:
    """A key path as the key of an expectation; nothing in it is taken for a parameter."""
    return format_path(tuple(literal(segment) if isinstance(segment, str) else segment for segment in path))


def _demand(value: Value) -> Value:
    return {"equals": value} if isinstance(value, Mapping) else value


def _comments(lines: Iterable[str]) -> str:
    return "".join(f"# {visible(line)}".replace("\n", " ").rstrip() + "\n" for line in lines)
