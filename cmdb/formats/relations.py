"""The relations of a CI file: a target, a list, or redundancy groups, in their short and long forms."""

from __future__ import annotations

from collections.abc import Callable

from cmdb.formats.reading import nearest
from cmdb.model import plain
from cmdb.model.ci import ID, Group, Member, Target, arranged
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.plain import NotText, Plain, text, value
from cmdb.model.problem import Severity
from cmdb.model.value import Value

Report = Callable[..., None]
"""Takes code, message, key path below the CI, and keywords of `Problem`."""

_GROUP_KEYS = ("name", "at_least", "of")


def read_relations(raw: Value, schema: Schema, ci: str, report: Report) -> dict[str, tuple[Member, ...]]:
    """Relation type -> entries, arranged. What is wrong is reported and left out."""
    if not isinstance(raw, dict):
        report("invalid-field", "relations are a mapping from relation type to targets", ("relations",))
        return {}
    relations: dict[str, tuple[Member, ...]] = {}
    for relation, entries in raw.items():
        name = plain.name(relation)
        if type(entries) is str and name in schema.relation_types and ID.fullmatch(entries):
            relations[name] = (Target(entries),)
        elif _known(name, entries, schema, ci, report) and entries is not None:
            members = _members(entries, name, name, ("relations", name), report)
            if members:
                relations[name] = arranged(members)
    return relations


def _known(name: str, entries: Value, schema: Schema, ci: str, report: Report) -> bool:
    if name in schema.relation_types:
        return True
    path = ("relations", name)
    if forward := schema.inverses.get(name):
        target = entries if isinstance(entries, str) else "the other CI"
        hint = f"write '{forward}: {ci}' under relations of {target}"
        report("unknown-relation", f"'{name}' is the inverse of '{forward}' and only for reading", path, hint=hint)
    else:
        hint = nearest(name, tuple(schema.relation_types))
        report("unknown-relation", f"there is no relation type '{name}'", path, hint=hint)
    return False


def _members(raw: Value, relation: str, label: str, path: KeyPath, report: Report) -> list[Member]:
    """`label` is the relation at the top and the enclosing group's label inside; it names unnamed groups."""
    single = not isinstance(raw, list)
    top = label == relation
    found: list[Member] = []
    seen: set[str] = set()
    for position, item in enumerate([raw] if single else raw):
        if type(item) is str and item not in seen and ID.fullmatch(item):
            found.append(Target(item))
            seen.add(item)
            continue
        place = path if single else (*path, position)
        member = _member(item, relation, f"{label}{'#' if top else '.'}{position + 1}", place, report)
        if isinstance(member, Target) and member.id in seen:
            severity = Severity.WARNING if top else Severity.ERROR
            message = f"'{member.id}' stands here for the second time"
            report("duplicate-target", message, place, severity=severity, subject=member.id, hint="keep one")
        elif member is not None:
            found.append(member)
            seen.update((member.id,) if isinstance(member, Target) else ())
    return found


def _member(raw: Value, relation: str, label: str, path: KeyPath, report: Report) -> Member | None:
    if isinstance(raw, dict):
        if "of" in raw or "at_least" in raw:
            return _group(raw, relation, label, path, report)
        if "to" in raw:
            target = _target(raw["to"], path, report)
            notes = {key: value(item) for key, item in raw.items() if key != "to" and item is not None}
            return Target(target, notes) if target else None
        report("invalid-field", "an entry needs 'to: ID', or 'at_least' and 'of' for a group", path)
        return None
    target = _target(raw, path, report)
    return Target(target) if target else None


def _group(raw: dict[str, Value], relation: str, label: str, path: KeyPath, report: Report) -> Group | None:
    at_least = raw.get("at_least")
    count = at_least.value if isinstance(at_least, Plain) else at_least
    if not isinstance(count, int) or isinstance(count, bool):
        report("invalid-field", "a group says how many members are needed: 'at_least: 1'", path)
        return None
    if raw.get("of") is None:
        report("invalid-field", "a group lists its members: 'of: [a, b]'", path)
        return None
    name = _name(raw.get("name"), path, report)
    members = _members(raw["of"], relation, name or label, (*path, "of"), report)
    notes = {key: value(item) for key, item in raw.items() if key not in _GROUP_KEYS and item is not None}
    return Group(count, arranged(members), name, notes, label=name or label)


def _name(raw: Value, path: KeyPath, report: Report) -> str:
    try:
        return "" if raw is None else text(raw)
    except NotText:
        report("invalid-field", "a group's name is text", (*path, "name"))
        return ""


def _target(raw: Value, path: KeyPath, report: Report) -> str:
    try:
        target = "" if raw is None else text(raw)
    except NotText:
        report("invalid-field", "a target is the id of a CI", path)
        return ""
    if not ID.fullmatch(target):
        report("invalid-field", f"'{target}' is no id" if target else "a target is the id of a CI", path)
        return ""
    return target
