"""Everything that is known of one CI, and where each value stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from cmdb.graph.topology import Topology
from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS, Group, Member, flatten
from cmdb.model.document import Block, Document, Heading, Inline, Span, Table
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.kind import Schema
from cmdb.model.location import Location
from cmdb.model.types import text
from cmdb.model.value import Value


class Origin(Protocol):
    """Where a value stands, and whether that is the CI's own file, a defaults file or a kind."""

    @property
    def location(self) -> Location: ...
    @property
    def origin(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A CI, the origin of its values by key path, and the (source, relation type) of those who point at it, sorted."""

    ci: CI
    schema: Schema
    provenance: Mapping[str, Origin]
    referenced_by: tuple[tuple[str, str], ...] = ()


def referenced_by(topology: Topology, node: int) -> tuple[tuple[str, str], ...]:
    """Who points at a CI, by which relation type, through groups too."""
    back = topology.back
    sources = ((back.node[edge], back.relation[edge]) for edge in back.of(node))
    return tuple(sorted({(topology.ids[topology.holder(source)], topology.relations[by]) for source, by in sources}))


def document(shown: Shown) -> Document:
    """A table of key paths, values and origins, and one of those who point here."""
    ci = shown.ci
    rows = tuple(
        (Span(format_path(path), "path"), value, _from(shown, stands)) for path, value, stands in _values(shown)
    )
    title = Heading(f"{ci.id}: {ci.name}" if ci.name else ci.id, 1)
    blocks: list[Block] = [title, Table(("path", "value", "from"), rows)]
    if shown.referenced_by:
        others = tuple((Span(source, "id"), relation) for source, relation in shown.referenced_by)
        blocks += [Heading("Referenced by"), Table(("source", "relation"), others)]
    return Document(tuple(blocks))


def payload(shown: Shown) -> dict[str, Value]:
    """`summary`, `ci`, `provenance` and `referenced_by`."""
    return {
        "summary": {"id": shown.ci.id, "kind": shown.ci.kind, "referenced_by": len(shown.referenced_by)},
        "ci": _ci(shown.ci),
        "provenance": {path: _provenance(origin) for path, origin in sorted(shown.provenance.items())},
        "referenced_by": [{"source": source, "relation": relation} for source, relation in shown.referenced_by],
    }


def _values(shown: Shown) -> Iterator[tuple[KeyPath, str, KeyPath]]:
    """The path of each value, its text, and the path under which its origin is known."""
    ci = shown.ci
    for path, value in _fields(ci):
        yield path, value, path
    for key, value in sorted(ci.attributes.items()):
        path = ("attributes", key)
        yield path, text(shown.schema.attribute(ci.kind, key), value), path
    for key, members in sorted(ci.relations.items()):
        for member in members:
            first = next(flatten((member,)), None)
            yield ("relations", key), _member(member), ("relations", key, first.id if first else "")


def _fields(ci: CI) -> Iterator[tuple[KeyPath, str]]:
    for name in TEXT_FIELDS:
        if (value := getattr(ci, name)) is not None:
            yield (name,), value
    for name in LIST_FIELDS:
        if values := getattr(ci, name):
            yield (name,), ", ".join(values)
    for name in MAP_FIELDS:
        for key, value in sorted(getattr(ci, name).items()):
            yield (name, key), value


def _member(member: Member) -> str:
    notes = ", ".join(f"{key}: {text(None, value)}" for key, value in sorted(member.notes.items()))
    after = f" ({notes})" if notes else ""
    if not isinstance(member, Group):
        return f"{member.id}{after}"
    of = ", ".join(f"({_member(one)})" if isinstance(one, Group) else _member(one) for one in member.of)
    return f"{member.name or member.label}: {member.at_least} of {of}{after}"


def _from(shown: Shown, path: KeyPath) -> Inline:
    found = shown.provenance.get(format_path(path))
    if found is None:
        return ""
    return (Span(str(found.location), "path"), "" if found.origin == "file" else f" ({found.origin})")


def _provenance(found: Origin) -> dict[str, Value]:
    place = found.location
    return {"path": place.path, "line": place.line, "column": place.column, "origin": found.origin}


def _ci(ci: CI) -> dict[str, Value]:
    fields = {name: getattr(ci, name) for name in TEXT_FIELDS}
    lists = {name: list(getattr(ci, name)) for name in LIST_FIELDS}
    maps = {name: dict(sorted(getattr(ci, name).items())) for name in (*MAP_FIELDS, "attributes")}
    relations = {key: [_entry(member) for member in members] for key, members in sorted(ci.relations.items())}
    return {**fields, **lists, **maps, "relations": relations}


def _entry(member: Member) -> dict[str, Value]:
    if isinstance(member, Group):
        of = [_entry(one) for one in member.of]
        return {"name": member.name or member.label, "at_least": member.at_least, "of": of, **dict(member.notes)}
    return {"to": member.id, **dict(member.notes)}
