"""What is known of one CI, path by path: seen, seen to be absent, tracked but not seen, or nobody's business.

- An observation proves what it carries, however far the source looked. Null says that something is not there.
- Inside an attribute that was carried everything counts as seen, unless a coverage line that names the path says that
  the source did not get that far.
- An attribute that was not carried is absent where a line names it and the source's worst word on it is `complete`;
  any other word leaves it unseen. So does a source that carries it for other CIs of the kind.
- Of several sources that know, the first in order of precedence is judged; the others are its rivals where they differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Attribute, Schema
from cmdb.model.snapshot import Observation
from cmdb.model.types import equal
from cmdb.model.value import Value
from cmdb.reconciliation.claims import Claims, Word
from cmdb.reconciliation.relations import Ends
from cmdb.reconciliation.sight import Sight
from cmdb.reconciliation.typed import attribute_at, redacted
from cmdb.reconciliation.walk import ABSENT

State = Literal["seen", "absent", "unseen", "untracked"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a glance at one path tells. `wrong` says why a value is not what its type wants; `rivals` are the sources
    that say something else."""

    state: State
    value: Value = ABSENT
    source: str | None = None
    key: str | None = None
    reason: str = ""
    wrong: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether somebody looked and got an answer."""
        return self.state in ("seen", "absent")


class Habits:
    """What each source carries for the CIs of each kind in this run: attributes and relation types."""

    def __init__(self, seen: Mapping[str, Mapping[str, Observation]], kind_of: Callable[[str], str]) -> None:
        self._seen = seen
        self._kind_of = kind_of

    def carries(self, source: str, kind: str, path: KeyPath) -> bool:
        """Whether a source carries the attribute or relation of a path for some CI of a kind."""
        return path[:2] in self._carried.get((source, kind), ())

    @cached_property
    def _carried(self) -> Mapping[tuple[str, str], set[tuple[str, str]]]:
        names: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for source, found in self._seen.items():
            for ci, observation in found.items():
                attributes, relations = names[source, self._kind_of(ci)]
                if not observation.attributes.keys() <= attributes:
                    attributes.update(observation.attributes)
                relations.update(observation.relations)
        return {
            owner: {*(("attributes", name) for name in attributes), *(("relations", name) for name in relations)}
            for owner, (attributes, relations) in names.items()
        }


@dataclass(frozen=True, slots=True)
class Witness:
    """A source that has to do with a CI: how it saw it, and how far it looked. `doubtful` means that it saw something
    that may be the CI or may not."""

    source: str
    sight: Sight | None = None
    claims: Claims | None = None
    doubtful: bool = False


@dataclass(slots=True)
class Evidence:
    """All that sources say about one CI; witnesses come in order of precedence."""

    ci: CI
    witnesses: Sequence[Witness]
    habits: Habits
    schema: Schema
    ends: Ends
    _known: dict[KeyPath, Look] = field(default_factory=dict)

    @property
    def sights(self) -> list[Sight]:
        """How the CI was seen."""
        return [witness.sight for witness in self.witnesses if witness.sight is not None]

    @property
    def only(self) -> Sight | None:
        """The only word on the CI's attributes: how one source saw it, where no other denies a value."""
        sights = self.sights
        if len(sights) != 1:
            return None
        others = (witness.claims for witness in self.witnesses if witness.sight is None and not witness.doubtful)
        return sights[0] if all(claims is None or claims.presence() is not None for claims in others) else None

    @property
    def claims(self) -> list[Claims]:
        """How far sources looked that have to do with the CI."""
        return [witness.claims for witness in self.witnesses if witness.claims is not None]

    def sight_of(self, source: str | None) -> Sight | None:
        """How a source saw the CI."""
        return next((witness.sight for witness in self.witnesses if witness.source == source), None)

    def look(self, path: KeyPath) -> Look:
        """What is known of a path, below `attributes` or `relations`; other fields no source sees."""
        if path not in self._known:
            self._known[path] = self._combined(path)
        return self._known[path]

    def _combined(self, path: KeyPath) -> Look:
        looks = [self._one(witness, path) for witness in self.witnesses]
        known = [look for look in looks if look.known]
        if not known:
            reasons = sorted({look.reason for look in looks if look.state == "unseen"})
            return Look("unseen", reason="; ".join(reasons)) if reasons else Look("untracked")
        first = known[0]
        attribute = attribute_at(self.schema, self.ci.kind, path)
        rivals = tuple(str(look.source) for look in known[1:] if not _agree(attribute, first, look))
        if not rivals:
            return first
        return Look(first.state, first.value, first.source, first.key, first.reason, first.wrong, rivals)

    def _one(self, witness: Witness, path: KeyPath) -> Look:
        source, sight, claims = witness.source, witness.sight, witness.claims
        word = claims.named(path) if claims else None
        if sight is not None and sight.carries(path):
            return self._carried(sight, path, word)
        if sight is None and witness.doubtful:
            return Look("untracked")
        if word is not None:
            present = sight is not None or claims is None or claims.presence() is None
            if word.complete and present:
                return Look("absent", source=source, key=sight.key if sight else None)
            return Look("unseen", source=source, reason=why(source, word))
        if self.habits.carries(source, self.ci.kind, path):
            return Look("unseen", source=source, reason=f"'{source}' reports it for others, not here")
        return Look("untracked")

    def _carried(self, sight: Sight, path: KeyPath, word: Word | None) -> Look:
        if path[0] == "relations":
            value, wrong = self.ends.value(sight, path), ""
        else:
            value, wrong = sight.value(path, self.schema)
        if value is not ABSENT:
            return Look("seen", value, sight.source, sight.key, wrong=wrong)
        if len(path) > 2 and word is not None and not word.complete and not self._null(sight, path):
            return Look("unseen", source=sight.source, reason=why(sight.source, word))
        return Look("absent", source=sight.source, key=sight.key)

    def _null(self, sight: Sight, path: KeyPath) -> bool:
        """Whether a source says with null that a path, or something above it, is not there."""
        value: Value = sight.observation.attributes if path[0] == "attributes" else {}
        for segment in path[1:]:
            if not isinstance(value, Mapping) or segment not in value:
                return False
            value = value[segment]
            if value is None:
                return True
        return False


def _agree(attribute: Attribute | None, one: Look, other: Look) -> bool:
    if one.state != other.state:
        return False
    if one.wrong or other.wrong:
        return bool(one.value == other.value)
    if redacted(one.value) or redacted(other.value):
        return True
    return equal(attribute, one.value, other.value)


def why(source: str, word: Word) -> str:
    """A source's word on a path, for people."""
    reason = f": {word.reason}" if word.reason else ""
    return f"coverage of '{source}' is {word.status}{reason}"
