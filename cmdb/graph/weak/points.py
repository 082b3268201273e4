"""Weak points of CIs: what takes each down, alone or together, which redundancy is none, and which CIs matter most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.graph.impact import graph_of
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.topology import Topology
from cmdb.graph.weak.criticality import Critical, Grades, inverted
from cmdb.graph.weak.cut_sets import LIMIT, cuts
from cmdb.graph.weak.family import LARGEST
from cmdb.graph.weak.proof import Evidence
from cmdb.graph.weak.shared_fate import SharedFate, shared_fates
from cmdb.graph.weak.single_points import nodes_of
from cmdb.graph.witness import Step
from cmdb.model.inventory import Inventory

CutSet = tuple[str, ...]
"""CIs that take another down if all of them fail, and not if one of them works; by id."""
Tell = Callable[[int, int], None]
"""Hears how many CIs of how many are done."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A CI that was asked about. `cut_sets` are its minimal cut sets, by size, then by id: there is no other of up to
    `complete_to_size` CIs, and there may be larger ones."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    cut_sets: tuple[CutSet, ...]
    complete_to_size: int
    shared_fate: tuple[SharedFate, ...]
    _proofs: Mapping[str, tuple[Step, ...]] = field(repr=False, compare=False)

    @property
    def single_points(self) -> tuple[str, ...]:
        """The CIs whose failure alone takes it down."""
        return tuple(cut[0] for cut in self.cut_sets if len(cut) == 1)

    def via(self, single_point: str) -> tuple[Step, ...]:
        """The proof for a single point of failure: the shortest chain to it, along which everything goes down."""
        return self._proofs[single_point]


@dataclass(frozen=True, slots=True)
class WeakPoints:
    """The answer: `services` are the CIs asked about, by id, whatever their kind. `criticality` has every CI with which
    one of them goes down, most of them first. `size` is the size of cut sets that was looked for."""

    services: tuple[Weakness, ...]
    criticality: tuple[Critical, ...]
    size: int
    notes: tuple[str, ...]


def weak_points(
    graph: Topology | Inventory,
    ids: Iterable[str],
    *,
    include: Iterable[str] = (),
    size: int = LARGEST,
    limit: int = LIMIT,
    grades: Grades | None = None,
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
    for node in nodes:
        tell(len(found), len(nodes))
        evidence = Evidence(topology, node)
        alone[node] = evidence.alone[node]
        found.append(_weakness(topology, evidence, node, size, limit))
    notes = dict.fromkeys(note for word in words for note in _notes(topology, word))
    return WeakPoints(tuple(found), inverted(topology, alone, grades or {}), size, tuple(notes))


def _weakness(topology: Topology, evidence: Evidence, node: int, size: int, limit: int) -> Weakness:
    known = cuts(evidence.gates, node, evidence.alone[node], size=size, limit=limit)
    ids = topology.ids
    return Weakness(
        *topology.who(node),
        cut_sets=tuple(tuple(ids[each] for each in cut) for cut in known.sets),
        complete_to_size=known.complete_to_size,
        shared_fate=shared_fates(topology, evidence, node),
        _proofs={ids[cut[0]]: evidence.chain(node, cut[0]) for cut in known.sets if len(cut) == 1},
    )


def _notes(topology: Topology, word: str) -> Iterator[str]:
    node = resolve(topology, word)
    yield from alias_note(topology, word, node)
    yield from lifecycle_note(topology, node, "nothing takes it down")
