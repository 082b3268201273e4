"""What a source saw, as the files that a person would write about it: CIs with what identifies and describes them, and
a baseline with the configuration that all of a kind have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cmdb.acceptance.newcomers import file_name, host_of, identifier, visible_part
from cmdb.formats.writing import Block, Word, as_written, document
from cmdb.model.config import SourceConfig
from cmdb.model.keypath import format_path
from cmdb.model.kind import Attribute, Schema
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Observation, Run
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value, same

CONFIGURATION = (
    "timezone",
    "ntp_synchronised",
    "selinux",
    "dns_servers",
    "services_enabled",
    "services_failed",
    "sysctl",
    "packages",
)
"""Attributes that say how a machine is set up, and so belong into a baseline, in the order of the file."""
PORTS = frozenset({"listening_ports", "listening_udp_ports"})
"""Declared by each CI itself, so that a port which opens or closes is a deviation of its own; none is an answer too."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A CI to be: what was observed, under the id it gets, with the values that stay."""

    id: str
    seen: Observation
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Everything that a source saw: CIs sorted by id, and by kind what all of them have in common."""

    source: str
    schema: Schema
    cis: tuple[Declared, ...]
    common: Mapping[str, Mapping[str, Value]]


def look(run: Run, schema: Schema) -> FirstLook:
    """The CIs and the baselines that a run amounts to."""
    observations = tuple({seen.key: seen for seen in run.observations}.values())
    names = _ids(observations)
    cis = [Declared(names[seen.key], seen, _lasting(seen, schema)) for seen in observations]
    kinds = sorted({ci.seen.kind for ci in cis})
    common = {kind: _common([ci for ci in cis if ci.seen.kind == kind]) for kind in kinds}
    rest = [replace(ci, attributes=_without(ci.attributes, common[ci.seen.kind])) for ci in cis]
    return FirstLook(run.source, schema, tuple(sorted(rest, key=lambda ci: ci.id)), common)


def files(first: FirstLook) -> dict[str, str]:
    """Path -> text of the CIs and the baselines."""
    found = {f"inventory/{ci.seen.kind}/{file_name(ci.id)}.yaml": _ci(first, ci) for ci in first.cis}
    baselines = [_baseline(first, kind, values) for kind, values in first.common.items() if values]
    return found | ({f"baselines/{first.source}.yaml": "---\n".join(baselines)} if baselines else {})


def configured(source: SourceConfig, first: FirstLook) -> str:
    """The source for `cmdb.yaml`; a source that saw one thing covers just that."""
    settings: dict[str, Value] = {"plugin": source.plugin}
    if len(first.cis) == 1:
        settings["covers"] = f"id={first.cis[0].id}"
    return "\n" + document({"sources": Block({source.name: Block(settings | dict(source.options))})})


def _ids(observations: Sequence[Observation]) -> dict[str, str]:
    """Key -> id: the host name without its domain where that tells things apart, else in full."""
    short = {seen.key: identifier(host_of(seen), first_label=True) for seen in observations}
    counts = Counter(name.casefold() for name in short.values())
    found: dict[str, str] = {}
    taken: set[str] = set()
    for seen in observations:
        name = short[seen.key] if counts[short[seen.key].casefold()] == 1 else identifier(seen.key)
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}").casefold() in taken:
            number += 1
        taken.add(unique.casefold())
        found[seen.key] = unique
    return found


def _lasting(seen: Observation, schema: Schema) -> dict[str, Value]:
    """Normalised values in the order of the kind's declaration, without those that change by themselves, are secret
    or say nothing."""
    kind = schema.kinds.get(seen.kind)
    if kind is None or kind.abstract:
        raise CmdbError(f"the source sees a {seen.kind}, and no built-in kind is called that")
    found: dict[str, Value] = {}
    for name in (*(name for name in kind.attributes if name in seen.attributes), *sorted(seen.attributes)):
        attribute = kind.attributes.get(name)
        if name in found or (attribute and (attribute.volatile or attribute.secret)):
            continue
        value = visible_part(seen.attributes[name])
        with suppress(WrongValue):
            found[name] = normalise(attribute, value) if attribute else value
    return {name: value for name, value in found.items() if _says_something(name, value)}


def _says_something(name: str, value: Value) -> bool:
    empty = value is None or (isinstance(value, str | tuple | Mapping) and not value)
    return not empty or (value is not None and (name in CONFIGURATION or name in PORTS))


def _common(cis: Sequence[Declared]) -> dict[str, Value]:
    """The configuration that all have; of mappings the part that all have."""
    found: dict[str, Value] = {}
    for name in CONFIGURATION:
        values: list[Value] = [ci.attributes.get(name) for ci in cis]
        if any(value is None for value in values):
            continue
        first, *others = values
        if isinstance(first, Mapping):
            found[name] = {
                key: item for key, item in first.items() if all(same(other.get(key), item) for other in others)
            }
        elif all(same(other, first) for other in others):
            found[name] = first
    return found


def _without(attributes: Mapping[str, Value], common: Mapping[str, Value]) -> dict[str, Value]:
    """What a CI has to say itself."""
    rest: dict[str, Value] = {}
    for name, value in attributes.items():
        if isinstance(value, Mapping) and name in common:
            own = {key: item for key, item in value.items() if key not in common[name]}
            rest |= {name: own} if own else {}
        elif name not in common:
            rest[name] = value
    return rest


def _ci(first: FirstLook, ci: Declared) -> str:
    kind = first.schema.kinds[ci.seen.kind]
    name = {"name": Word(ci.seen.name)} if ci.seen.name and ci.seen.name != ci.id else {}
    fields: dict[str, Value] = {
        "kind": ci.seen.kind,
        "id": Word(ci.id),
        **name,
        "keys": {first.source: Word(ci.seen.key)},
        "attributes": {name: as_written(kind.attributes.get(name), value) for name, value in ci.attributes.items()},
        "relations": dict(_relations(first, ci)),
    }
    return document({field: value for field, value in fields.items() if value != {}})


def _relations(first: FirstLook, ci: Declared) -> Iterator[tuple[str, Value]]:
    """Those whose far ends were all seen."""
    ids = {other.seen.key: other.id for other in first.cis}
    for relation, ends in sorted(ci.seen.relations.items()):
        if relation in first.schema.relation_types and ends and all(end.key in ids for end in ends):
            targets = sorted({ids[end.key] for end in ends})
            yield relation, Word(targets[0]) if len(targets) == 1 else tuple(map(Word, targets))


def _baseline(first: FirstLook, kind: str, values: Mapping[str, Value]) -> str:
    ids = [ci.id for ci in first.cis if ci.seen.kind == kind]
    fields = {
        "baseline": f"{first.source}-{kind}",
        "description": "What was in common when the workspace was made.",
        "applies_to": f"id={ids[0]}" if len(ids) == 1 else f"kind={kind}",
        "expect": Block(dict(_expectations(first.schema.kinds[kind].attributes, values))),
    }
    return document(fields)


def _expectations(attributes: Mapping[str, Attribute], values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for name, value in values.items():
        attribute = attributes.get(name)
        if isinstance(value, Mapping):
            of = attribute.of if attribute else None
            for key, item in sorted(value.items()):
                yield format_path(("attributes", name, key)), as_written(of, item)
        else:
            yield format_path(("attributes", name)), as_written(attribute, value)
