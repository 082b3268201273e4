"""Why a CI cannot be taken down: what it takes down with it, and the redundancy that it breaks alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cmdb.graph.impact import Spread
from cmdb.graph.ordering.outage import redundant
from cmdb.graph.redundancy import group_state
from cmdb.graph.topology import Topology
from cmdb.model.proof import Step
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Victim:
    """A CI outside the set that goes down; `via` is the chain from it to the CI that is taken down."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    via: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class BrokenGroup:
    """A redundancy group of a CI that has fewer members left than it needs."""

    ci: str
    relation: str
    name: str
    at_least: int
    of: int
    left: int


@dataclass(frozen=True, slots=True)
class Harmful:
    """A CI that cannot be taken down without harm: `takes_down` counts the CIs outside the set that go down with it,
    `nearest` is the proof of one of them, `services` are the ids of those that are services, `groups` are the
    redundancy groups that it breaks alone, by CI and name."""

    id: str
    kind: str
    name: str | None
    owner: str | None
    takes_down: int
    nearest: Victim | None
    services: tuple[str, ...]
    groups: tuple[BrokenGroup, ...]


def harmful(topology: Topology, node: int, chosen: Collection[int]) -> Harmful:
    """What a CI of a set does to the rest when it is down alone."""
    spread = Spread(topology, {node: Status.DOWN})
    down = [each for each, status in spread.status.items() if status is Status.DOWN]
    victims = [each for each in down if each < len(topology) and each not in chosen]
    groups = [each for each in down if each >= len(topology) and redundant(topology, each)]
    return Harmful(
        *topology.who(node),
        takes_down=len(victims),
        nearest=_nearest(spread, victims),
        services=tuple(topology.ids[each] for each in sorted(victims) if topology.kind(each) in topology.services),
        groups=tuple(sorted((_broken(spread, group) for group in groups), key=lambda each: (each.ci, each.name))),
    )


def _nearest(spread: Spread, victims: list[int]) -> Victim | None:
    if not victims:
        return None
    node = min(victims, key=lambda each: (spread.witnesses.distance(each), each))
    return Victim(*spread.topology.who(node), via=tuple(spread.witnesses.chain(node)))


def _broken(spread: Spread, group: int) -> BrokenGroup:
    state = group_state(spread.topology, spread.status, group)
    ci = spread.topology.ids[spread.topology.holder(group)]
    return BrokenGroup(ci, state.relation, state.name, state.at_least, state.of, state.left)
