"""Circles of dependencies: each knot once, shown by a shortest circle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

Edges = Mapping[str, Mapping[str, str]]
"""Source -> target -> the relation between them."""


def cycles(edges: Edges) -> Iterator[tuple[str, ...]]:
    """For each strongly connected set of more than one node a shortest circle through its first node, sorted."""
    found = [_circle(edges, set(knot)) for knot in _knots(edges) if len(knot) > 1]
    yield from sorted(found)


def _circle(edges: Edges, knot: set[str]) -> tuple[str, ...]:
    start = min(knot)
    before: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for target in sorted(knot & edges.get(node, {}).keys()):
            if target == start:
                return _path(before, start, node)
            if target not in before:
                before[target] = node
                queue.append(target)
    return (start,)


def _path(before: Mapping[str, str], start: str, end: str) -> tuple[str, ...]:
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def _knots(edges: Edges) -> Iterator[list[str]]:
    """Strongly connected components (Tarjan 1972), without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            node, targets = work[-1]
            target = next((t for t in targets if t not in index or t in waiting), None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _unwound(stack, waiting, node)
            elif target in index:
                low[node] = min(low[node], index[target])
            else:
                index[target] = low[target] = len(index)
                stack.append(target)
                waiting.add(target)
                work.append((target, iter(edges.get(target, ()))))


def _unwound(stack: list[str], waiting: set[str], node: str) -> list[str]:
    knot: list[str] = []
    while not knot or knot[-1] != node:
        knot.append(stack.pop())
        waiting.discard(knot[-1])
    return knot
