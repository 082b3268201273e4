"""In which order CIs are stopped, and what else suffers on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cmdb.graph.impact import graph_of
from cmdb.graph.ordering.falling import falls
from cmdb.graph.ordering.knots import Broken
from cmdb.graph.ordering.ranks import Rank, ranks
from cmdb.graph.ordering.start import start_order
from cmdb.graph.references import resolve
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Stopped:
    """A CI in its wave."""

    id: str
    kind: str
    name: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Suffering:
    """A CI outside the set, with what it comes to in a wave: degraded or down."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class StopWave:
    """CIs that may be stopped at the same time; `number` counts from 1. `affected` are those outside the set that get
    worse in this wave, the worst first, then by id."""

    number: int
    cis: tuple[Stopped, ...]
    affected: tuple[Suffering, ...]


@dataclass(frozen=True, slots=True)
class StopSummary:
    """How many CIs stop, in how many waves; how many outside the set suffer; entries that circles break."""

    cis: int
    waves: int
    affected: int
    broken: int


@dataclass(frozen=True, slots=True)
class StopOrder:
    """The waves from the first to the last. In `broken` circles `ci` stops after `target`, although it needs it."""

    summary: StopSummary
    waves: tuple[StopWave, ...]
    broken: tuple[Broken, ...]
    notes: tuple[str, ...]


def stop_order(
    graph: Topology | Inventory, ids: Iterable[str], *, include: Iterable[str] = (), rank: Rank | None = None
) -> StopOrder:
    """The start order from its end to its beginning: a CI stops before what it needs, and whatever is in the set stops
    before its redundancy groups run out of members. Raises `CmdbError` for an unknown id."""
    topology = graph_of(graph, include)
    known = ranks(graph) if rank is None and isinstance(graph, Inventory) else rank
    order = start_order(topology, ids, rank=known)
    names = ([ci.id for ci in reversed(wave.cis)] for wave in reversed(order.waves))
    steps = [[resolve(topology, name) for name in step] for step in names]
    affected = _affected(topology, steps)
    waves = tuple(
        StopWave(number, tuple(Stopped(*topology.who(node)) for node in step), tuple(affected.get(number, ())))
        for number, step in enumerate(steps, start=1)
    )
    suffering = {ci.id for found in affected.values() for ci in found}
    summary = StopSummary(order.summary.cis, len(waves), len(suffering), len(order.broken))
    return StopOrder(summary, waves, order.broken, order.notes)


def _affected(topology: Topology, steps: list[list[int]]) -> dict[int, list[Suffering]]:
    """What gets worse outside the set, by wave."""
    chosen = {node for step in steps for node in step}
    found: dict[int, list[Suffering]] = {}
    for number, status, node in sorted(_worse(topology, steps), key=lambda each: (each[0], -each[1], each[2])):
        if node < len(topology) and node not in chosen:
            found.setdefault(number, []).append(Suffering(*topology.who(node), status=status))
    return found


def _worse(topology: Topology, steps: list[list[int]]) -> Iterator[tuple[int, Status, int]]:
    """(wave, status, node) of every change for the worse."""
    down = falls(topology, steps, Status.DOWN)
    for node, number in falls(topology, steps, Status.DEGRADED).items():
        if down.get(node) != number:
            yield number, Status.DEGRADED, node
    for node, number in down.items():
        yield number, Status.DOWN, node
