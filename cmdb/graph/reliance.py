"""One step of relying on something: from a CI to another, through the redundancy groups in between."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from cmdb.graph.hints import nearest
from cmdb.graph.propagate import members_left
from cmdb.graph.topology import Topology
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Choice:
    """A redundancy group on the way to a dependency: `at_least` of `of` members that serve are needed."""

    source: str
    relation: str
    name: str
    at_least: int
    of: int


def harmful(topology: Topology) -> Sequence[bool]:
    """By relation type, whether it lets any harm through."""
    return [ceiling > Status.UP for ceiling in topology.ceilings]


def named(topology: Topology, relations: Collection[str]) -> Sequence[bool]:
    """By relation type, whether it is one of these. Raises `CmdbError` for one that does not exist."""
    for relation in relations:
        if relation not in topology.relations:
            near = nearest(relation, topology.relations)
            hint = f"did you mean '{near}'?" if near else "'cmdb schema kinds' describes them"
            raise CmdbError(f"there is no relation type '{relation}'", hint=hint)
    return [relation in relations for relation in topology.relations]


def only(topology: Topology, relations: Collection[str]) -> Topology:
    """The same graph where harm flows through these relation types only; all of them where none is named. Raises
    `CmdbError` for one that does not exist."""
    if not relations:
        return topology
    counts = zip(named(topology, relations), topology.ceilings, strict=True)
    return replace(topology, ceilings=tuple(ceiling if counted else Status.UP for counted, ceiling in counts))


def relied_on(
    topology: Topology, node: int, counts: Sequence[bool], *, choices: bool = True
) -> Iterator[tuple[int, int]]:
    """The (relation, CI) that a CI relies on and that serve, by relation types that count, groups flattened; without
    `choices` only what no group can do without."""
    out = topology.out
    for edge in out.of(node):
        if counts[out.relation[edge]]:
            waiting = [out.node[edge]]
            while waiting:
                target = waiting.pop()
                if target < len(topology):
                    if topology.serving[target]:
                        yield out.relation[edge], target
                elif choices or _all_needed(topology, target):
                    waiting.extend(members_left(topology, target))


def choices_between(
    topology: Topology, source: int, relation: int, target: int, *, choices: bool = True
) -> tuple[Choice, ...]:
    """The groups between a CI and its target, the outer first; none where it is a plain entry too. Without `choices`
    only groups that can do without nothing are passed."""
    out = topology.out
    waiting: list[tuple[tuple[int, ...], int]] = [
        ((), out.node[edge]) for edge in out.of(source) if out.relation[edge] == relation
    ]
    found: list[tuple[int, ...]] = []
    while waiting:
        groups, node = waiting.pop()
        if node == target:
            found.append(groups)
        elif node >= len(topology) and (choices or _all_needed(topology, node)):
            waiting.extend(((*groups, node), out.node[edge]) for edge in out.of(node))
    passed = min(found, key=lambda groups: (len(groups), groups))
    return tuple(_choice(topology, group) for group in passed)


def _all_needed(topology: Topology, group: int) -> bool:
    return topology.at_least[group - len(topology)] >= len(members_left(topology, group))


def _choice(topology: Topology, group: int) -> Choice:
    number = group - len(topology)
    return Choice(
        source=topology.ids[topology.holder(group)],
        relation=topology.relations[topology.back.relation[topology.back.start[group]]],
        name=topology.labels[number],
        at_least=topology.at_least[number],
        of=len(members_left(topology, group)),
    )
