"""What is affected if everything that is changed fails while it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cmdb.changes.sides import Side as Graph
from cmdb.changes.sides import Sides
from cmdb.graph import impact as engine
from cmdb.model.change_record import (
    AffectedCI,
    AssumedFailure,
    ChangeImpact,
    Side,
    Tally,
)


def during(sides: Sides) -> ChangeImpact:
    """The impact on the graph of the base of what is changed or removed, and on that of the head of what is added. What
    both affect is told once, with the worse status; the base goes first."""
    changed = {*sides.old, *sides.new}
    worst: dict[str, AffectedCI] = {}
    failed: list[AssumedFailure] = []
    for name, graph, seeds in _questions(sides):
        failed += (_failure(graph, seed, name) for seed in seeds)
        for hit in engine.impact(graph.topology, seeds).affected:
            known = worst.get(hit.id)
            if hit.id not in changed and (known is None or known.status < hit.status):
                worst[hit.id] = _affected(graph, hit, name)
    affected = tuple(sorted(worst.values(), key=lambda hit: (-hit.status, hit.distance, hit.id)))
    return ChangeImpact(
        tuple(sorted(failed, key=lambda one: (one.id, one.side))),
        affected,
        _tallies(hit.owner for hit in affected),
        _tallies(hit.environment for hit in affected),
    )


def _questions(sides: Sides) -> Iterator[tuple[Side, Graph, tuple[str, ...]]]:
    yield "base", sides.before, sides.old
    yield "head", sides.after, sides.added


def _failure(graph: Graph, name: str, side: Side) -> AssumedFailure:
    ci = graph.inventory.cis[name]
    return AssumedFailure(ci.id, ci.kind, ci.name, ci.owner, ci.environment, ci.criticality, side)


def _affected(graph: Graph, hit: engine.Affected, side: Side) -> AffectedCI:
    ci = graph.inventory.cis[hit.id]
    return AffectedCI(
        id=hit.id,
        kind=hit.kind,
        name=hit.name,
        owner=hit.owner,
        environment=ci.environment,
        criticality=ci.criticality,
        status=hit.status,
        distance=hit.distance,
        side=side,
        service=hit.kind in graph.topology.services,
        via=hit.via,
        groups=hit.groups,
    )


def _tallies(names: Iterable[str | None]) -> tuple[Tally, ...]:
    counts = Counter(names)
    return tuple(Tally(name, counts[name]) for name in sorted(counts, key=lambda name: (name is None, name or "")))
