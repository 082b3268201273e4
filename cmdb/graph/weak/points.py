"""Weak points of CIs: what takes each down, alone or together, which redundancy is none, and which CIs matter most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.graph.impact import graph_of
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.topology import Topology
from cmdb.graph.weak.criticality import Critical, Grades, inverted, ungraded
from cmdb.graph.weak.cut_sets import LIMIT, cuts
from cmdb.graph.weak.family import LARGEST
from cmdb.graph.weak.proof import Evidence
from cmdb.graph.weak.shared_fate import SharedFate, shared_fates
from cmdb.graph.weak.single_points import nodes_of
from cmdb.model.inventory import Inventory
from cmdb.model.proof import Step
from cmdb.model.quiet import collector_resting

CutSet = tuple[str, ...]
"""CIs that take another down if all of them fail, and not if one of them works; by id."""
Tell = Callable[[int, int], None]
"""Hears how many CIs of how many are done."""


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A CI whose failure alone takes another down. `via` proves it: the shortest chain to it along which everything
    goes down; of several the first by relation, then target."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    via: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Weakness:
    """A CI that was asked about. `cut_sets` are its minimal cut sets, by size, then by id: there is no other of up to
    `complete_to_size` CIs, and there may be larger ones. `single_points` are those of one CI again, with proof."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    cut_sets: tuple[CutSet, ...]
    complete_to_size: int
    single_points: tuple[SinglePoint, ...]
    shared_fate: tuple[SharedFate, ...]


@dataclass(frozen=True, slots=True)
class WeakPoints:
    """The answer: `services` are the CIs asked about, by id, whatever their kind. `criticality` has every CI with which
    one of them goes down, most of them first. `size` is the size of cut sets that was looked for."""

    services: tuple[Weakness, ...]
    criticality: tuple[Critical, ...]
    size: int
    notes: tuple[str, ...]
    _topology: Topology = field(repr=False, compare=False)

    def who(self, ci: str) -> tuple[str, str, str | None, str | None]:
        """Id, kind, name and owner of a CI on a chain."""
        return self._topology.who(resolve(self._topology, ci))


def weak_points(
    graph: Topology | Inventory,
    ids: Iterable[str],
    *,
    include: Iterable[str] = (),
    size: int = LARGEST,
    limit: int = LIMIT,
    grades: Grades = ungraded,
    tell: Tell = lambda _done, _total: None,
) -> WeakPoints:
    """The weak points of CIs. Cut sets have up to `size` CIs, one to three; the search for those of one CI ends after
    looking at `limit` sets, and `complete_to_size` says how far it came. Raises `CmdbError` for a CI that does not
    exist, `ValueError` for another size."""
    if not 1 <= size <= LARGEST:
        raise ValueError(f"cut sets of 1 to {LARGEST} CIs are looked for, not of {size}")
    topology, words = graph_of(graph, include), sorted({ids} if isinstance(ids, str) else set(ids))
    nodes = nodes_of(topology, words)
    found: list[Weakness] = []
    alone: dict[int, Iterable[int]] = {}
    with collector_resting():
        for node in nodes:
            tell(len(found), len(nodes))
            evidence = Evidence(topology, node)
            alone[node] = evidence.alone[node]
            found.append(_weakness(topology, evidence, node, size, limit))
    notes = dict.fromkeys(note for word in words for note in _notes(topology, word))
    return WeakPoints(tuple(found), inverted(topology, alone, grades), size, tuple(notes), topology)


def _weakness(topology: Topology, evidence: Evidence, node: int, size: int, limit: int) -> Weakness:
    known = cuts(evidence.gates, node, evidence.alone[node], size=size, limit=limit)
    ids = topology.ids
    return Weakness(
        *topology.who(node),
        cut_sets=tuple(tuple(ids[each] for each in cut) for cut in known.sets),
        complete_to_size=known.complete_to_size,
        single_points=tuple(_single(topology, evidence, node, cut[0]) for cut in known.sets if len(cut) == 1),
        shared_fate=shared_fates(topology, evidence, node),
    )


def _single(topology: Topology, evidence: Evidence, node: int, failed: int) -> SinglePoint:
    return SinglePoint(*topology.who(failed), evidence.chain(node, failed))


def _notes(topology: Topology, word: str) -> Iterator[str]:
    node = resolve(topology, word)
    yield from alias_note(topology, word, node)
    yield from lifecycle_note(topology, node, "nothing takes it down")
