"""Criticality as the graph has it: which services go down with a CI, for every CI there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cmdb.graph.impact import graph_of
from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import alone_of
from cmdb.graph.weak.gates import gates
from cmdb.graph.weak.single_points import nodes_of
from cmdb.model.inventory import Inventory
from cmdb.model.quiet import collector_resting


@dataclass(frozen=True, slots=True)
class Grade:
    """How much a service matters to those who buy it."""

    tier: str | None = None
    criticality: str | None = None


@dataclass(frozen=True, slots=True)
class Critical:
    """A CI and the services that go down with it if it fails alone, itself not counted. `by_tier` and `by_criticality`
    count those that say so."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    services: tuple[str, ...]
    by_tier: Mapping[str, int]
    by_criticality: Mapping[str, int]


Grades = Callable[[str], Grade]
"""By the id of a service."""


def ungraded(_service: str) -> Grade:
    """For services of which nothing but the graph is known."""
    return Grade()


def criticality(
    graph: Topology | Inventory, services: Iterable[str], *, grades: Grades = ungraded, include: Iterable[str] = ()
) -> tuple[Critical, ...]:
    """Every CI with which one of the services goes down, most services first, then by id; all other CIs take none down.
    One sweep through what the services rely on, exact with groups and circles. Raises `CmdbError` for a service that
    does not exist."""
    topology = graph_of(graph, include)
    nodes = nodes_of(topology, services)
    with collector_resting():
        known = alone_of(gates(topology, nodes), frozenset(nodes))
        return inverted(topology, {node: known[node] for node in nodes}, grades)


def inverted(topology: Topology, alone: Mapping[int, Iterable[int]], grades: Grades) -> tuple[Critical, ...]:
    """The same from what takes each service down alone."""
    taken: dict[int, list[int]] = {}
    for service in sorted(alone):
        for failed in alone[service]:
            if failed != service:
                taken.setdefault(failed, []).append(service)
    ranked = sorted(taken, key=lambda node: (-len(taken[node]), node))
    graded = {service: grades(topology.ids[service]) for service in alone}
    return tuple(_critical(topology, node, taken[node], graded) for node in ranked)


def _critical(topology: Topology, node: int, services: list[int], graded: Mapping[int, Grade]) -> Critical:
    tiers = Counter(tier for each in services if (tier := graded[each].tier))
    criticalities = Counter(word for each in services if (word := graded[each].criticality))
    ids = tuple(topology.ids[each] for each in services)
    return Critical(*topology.who(node), ids, _sorted(tiers), _sorted(criticalities))


def _sorted(counts: Mapping[str, int]) -> Mapping[str, int]:
    return {word: counts[word] for word in sorted(counts)}
