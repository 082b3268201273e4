"""Single points of failure that come or go: CIs whose failure alone takes a service down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cmdb.changes.design.reach import touched
from cmdb.changes.sides import Side, Sides
from cmdb.graph.weak.single_points import single_points
from cmdb.model.change_record import Aspect, DesignChange


def points(sides: Sides) -> Iterator[DesignChange]:
    """For each CI that takes other services down than before, on its own: those of before and those of after. Services
    that are on one side only count too."""
    among = touched(sides)
    before = _points(sides.before, among, sides.renamed)
    after = _points(sides.after, among, {})
    none: frozenset[str] = frozenset()
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, none), after.get(name, none)
        for what, services in _differing(old, new):
            yield DesignChange(what, name, sorted(old), sorted(new), tuple(sorted(services)))


def _differing(old: frozenset[str], new: frozenset[str]) -> Iterator[tuple[Aspect, frozenset[str]]]:
    if new - old:
        yield "single_point_introduced", new - old
    if old - new:
        yield "single_point_removed", old - new


def _points(side: Side, among: Iterable[str], renamed: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """By CI the services among these that it takes down alone, both as the head names them."""
    former = {new: old for old, new in renamed.items()}
    topology, services = side.topology, side.topology.services
    nodes = side.nodes(former.get(name, name) for name in among)
    here = [topology.ids[node] for node in nodes if topology.kind(node) in services]
    found: dict[str, set[str]] = {}
    for service in single_points(topology, here):
        for point in service.cis:
            found.setdefault(renamed.get(point, point), set()).add(renamed.get(service.id, service.id))
    return {point: frozenset(services) for point, services in found.items()}
