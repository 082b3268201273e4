"""What would have to fail as well, now that something has failed, before a CI goes down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cmdb.graph.impact import Impact
from cmdb.graph.propagate import settle
from cmdb.graph.references import resolve
from cmdb.graph.spread import Affected, Spread
from cmdb.graph.weak.alone import Alone, alone_of, before_and_after
from cmdb.graph.weak.cut_sets import LIMIT, Cuts, cuts
from cmdb.graph.weak.family import LARGEST
from cmdb.graph.weak.gates import gates
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Further:
    """The minimal sets of CIs whose failure, on top of what has failed, takes a CI down; by size, then by id. There is
    no other of up to `complete_to_size` CIs. Those among `new` would not do it by themselves."""

    id: str
    cut_sets: tuple[tuple[str, ...], ...]
    complete_to_size: int
    new: frozenset[tuple[str, ...]]


def further(
    impact: Impact, ids: Iterable[str] | None = None, *, size: int = LARGEST, limit: int = LIMIT
) -> tuple[Further, ...]:
    """What would have to fail as well, for CIs that an impact leaves in service, by id; for all affected services
    without `ids`. What is down already is left out. Raises `CmdbError` for a CI that does not exist."""
    asked = [hit.id for hit in impact.services] if ids is None else {ids} if isinstance(ids, str) else ids
    hits = {hit.id: hit for hit in (_hit(impact, each) for each in asked)}
    left = (hits[name] for name in sorted(hits) if hits[name].status < Status.DOWN)
    return tuple(further_of(hit._spread, hit._node, size, limit) for hit in left)


def smallest(impact: Impact) -> tuple[Further, ...]:
    """For every affected service that is not down, only the smallest sets there are; by id."""
    nodes: dict[Spread, list[int]] = {}
    for hit in impact.services:
        if hit.status < Status.DOWN:
            nodes.setdefault(hit._spread, []).append(hit._node)
    found = [each for spread, among in nodes.items() for each in _smallest_of(spread, among)]
    return tuple(sorted(found, key=lambda each: each.id))


def _hit(impact: Impact, reference: str) -> Affected:
    try:
        return impact[reference]
    except KeyError:
        return impact._spread.affected(resolve(impact._spread.topology, reference))


def _smallest_of(spread: Spread, nodes: Sequence[int]) -> Iterator[Further]:
    before, now = before_and_after(gates(spread.topology, nodes), _all_down(spread), frozenset(nodes))
    for node in nodes:
        single = Cuts(_singles(now, node), 1)
        named = _named(spread, node, single, Cuts(_singles(before, node), 1))
        yield named if single.sets else _smallest(spread, node)


def further_of(spread: Spread, node: int, size: int = LARGEST, limit: int = LIMIT) -> Further:
    """What would have to fail as well before one CI goes down, which is not down yet."""
    now, before = (_cuts(spread, node, down, size, limit) for down in (_all_down(spread), frozenset[int]()))
    return _named(spread, node, now, before)


def _smallest(spread: Spread, node: int) -> Further:
    """The smallest sets of a CI that nothing takes down alone."""
    for size in range(2, LARGEST + 1):
        found = further_of(spread, node, size)
        if found.cut_sets or found.complete_to_size < size:
            break
    return found


def _cuts(spread: Spread, node: int, down: frozenset[int], size: int, limit: int) -> Cuts:
    below = gates(spread.topology, [node], down)
    return cuts(below, node, alone_of(below, [node])[node], size=size, limit=limit)


def _singles(alone: Alone, node: int) -> tuple[tuple[int, ...], ...]:
    return tuple((each,) for each in alone[node] if each != node)


def _all_down(spread: Spread) -> frozenset[int]:
    return frozenset(node for node, status in spread.status.items() if status == Status.DOWN)


def _named(spread: Spread, node: int, now: Cuts, before: Cuts) -> Further:
    """The sets by id. One that did it before the failure was minimal then too, so it was found then, if that search
    came so far."""
    ids, known = spread.topology.ids, frozenset(before.sets)
    sets = {cut: tuple(ids[each] for each in cut) for cut in now.sets}
    new = frozenset(
        named
        for cut, named in sets.items()
        if cut not in known and (len(cut) <= before.complete_to_size or not _alone_fatal(spread, node, cut))
    )
    return Further(ids[node], tuple(sets.values()), now.complete_to_size, new)


def _alone_fatal(spread: Spread, node: int, cut: Iterable[int]) -> bool:
    return settle(spread.topology, dict.fromkeys(cut, Status.DOWN)).get(node) == Status.DOWN
