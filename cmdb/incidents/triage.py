"""Root causes: what must have failed for all these CIs to be alarming, the likeliest first, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.graph.explaining import causes
from cmdb.graph.impact import graph_of, impact
from cmdb.graph.propagate import settle
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.spread import Affected
from cmdb.graph.topology import Topology
from cmdb.incidents.escalation import Call, calls
from cmdb.incidents.evidence import Evidence, Evidences
from cmdb.incidents.priority import AffectedService, prioritised
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status

MOST = 5
"""Explanations that are told in full."""
WEIGHED = 500
"""Sets that are compared with what is not alarming; there are rarely so many."""
WIDE = 2000
"""CIs and groups that a set may leave bad; sets beyond that rank alike."""
LARGEST = 3
MONITORING = "monitored_by"
_SUSPICION = 0.5

Ask = Callable[[frozenset[str]], Evidences]
"""What speaks against some CIs."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A CI that may have failed. `alarming` says that monitoring says so of itself."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    alarming: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class RootCause:
    """CIs whose joint failure explains every alarm.

    `explains` are the alarming CIs, each with the chain that proves it (none for a cause itself); `silent` those that
    should be alarming too and are not. `fit` is the share of the alarms among both. `score` is the fit and half a point
    for each share of the causes that were changed or have drifted lately. `calls` are by tier.
    """

    causes: tuple[Cause, ...]
    explains: tuple[Affected, ...]
    silent: tuple[Affected, ...]
    services: tuple[AffectedService, ...]
    calls: tuple[Call, ...]
    fit: float
    score: float


@dataclass(frozen=True, slots=True)
class Triage:
    """`alarming` are the ids asked about; `explanations` the fewest causes first, then the best score. There is no
    other explanation of up to `complete_to_size` causes; `more` are not told here. `whole` False means that none of so
    few explains everything, so that the one there is was put together step by step and need not be the smallest."""

    alarming: tuple[str, ...]
    explanations: tuple[RootCause, ...] = ()
    complete_to_size: int = LARGEST
    more: int = 0
    whole: bool = True
    notes: tuple[str, ...] = ()
    least: Status = field(default=Status.DEGRADED)


def triage(
    inventory: Inventory,
    alarming: Iterable[str],
    *,
    topology: Topology | None = None,
    least: Status = Status.DEGRADED,
    evidence: Ask | None = None,
    include: Iterable[str] = (),
    most: int = MOST,
) -> Triage:
    """The smallest sets of CIs whose failure leaves all alarming CIs at `least` so bad. `evidence` is asked about the
    CIs of these sets. Raises `CmdbError` for a CI that does not exist."""
    graph = graph_of(topology if topology is not None else inventory, include)
    asked = {reference: resolve(graph, reference) for reference in sorted(set(alarming))}
    nodes = sorted({node for node in asked.values() if graph.serving[node]})
    found = causes(graph, nodes, least)
    told = evidence(frozenset(graph.ids[node] for one in found.sets for node in one)) if evidence else {}
    weighing = _Weighing(graph, frozenset(nodes), least, told, _watched(graph))
    ranked = weighing.ranked(found.sets, most)
    return Triage(
        tuple(sorted({graph.ids[node] for node in asked.values()})),
        tuple(_root_cause(inventory, weighing, each) for each in ranked),
        found.complete_to_size,
        len(found.sets) - len(ranked),
        found.whole,
        _notes(graph, asked),
        least,
    )


@dataclass(frozen=True, slots=True)
class _Weighing:
    """What sets of causes are compared by. `watched` are the CIs whose silence says something, None for all."""

    topology: Topology
    alarming: frozenset[int]
    least: Status
    told: Evidences
    watched: frozenset[int] | None

    def fit(self, nodes: Sequence[int]) -> float:
        """The share of the alarms among all that should be, as far as a wide set is followed."""
        seeds = dict.fromkeys(nodes, Status.DOWN)
        status = settle(self.topology, seeds, self.least, WIDE)
        return self.share(WIDE if len(status) > WIDE else len(self.silent(status)))

    def share(self, silent: int) -> float:
        """The share of the alarms among them and so many that are silent."""
        return len(self.alarming) / (len(self.alarming) + silent)

    def silent(self, status: Mapping[int, Status]) -> list[int]:
        """What is as bad, and does not alarm though someone watches it."""
        hit = (node for node, how in status.items() if how >= self.least and node < len(self.topology))
        return sorted(n for n in hit if n not in self.alarming and (self.watched is None or n in self.watched))

    def suspicion(self, nodes: Sequence[int]) -> float:
        """Half for the share that was changed lately, and half for the share that has drifted."""
        ids = [self.topology.ids[node] for node in nodes]
        shares = (sum(_said(self.told, name, kind) for name in ids) / len(ids) for kind in ("changed", "drifted"))
        return _SUSPICION * sum(shares)

    def ranked(self, sets: Sequence[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
        """The first so many: the fewest causes, then the best score, then the most suspicious."""
        first = sorted(sets, key=lambda nodes: (len(nodes), -self.suspicion(nodes), nodes))[:WEIGHED]
        fits = {nodes: self.fit(nodes) for nodes in first}
        return sorted(first, key=lambda n: (len(n), -fits[n] - self.suspicion(n), fits[n], n))[:most]


def _said(told: Evidences, name: str, kind: str) -> bool:
    return any(one.kind == kind for one in told.get(name, ()))


def _watched(topology: Topology) -> frozenset[int] | None:
    """The CIs that say what monitors them; None where none does, so that silence is taken as it is."""
    if MONITORING not in topology.relations:
        return None
    number, count = topology.relations.index(MONITORING), len(topology)
    relation, start = topology.out.relation, topology.out.start
    found = frozenset(
        node for node in range(count) if any(relation[edge] == number for edge in range(start[node], start[node + 1]))
    )
    return found or None


def _root_cause(inventory: Inventory, weighing: _Weighing, nodes: Sequence[int]) -> RootCause:
    topology, alarming, told = weighing.topology, weighing.alarming, weighing.told
    ids = [topology.ids[node] for node in nodes]
    hit = impact(topology, ids)
    silent = weighing.silent(settle(topology, dict.fromkeys(nodes, Status.DOWN), weighing.least))
    services = prioritised(inventory, _services(topology, hit.services, ids, hit.__getitem__))
    fit = weighing.share(len(silent))
    return RootCause(
        tuple(Cause(*topology.who(node), node in alarming, told.get(topology.ids[node], ())) for node in nodes),
        tuple(hit[topology.ids[node]] for node in sorted(alarming)),
        tuple(hit[topology.ids[node]] for node in silent),
        services,
        calls(inventory, ids, [service.id for service in services]),
        fit,
        fit + weighing.suspicion(nodes),
    )


def _services(
    topology: Topology, services: Iterable[Affected], causes: Iterable[str], affected: Callable[[str], Affected]
) -> list[Affected]:
    """The services among the affected, and those that are a cause themselves."""
    failed = [affected(cause) for cause in causes]
    return [*services, *(one for one in failed if one.kind in topology.services)]


def _notes(topology: Topology, asked: Mapping[str, int]) -> tuple[str, ...]:
    notes: list[str] = []
    for reference, node in asked.items():
        notes += alias_note(topology, reference, node)
        notes += lifecycle_note(topology, node, "its alarm explains nothing")
    return tuple(dict.fromkeys(notes))
