"""In which order CIs are started: in waves, each as soon as what it needs is up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cmdb.graph.cycles import Knot
from cmdb.graph.impact import graph_of
from cmdb.graph.ordering.choices import Choice, choices, spare
from cmdb.graph.ordering.knots import Broken, bottom, broken, circular, first
from cmdb.graph.ordering.ranks import Rank, ranks
from cmdb.graph.ordering.waiting import LEAST, Waiting
from cmdb.graph.propagate import settle
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.topology import Topology
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Placed:
    """A CI in its wave. `after` is a CI of the wave before that it had to wait for, None in the first wave and where a
    circle was broken; `spare` says that enough others do its work until it follows."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    after: str | None
    spare: bool


@dataclass(frozen=True, slots=True)
class Wave:
    """CIs that may start at the same time; `number` counts from 1."""

    number: int
    cis: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A service that works again after a wave, with nothing it needs missing."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    wave: int


@dataclass(frozen=True, slots=True)
class StartSummary:
    """How many CIs start, in how many waves; how many of them are spare; entries not waited for; services."""

    cis: int
    waves: int
    spare: int
    broken: int
    services: int


@dataclass(frozen=True, slots=True)
class StartOrder:
    """The waves from the first to the last; what redundancy groups leave open (`choices`, by CI and name); entries not
    waited for because of circles (`broken`, in the order of starting); the services, by wave and id; remarks."""

    summary: StartSummary
    waves: tuple[Wave, ...]
    choices: tuple[Choice, ...]
    broken: tuple[Broken, ...]
    services: tuple[Restored, ...]
    notes: tuple[str, ...]


def start_order(
    graph: Topology | Inventory, ids: Iterable[str], *, include: Iterable[str] = (), rank: Rank | None = None
) -> StartOrder:
    """The waves in which CIs start: each after all that would leave it degraded or down, k-of-n groups after their
    first k members. What is outside the set is up, or comes back by itself as soon as what it needs is up. Where CIs
    wait for each other, the one that misses least goes first and the entries that it misses are told. CIs that do not
    serve are left out unless `include` names their lifecycle. Within a wave, `rank` says what comes first; for an
    inventory that is by default what `ranks` makes of it. Raises `CmdbError` for an unknown id."""
    topology = graph_of(graph, include)
    words = sorted({ids} if isinstance(ids, str) else set(ids))
    return _ordered(topology, {resolve(topology, word) for word in words}, remarks(topology, words), _rank(graph, rank))


def recovery_order(
    graph: Topology | Inventory, failed: Iterable[str], *, include: Iterable[str] = (), rank: Rank | None = None
) -> StartOrder:
    """The start order of the CIs that failed and of everything that is down because of them."""
    topology = graph_of(graph, include)
    words = sorted({failed} if isinstance(failed, str) else set(failed))
    seeds = dict.fromkeys((resolve(topology, word) for word in words), Status.DOWN)
    down = {node for node, status in settle(topology, seeds).items() if status is Status.DOWN and node < len(topology)}
    return _ordered(topology, down, remarks(topology, words), _rank(graph, rank))


def involved(topology: Topology) -> tuple[str, ...]:
    """The ids of all CIs that can leave another one degraded or down, or can be left so by another."""
    rows = topology.out
    found: set[int] = set()
    for node in range(len(rows.start) - 1):
        ends = [rows.node[edge] for edge in rows.of(node) if topology.ceilings[rows.relation[edge]] >= LEAST]
        found.update(ends, [node] if ends else ())
    return tuple(topology.ids[node] for node in sorted(found) if node < len(topology) and topology.serving[node])


def remarks(topology: Topology, words: Iterable[str]) -> tuple[str, ...]:
    """What is odd about the CIs of the set: former ids, and those that do not serve."""
    found: list[str] = []
    for word in words:
        node = resolve(topology, word)
        found += alias_note(topology, word, node)
        found += lifecycle_note(topology, node, "it is left out")
    return tuple(dict.fromkeys(found))


