"""Shared fate that comes or goes: one CI that takes more members of a group than the group can spare, although each of
them could be spared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.changes.design.reach import services_of, touched
from cmdb.changes.sides import Side, Sides
from cmdb.graph.redundancy import groups_below
from cmdb.graph.weak.alone import alone
from cmdb.graph.weak.gates import Gates, gates
from cmdb.model.change_record import Aspect, DesignChange
from cmdb.model.value import Value


@dataclass(slots=True)
class _Fates:
    """Of the groups in one relation of a CI: their names, and the CIs that take any of them down alone."""

    groups: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)


def fates(sides: Sides) -> Iterator[DesignChange]:
    """For each relation of a CI what takes a group in it down alone, before and after, where that differs."""
    among = touched(sides)
    before = _fates(sides.before, among, sides.renamed)
    after = _fates(sides.after, among, {})
    former = {new: old for old, new in sides.renamed.items()}
    for ci, relation in sorted(before.keys() | after.keys()):
        old, new = before.get((ci, relation), _Fates()), after.get((ci, relation), _Fates())
        for what in _differing(old.shared, new.shared):
            services = services_of(sides, former.get(ci, ci), ci)
            yield DesignChange(what, ci, _data(relation, old), _data(relation, new), services)


def _differing(old: set[str], new: set[str]) -> Iterator[Aspect]:
    if new - old:
        yield "shared_fate_introduced"
    if old - new:
        yield "shared_fate_removed"


def _data(relation: str, fates: _Fates) -> dict[str, Value] | None:
    if not fates.shared:
        return None
    return {"relation": relation, "groups": sorted(fates.groups), "shared": sorted(fates.shared)}


def _fates(side: Side, among: Iterable[str], renamed: Mapping[str, str]) -> dict[tuple[str, str], _Fates]:
    """By CI, as the head names it, and relation."""
    topology = side.topology
    former = {new: old for old, new in renamed.items()}
    holders = [node for node in side.nodes(former.get(name, name) for name in among) if topology.serving[node]]
    holders = [node for node in holders if any(True for _ in groups_below(topology, node))]
    below = gates(topology, holders)
    known = alone(below)
    found: dict[tuple[str, str], _Fates] = {}
    for holder in holders:
        name = renamed.get(topology.ids[holder], topology.ids[holder])
        for group in _spared(below, groups_below(topology, holder)):
            relation = topology.relations[topology.back.relation[topology.back.start[group]]]
            fates = found.setdefault((name, relation), _Fates())
            shared = {renamed.get(topology.ids[each], topology.ids[each]) for each in known[group] if each != holder}
            fates.groups.update({topology.labels[group - len(topology)]} if shared else ())
            fates.shared |= shared
    return found


def _spared(below: Gates, groups: Iterable[int]) -> Iterator[int]:
    """The groups that can spare any single member."""
    return (group for group in groups if below.fatal.get(group, 0) > 1)
