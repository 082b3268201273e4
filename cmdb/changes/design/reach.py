"""What stands on a CI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.changes.sides import Side, Sides
from cmdb.graph.propagate import settle
from cmdb.model.status import Status


def touched(sides: Sides) -> tuple[str, ...]:
    """The CIs that change, and all that rely on them, near and far, on either side; as the head names them."""
    return _both(sides, sides.old, sides.new)


def services_of(sides: Sides, old: str, new: str) -> tuple[str, ...]:
    """The services that stand on a CI on either side, where it is called `old` and `new`; as the head names them."""
    return tuple(name for name in _both(sides, (old,), (new,)) if _serves_people(sides, name))


def _both(sides: Sides, old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    renamed = sides.renamed
    before = (renamed.get(name, name) for name in _reached(sides.before, old))
    return tuple(sorted({*before, *_reached(sides.after, new)}))


def _reached(side: Side, names: Iterable[str]) -> Iterator[str]:
    """The CIs that any of these can harm, and they themselves."""
    topology = side.topology
    nodes = settle(topology, dict.fromkeys(side.nodes(names), Status.DOWN))
    return (topology.ids[node] for node in nodes if node < len(topology))


def _serves_people(sides: Sides, name: str) -> bool:
    former = {new: old for old, new in sides.renamed.items()}
    kinds = (
        (side, side.topology.number(called))
        for side, called in ((sides.before, former.get(name, name)), (sides.after, name))
    )
    return any(node is not None and side.topology.kind(node) in side.topology.services for side, node in kinds)
