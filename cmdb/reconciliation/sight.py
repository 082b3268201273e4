"""One thing as one source saw it, its values normalised when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Schema
from cmdb.model.snapshot import REDACTED, Observation
from cmdb.model.value import Value, freeze
from cmdb.reconciliation.typed import attribute_at, observed
from cmdb.reconciliation.walk import ABSENT, walk

Reasons = Mapping[KeyPath, str]


@dataclass(slots=True)
class Sight:
    """An observation and whose it is. `kind` is the kind of the CI once that is known."""

    source: str
    observation: Observation
    kind: str
    _read: dict[str, tuple[Value, Reasons]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The source's own identifier."""
        return self.observation.key

    def carries(self, path: KeyPath) -> bool:
        """Whether the attribute or relation that a path lies in was reported, null included."""
        if len(path) < 2:
            return False
        carried: Mapping[str, Value] = (
            self.observation.attributes if path[0] == "attributes" else self.observation.relations
        )
        return path[0] in ("attributes", "relations") and path[1] in carried

    def value(self, path: KeyPath, schema: Schema) -> tuple[Value, str]:
        """What stands at a path below an attribute that is carried, and why that is not what its type wants."""
        whole, reasons = self.attribute(str(path[1]), schema)
        rest = path[2:]
        why = next((reason for at, reason in reasons.items() if rest[: len(at)] == at), "")
        return walk(whole, rest), why

    def attribute(self, name: str, schema: Schema) -> tuple[Value, Reasons]:
        """A whole attribute as its type reads it; what a secret attribute holds is not looked at."""
        if name not in self._read:
            declared = attribute_at(schema, self.kind, ("attributes", name))
            raw = self.observation.attributes.get(name, ABSENT)
            if raw is None or raw is ABSENT:
                self._read[name] = ABSENT, {}
            elif (declared is not None and declared.secret) or raw == REDACTED:
                self._read[name] = REDACTED, {}
            else:
                self._read[name] = observed(declared, freeze(raw))
        return self._read[name]
