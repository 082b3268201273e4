"""What redundancy groups leave open while CIs are started: who is needed first, and who may follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cmdb.graph.ordering.knots import name_of
from cmdb.graph.ordering.waiting import LEAST, Waiting
from cmdb.graph.propagate import members_left


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of which not every member is waited for: `at_least` of `of` are needed, `up` were never away, `first` are
    needed before the CI starts, `later` may follow; ids, or the names of groups in it."""

    ci: str
    relation: str
    name: str
    at_least: int
    of: int
    up: int
    first: tuple[str, ...]
    later: tuple[str, ...]


def choices(waiting: Waiting, wave_of: Mapping[int, int]) -> Iterator[Choice]:
    """The groups that leave something open, by CI and name."""
    topology = waiting.topology
    found = [_choice(waiting, wave_of, node) for node in waiting.harm if node >= len(topology) and waiting.asks(node)]
    yield from sorted((each for each in found if each.later), key=lambda each: (each.ci, each.relation, each.name))


def spare(waiting: Waiting, wave_of: Mapping[int, int]) -> frozenset[int]:
    """The CIs of the set that nobody waits for but groups that have enough before them, and what only those need."""
    uses, needs = _uses(waiting, wave_of)
    queue = [node for node in uses if not uses[node]]
    found = set(queue)
    for node in queue:  # grows while it is walked
        for target in needs.get(node, ()):
            uses[target] -= 1
            if not uses[target]:
                found.add(target)
                queue.append(target)
    return frozenset(found & waiting.chosen)


def _uses(waiting: Waiting, wave_of: Mapping[int, int]) -> tuple[dict[int, int], dict[int, list[int]]]:
    """How often each CI or group is waited for, of those that somebody points at; and what each waits for."""
    uses = dict.fromkeys((node for node in waiting.chosen if _in_a_group(waiting, node)), 0)
    needs: dict[int, list[int]] = {}
    for node in filter(waiting.asks, waiting.harm):
        later = frozenset(split(waiting, wave_of, node)[1]) if node >= len(waiting.topology) else frozenset()
        for target in waiting.entries(node):
            uses.setdefault(target, 0)
            if target not in later:
                uses[target] += 1
                needs.setdefault(node, []).append(target)
    return uses, needs


def _in_a_group(waiting: Waiting, node: int) -> bool:
    """Whether a CI is a member of a group that somebody in service leans on."""
    topology = waiting.topology
    groups = (edge for edge in topology.back.of(node) if topology.back.node[edge] >= len(topology))
    return any(
        topology.ceilings[topology.back.relation[edge]] >= LEAST
        and topology.serving[topology.holder(topology.back.node[edge])]
        for edge in groups
    )


def split(waiting: Waiting, wave_of: Mapping[int, int], group: int) -> tuple[list[int], list[int]]:
    """The members that are away: those that are needed first, by wave and id, and the others."""
    topology = waiting.topology
    members = members_left(topology, group)
    away = sorted((member for member in members if member in waiting.harm), key=lambda node: (wave_of[node], node))
    needed = min(topology.at_least[group - len(topology)], len(members)) - (len(members) - len(away))
    return away[: max(needed, 0)], away[max(needed, 0) :]


def _choice(waiting: Waiting, wave_of: Mapping[int, int], group: int) -> Choice:
    topology = waiting.topology
    first, later = split(waiting, wave_of, group)
    members = members_left(topology, group)
    return Choice(
        ci=topology.ids[topology.holder(group)],
        relation=topology.relations[topology.back.relation[topology.back.start[group]]],
        name=topology.labels[group - len(topology)],
        at_least=topology.at_least[group - len(topology)],
        of=len(members),
        up=len(members) - len(first) - len(later),
        first=_names(waiting, first),
        later=_names(waiting, later),
    )


def _names(waiting: Waiting, nodes: Collection[int]) -> tuple[str, ...]:
    return tuple(name_of(waiting, node) for node in nodes)
