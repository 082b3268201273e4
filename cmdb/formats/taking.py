"""Which defaults a CI takes. CIs of a kind below the same folder mostly take the same ones, so what these amount to is
worked out once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cmdb.formats.defaults import MERGED, Defaults
from cmdb.formats.meanings import MOST
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Kind
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import NOTHING, Value

Taken = frozenset[tuple[int, KeyPath]]
"""Defaults that were taken: the position of their file (nearest first) and the path."""


@dataclass(frozen=True, slots=True, eq=False)
class Default:
    """One value that a CI may take. `position` is that of its file, nearest first, and None for a default of the kind.
    One without a value only removes those that are further away."""

    path: KeyPath
    raw: Value
    place: Place
    position: int | None = None


class Taking:
    """Some defaults together. Once they are read, `values` has what they make of a CI, `labels` and `attributes` what
    they add to its own, and `problems` what is wrong with them; `known` are the labels of CIs that added the same."""

    __slots__ = ("attributes", "defaults", "inherited", "known", "labels", "problems", "taken", "values")

    def __init__(self, defaults: Iterable[Default]) -> None:
        self.defaults = tuple(defaults)
        self.taken: Taken = frozenset((one.position, one.path) for one in self.defaults if one.position is not None)
        given = [one for one in self.defaults if one.raw is not None]
        self.inherited: Mapping[KeyPath, Place] = {one.path: one.place for one in given} or NOTHING
        self.values: tuple[Any, ...] = ()
        self.labels: Mapping[str, str] = NOTHING
        self.attributes: Mapping[str, Value] = NOTHING
        self.problems: tuple[Problem, ...] = ()
        self.known: dict[tuple[tuple[str, Value], ...], Mapping[str, str]] = {}


class Above:
    """The defaults that stand above a file, for CIs of every kind."""

    def __init__(self, chain: Sequence[Defaults]) -> None:
        self.fields: dict[str, Default] = {}
        self.merged: dict[str, dict[str, Default]] = {name: {} for name in MERGED}
        self.kinds: dict[str, Offered] = {}
        """What is offered to CIs of a kind, by the kind's name."""
        for position, nearer in enumerate(chain):
            self._add(position, nearer)
        self.kind: Value = self.fields["kind"].raw if "kind" in self.fields else None
        """The kind of CIs that name none."""

    def offered(self, kind: Kind) -> Offered:
        """What is offered to CIs of a kind."""
        if kind.name not in self.kinds:
            self.kinds[kind.name] = Offered(kind, self)
        return self.kinds[kind.name]

    def met(self, raw: Mapping[str, Value]) -> Offered | None:
        """The same for the CI of a mapping; None where its kind is no text, or was not met yet."""
        kind = raw.get("kind", self.kind)
        return self.kinds.get(kind) if type(kind) is str else None

    def without_kind(self, raw: Mapping[str, Value]) -> Taking:
        """What a CI takes of whose kind nothing is known."""
        return Taking(one for name, one in self.fields.items() if name not in raw)

    def _add(self, position: int, defaults: Defaults) -> None:
        for name, item in defaults.raw.items():
            if name not in MERGED:
                known, path = self.fields, (name,)
                known.setdefault(name, Default(path, item, defaults.place.at(*path), position))
                continue
            for key, inner in (item or {}).items():
                place = defaults.place.at(name, key)
                self.merged[name].setdefault(key, Default((name, key), inner, place, position))


class Offered:
    """The defaults that CIs of a kind take where they have no value of their own: those above the file, and its own."""

    __slots__ = ("_all", "_attributes", "_fields", "_labels", "_of_kind", "_some", "kind")

    def __init__(self, kind: Kind, above: Above) -> None:
        self.kind = kind
        self._fields = above.fields
        self._labels = above.merged["labels"]
        self._of_kind = {
            name: Default(("attributes", name), attribute.default, attribute.place or Place(""))
            for name, attribute in kind.defaults.items()
        }
        declared = {name: one for name, one in above.merged["attributes"].items() if name in kind.attributes}
        self._attributes = declared | {name: one for name, one in self._of_kind.items() if name not in declared}
        self._all = Taking((*self._fields.values(), *self._attributes.values(), *self._labels.values()))
        self._some: dict[tuple[Default, ...], Taking] = {}

    def taking(self, raw: Mapping[str, Value]) -> Taking:
        """What the CI of a mapping takes."""
        if not self._all.defaults:
            return self._all
        labels, attributes = raw.get("labels"), raw.get("attributes")
        if (
            raw.keys().isdisjoint(self._fields)
            and (labels is None or (type(labels) is dict and labels.keys().isdisjoint(self._labels)))
            and (attributes is None or (type(attributes) is dict and attributes.keys().isdisjoint(self._attributes)))
        ):
            return self._all
        fields, texts = _left(self._fields, raw), _left(self._labels, labels)
        return self._taking((*fields, *self._from_attributes(attributes), *texts))

    def _from_attributes(self, own: Value) -> Iterator[Default]:
        """Where a CI's own attributes are no mapping, nothing is added to them; the defaults of the kind stand."""
        if own is None or isinstance(own, dict):
            return _left(self._attributes, own)
        return iter(self._of_kind.values())

    def _taking(self, defaults: tuple[Default, ...]) -> Taking:
        found = self._some.get(defaults)
        if found is None:
            found = Taking(defaults)
            if len(self._some) < MOST:
                self._some[defaults] = found
        return found


def _left(defaults: Mapping[str, Default], own: Value) -> Iterator[Default]:
    """The defaults of which a CI has none of its own; all where it has no mapping, none where it has something else."""
    if own is not None and not isinstance(own, dict):
        return iter(())
    return (one for name, one in defaults.items() if own is None or name not in own)