def _rank(graph: Topology | Inventory, rank: Rank | None) -> Rank:
    if rank is not None:
        return rank
    return ranks(graph) if isinstance(graph, Inventory) else {}


def _ordered(topology: Topology, chosen: Iterable[int], notes: tuple[str, ...], rank: Rank) -> StartOrder:
    plan = Plan(topology, [node for node in chosen if topology.serving[node]])
    spares = spare(plan.waiting, plan.wave_of)
    by_wave: dict[int, list[int]] = {}
    for node in plan.waiting.chosen:
        by_wave.setdefault(plan.wave_of[node], []).append(node)
    waves = tuple(
        Wave(number, tuple(_placed(plan, node, node in spares) for node in _ranked(topology, by_wave[number], rank)))
        for number in sorted(by_wave)
    )
    services = tuple(_restored(plan))
    return StartOrder(
        StartSummary(len(plan.waiting.chosen), len(waves), len(spares), len(plan.broken), len(services)),
        waves,
        tuple(choices(plan.waiting, plan.wave_of)),
        tuple(plan.broken),
        services,
        notes,
    )


class Plan:
    """The waves of a set. `wave_of` tells when each CI and group that was down or degraded is up again."""

    def __init__(self, topology: Topology, chosen: Iterable[int]) -> None:
        self.waiting = Waiting(topology, frozenset(chosen))
        self.wave_of: dict[int, int] = {}
        self.broken: list[Broken] = []
        self._run()

    def _run(self) -> None:
        waiting, number = self.waiting, 0
        idle, circles = waiting.idle(), circular(waiting)
        able = [node for node in idle if node in waiting.chosen]
        able += self._up([node for node in idle if node not in waiting.chosen], number)
        while waiting.pending:
            while knots := bottom(waiting, circles):
                able += self._loosened(knots, number)
            number += 1
            able = self._up(able, number)

    def _up(self, nodes: list[int], number: int) -> list[int]:
        """Brings CIs up in a wave; gives those of the set that are next."""
        up, able = self.waiting.start(nodes)
        self.wave_of.update(dict.fromkeys(up, number))
        return able

    def _loosened(self, knots: Iterable[Knot], number: int) -> list[int]:
        """Breaks knots that wait for nothing but themselves. One without a CI of the set is up, and one with a single
        CI of the set waits for that alone: nothing is down only because it is down."""
        waiting = self.waiting
        able: list[int] = []
        for knot in knots:
            candidates = [node for node in knot if node in waiting.chosen]
            if not candidates:
                able += self._up(list(knot), number)
                continue
            node = first(waiting, knot, candidates)
            if len(candidates) > 1:
                self.broken += broken(waiting, node, knot)
            waiting.pending[node] = 0
            able.append(node)
        return able


def _placed(plan: Plan, node: int, is_spare: bool) -> Placed:
    topology, waiting = plan.waiting.topology, plan.waiting
    last = waiting.released_by.get(node)
    while last is not None and last not in waiting.chosen:
        last = waiting.released_by.get(last)
    return Placed(*topology.who(node), after=None if last is None else topology.ids[last], spare=is_spare)


def _ranked(topology: Topology, nodes: Iterable[int], rank: Rank) -> list[int]:
    def place(node: int) -> tuple[bool, tuple[int, ...], int]:
        known = rank.get(topology.ids[node])
        return known is None, known or (), node

    return sorted(nodes, key=place)


def _restored(plan: Plan) -> Iterator[Restored]:
    topology = plan.waiting.topology
    count = len(topology)
    found = ((wave, node) for node, wave in plan.wave_of.items() if node < count)
    services = ((wave, node) for wave, node in found if topology.kind(node) in topology.services)
    return (Restored(*topology.who(node), wave=wave) for wave, node in sorted(services))
