"""A baseline from what is observed: the values that all of several CIs have, and what differs among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, matches
from cmdb.model.kind import Attribute
from cmdb.model.types import equal, text
from cmdb.model.value import Value
from cmdb.reconciliation.deviations import covers
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.typed import attribute_at, hides, redacted
from cmdb.reconciliation.walk import ABSENT, expand, walk


@dataclass(frozen=True, slots=True)
class Common:
    """A value that all CIs have, and the type that writes it."""

    path: KeyPath
    value: Value
    attribute: Attribute | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A path at which CIs differ: what was seen of it, for people, and of which CIs."""

    path: KeyPath
    values: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Captured:
    """What several CIs have in common; the CIs that nobody saw say nothing, and retired ones are left alone."""

    common: tuple[Common, ...] = ()
    differing: tuple[Differing, ...] = ()
    seen: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands at one path of one CI; `why` says why that is no ground for a demand."""

    value: Value = None
    attribute: Attribute | None = None
    why: str = ""


def capture(cis: Sequence[CI], evidence: Callable[[CI], Evidence], patterns: Sequence[KeyPath] = ()) -> Captured:
    """What is observed of CIs at the paths that fit a pattern or lie below one; without patterns at all paths.
    Attributes that change by themselves and secrets are left out, and so is what sources disagree on."""
    asked = [evidence(ci) for ci in cis if ci.lifecycle != "retired"]
    seen = [one for one in asked if one.sights]
    found = {one.ci.id: dict(_leaves(one, patterns)) for one in seen}
    common: list[Common] = []
    differing: list[Differing] = []
    for path in sorted({path for leaves in found.values() for path in leaves}, key=lambda path: tuple(map(str, path))):
        values = {one.ci.id: found[one.ci.id].get(path) or _elsewise(one, path) for one in seen}
        first = next(iter(values.values()))
        if all(_same(first, other) for other in values.values()):
            common.append(Common(path, first.value, first.attribute))
        else:
            differing.append(Differing(path, _told(values)))
    unseen = tuple(one.ci.id for one in asked if not one.sights)
    return Captured(tuple(common), tuple(differing), tuple(one.ci.id for one in seen), unseen)


def _leaves(evidence: Evidence, patterns: Sequence[KeyPath]) -> Iterator[tuple[KeyPath, _Seen]]:
    for path in _carried(evidence):
        if path[0] == "relations":
            leaves = iter([(path, _relation(evidence, path))])
        else:
            look = evidence.look(path)
            attribute = attribute_at(evidence.schema, evidence.ci.kind, path)
            leaves = _below(evidence, path, attribute, look.value) if look.state == "seen" else iter(())
        yield from ((leaf, seen) for leaf, seen in leaves if not patterns or _wanted(leaf, seen, patterns))


def _carried(evidence: Evidence) -> Iterator[KeyPath]:
    names: set[tuple[str, str]] = set()
    for sight in evidence.sights:
        names.update(("attributes", name) for name in sight.observation.attributes)
        names.update(("relations", name) for name in sight.observation.relations)
    yield from sorted(names)


def _below(
    evidence: Evidence, path: KeyPath, attribute: Attribute | None, value: Value
) -> Iterator[tuple[KeyPath, _Seen]]:
    """The values of maps one by one, everything else whole."""
    if (attribute is not None and (attribute.volatile or attribute.secret)) or redacted(value):
        return
    if isinstance(value, Mapping) and any(item is not None for item in value.values()):
        for name, item in value.items():
            if item is not None and name not in ("*", "**"):
                yield from _below(evidence, (*path, name), attribute.of if attribute else None, item)
    elif not hides(value):
        yield path, _leaf(evidence, path, attribute)


def _leaf(evidence: Evidence, path: KeyPath, attribute: Attribute | None) -> _Seen:
    look = evidence.look(path)
    if look.state != "seen":
        return _elsewise(evidence, path)
    if look.rivals:
        return _Seen(why="sources disagree")
    return _Seen(why=look.wrong) if look.wrong else _Seen(look.value, attribute)


def _relation(evidence: Evidence, path: KeyPath) -> _Seen:
    sight = next((one for one in evidence.sights if path[1] in one.observation.relations), None)
    far = evidence.ends.observed(sight, str(path[1])) if sight else None
    if far is None or far.perhaps or far.unknown or path[1] not in evidence.schema.relation_types:
        return _Seen(why="the other end is not known for certain")
    return _leaf(evidence, path, attribute_at(evidence.schema, evidence.ci.kind, path))


def _elsewise(evidence: Evidence, path: KeyPath) -> _Seen:
    """What a CI has where it has not what others have."""
    look = evidence.look(path)
    if look.state == "seen" and not hides(look.value):
        return _Seen(look.value, attribute_at(evidence.schema, evidence.ci.kind, path))
    return _Seen(why={"seen": "a secret", "absent": "nothing"}.get(look.state, "not seen"))


def _wanted(leaf: KeyPath, seen: _Seen, patterns: Sequence[KeyPath]) -> bool:
    """Whether a leaf fits a pattern, lies below one, or has inside what a pattern leads to."""
    return any(covers(pattern, leaf) or _inside(leaf, seen, pattern) for pattern in patterns)


def _inside(leaf: KeyPath, seen: _Seen, pattern: KeyPath) -> bool:
    if "**" in pattern or not matches(pattern[: len(leaf)], leaf):
        return False
    return any(walk(seen.value, path) is not ABSENT for path in expand(seen.value, pattern[len(leaf) :]))


def _same(one: _Seen, other: _Seen) -> bool:
    if one.why or other.why or one.attribute != other.attribute:
        return False
    return equal(one.attribute, one.value, other.value)


def _told(values: Mapping[str, _Seen]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was seen, the commonest first, with the CIs."""
    said: dict[str, list[str]] = {}
    for ci, seen in values.items():
        said.setdefault(seen.why or text(seen.attribute, seen.value), []).append(ci)
    ordered = sorted(said.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((words, tuple(cis)) for words, cis in ordered)
