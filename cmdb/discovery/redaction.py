"""Secrets leave an observation before anybody keeps it: a value is replaced by the mark that it was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cmdb.model.kind import Attribute, Schema
from cmdb.model.secrets import looks_secret, mask, names_secret
from cmdb.model.snapshot import REDACTED, Coverage, Observation, Reference, Run
from cmdb.model.value import Value

Declared = Mapping[str, tuple[Attribute, ...]]


def redact(run: Run, schema: Schema | None = None) -> Run:
    """The run with `{"redacted": true}` for values of attributes that the schema marks secret, and for values that look
    like secrets; in names, keys and reasons `***`. An attribute reported as null stays null."""
    redactor = Redactor(schema)
    return replace(
        run,
        coverage=tuple(map(redactor.coverage, run.coverage)),
        observations=tuple(map(redactor.observation, run.observations)),
    )


@dataclass(frozen=True, slots=True)
class Redactor:
    """Redacts one finding after the other; without a schema, only what looks like a secret."""

    schema: Schema | None = None
    _known: dict[str, Declared] = field(default_factory=dict)
    _names: dict[str, bool] = field(default_factory=dict)

    def coverage(self, line: Coverage) -> Coverage:
        """The line without secrets in its reason."""
        return replace(line, reason=mask(line.reason)) if line.reason else line

    def observation(self, seen: Observation) -> Observation:
        """The observation without secrets."""
        return replace(
            seen,
            key=mask(seen.key),
            name=mask(seen.name),
            attributes=self._attributes(seen.kind, seen.attributes),
            relations={name: tuple(map(self._reference, items)) for name, items in seen.relations.items()},
        )

    def _reference(self, item: Reference) -> Reference:
        return replace(item, key=mask(item.key), attributes=self._attributes(item.kind, item.attributes))

    def _attributes(self, kind: str, attributes: Mapping[str, Value]) -> Mapping[str, Value]:
        declared = self._declared(kind)
        return {mask(name): self._value(value, name, declared.get(name, ())) for name, value in attributes.items()}

    def _value(self, value: Value, name: str, declared: Iterable[Attribute]) -> Value:
        if value is None:
            return None
        if any(attribute.secret for attribute in declared):
            return REDACTED
        if isinstance(value, str):
            return REDACTED if looks_secret(value, name if self._telling(name) else "") else value
        inner = tuple(attribute.of for attribute in declared if attribute.of is not None)
        if isinstance(value, Mapping):
            return {mask(key): self._value(item, key, inner) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return tuple(self._value(item, name, inner) for item in value)
        return value

    def _telling(self, name: str) -> bool:
        if name not in self._names:
            self._names[name] = names_secret(name)
        return self._names[name]

    def _declared(self, kind: str) -> Declared:
        if kind not in self._known:
            self._known[kind] = _secret_attributes(self.schema, kind) if self.schema else {}
        return self._known[kind]


def _secret_attributes(schema: Schema, kind: str) -> Declared:
    """Attributes that are secret, or hold secrets, in any kind that a CI seen as this kind may turn out to be; every
    kind, where the schema does not know this one."""
    found: dict[str, tuple[Attribute, ...]] = {}
    for other in schema.kinds.values():
        if kind not in schema.kinds or schema.is_a(kind, other.name) or schema.is_a(other.name, kind):
            for name, attribute in other.attributes.items():
                if _holds_secrets(attribute):
                    found[name] = (*found.get(name, ()), attribute)
    return found


def _holds_secrets(attribute: Attribute | None) -> bool:
    return attribute is not None and (attribute.secret or _holds_secrets(attribute.of))
