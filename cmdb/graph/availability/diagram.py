"""A fault tree as a binary decision diagram (Bryant 1986), by OxiDD; the door of that library.

A diagram takes a node for each state of affairs that matters, so its size depends on how much is shared by how many,
and on the order of its variables. Where it grows beyond a limit there is none, and one has to simulate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmdb.graph.availability.logic import Gate, Logic

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction, BDDManager

MOST_VARIABLES = 10_000
"""OxiDD descends by recursion; beyond some 100,000 levels the stack would end."""
CAPACITY = 1 << 20
"""Nodes that there is memory for, those of intermediate results included: 16 MiB."""
CACHE = 1 << 20
PATIENCE = 5
"""Steps without a better order after which none is expected."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """`gates` are the variables from the top to the bottom, each for the own CIs of a gate. Node 0 says up, node 1 says
    down; the others are `(level, if down, if up)`, each after those that it points at; the last is the root."""

    gates: tuple[int, ...]
    nodes: tuple[tuple[int, int, int], ...]


def diagram(logic: Logic, limit: int) -> Diagram | None:
    """The diagram of a fault tree that has parts, None where it would have more nodes than the limit in either of two
    orders of its variables."""
    from oxidd.util import DDMemoryError

    for order in _orders(logic):
        variables = tuple(node for node in order if logic.gates[node].own)
        if len(variables) <= MOST_VARIABLES:
            try:
                return Diagram(variables, tuple(_nodes(_built(logic, variables, limit))))
            except (DDMemoryError, TooLarge):
                continue
    return None


class TooLarge(Exception):
    """A diagram has more nodes than it may."""


def _built(logic: Logic, variables: Sequence[int], limit: int) -> BDDFunction:
    """The root of the tree. Circles go round until nothing changes, from nothing being down. Raises `TooLarge`."""
    from oxidd.bdd import BDDManager

    manager = BDDManager(CAPACITY, CACHE, 1)
    manager.add_vars(len(variables))
    level = {node: number for number, node in enumerate(variables)}
    found: dict[int, BDDFunction] = {}
    for part in logic.parts:
        found.update(dict.fromkeys(part, manager.false()))
        changed = True
        while changed:
            changed = False
            for node in part:
                now = _down(manager, logic.gates[node], found, limit)
                if node in level:
                    now = manager.var(level[node]) | now
                changed = changed or (len(part) > 1 and now != found[node])
                found[node] = now
    return found[logic.root]


def _down(manager: BDDManager, gate: Gate, known: Mapping[int, BDDFunction], limit: int) -> BDDFunction:
    """When enough inputs of a gate are down. `failed[n]` is when at least n of the inputs so far are."""
    failed = [manager.true(), *[manager.false()] * gate.fatal]
    for each in gate.inputs:
        for count in range(gate.fatal, 0, -1):
            failed[count] = known[each].ite(failed[count - 1], failed[count])
        if failed[1].node_count() > limit:
            raise TooLarge
        if manager.num_inner_nodes() > CAPACITY // 2:
            manager.gc()
    return failed[gate.fatal]


def _nodes(root: BDDFunction) -> Iterator[tuple[int, int, int]]:
    """The nodes below the root, from the bottom to the top."""
    number: dict[BDDFunction, int] = {}
    waiting, count = [root], 2
    while waiting:
        node = waiting[-1]
        below = node.cofactors()
        if node in number or below is None:
            number.setdefault(node, int(node.valid()))
            waiting.pop()
            continue
        open_ones = [each for each in below if each not in number]
        waiting += open_ones
        if not open_ones:
            number[node] = count
            count += 1
            waiting.pop()
            yield node.node_level() or 0, number[below[0]], number[below[1]]


def _orders(logic: Logic) -> Iterator[list[int]]:
    """Depth first, what lies deep first or last, then gathered."""
    depth: dict[int, int] = {}
    for part in logic.parts:
        for node in part:
            depth[node] = 1 + max((depth.get(each, 0) for each in logic.gates[node].inputs), default=0)
    for sign in (1, -1):
        yield _gathered(logic, _depth_first(logic, {node: (sign * deep, node) for node, deep in depth.items()}))


def _depth_first(logic: Logic, rank: Mapping[int, tuple[int, int]]) -> list[int]:
    found: list[int] = []
    seen = {logic.root}
    stack = [(logic.root, iter(sorted(logic.gates[logic.root].inputs, key=rank.__getitem__)))]
    while stack:
        node, below = stack[-1]
        each = next((each for each in below if each not in seen), None)
        if each is None:
            stack.pop()
            found.append(node)
        else:
            seen.add(each)
            stack.append((each, iter(sorted(logic.gates[each].inputs, key=rank.__getitem__))))
    return found


def _gathered(logic: Logic, order: list[int]) -> list[int]:
    """The order drawn together so that what belongs to one gate stands close: the FORCE heuristic (Aloul, Markov and
    Sakallah 2003). Each step puts everything at the middle of the gates that it belongs to."""
    edges = [(node, *logic.gates[node].inputs) for node in order]
    best, least, idle = order, _span(order, edges), 0
    while idle < PATIENCE:
        order = _pulled(order, edges)
        span = _span(order, edges)
        idle = 0 if span < least else idle + 1
        if span < least:
            best, least = order, span
    return best


def _pulled(order: list[int], edges: list[tuple[int, ...]]) -> list[int]:
    place = {node: number for number, node in enumerate(order)}
    pulls: dict[int, list[float]] = {node: [] for node in order}
    for edge in edges:
        middle = sum(place[node] for node in edge) / len(edge)
        for node in edge:
            pulls[node].append(middle)
    return sorted(order, key=lambda node: (sum(pulls[node]) / len(pulls[node]), node))


def _span(order: list[int], edges: list[tuple[int, ...]]) -> int:
    place = {node: number for number, node in enumerate(order)}
    return sum(max(place[node] for node in edge) - min(place[node] for node in edge) for edge in edges)
